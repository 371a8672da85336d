import DockerEngine
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct UpTests {
        @Test func `up makes a bench with two sites from a manifest`() async throws {
            try await withShop { shop in
                let up = try #require(await Shop.shared.firstUp)
                #expect(up.exitCode == 0, "\(up)")
                #expect(up.output.contains("done: "))
                #expect(up.output.contains("http://one.localhost:\(shop.port)"))
                #expect(up.output.contains("http://books.example.test:\(shop.port)"))
                let containers = try await shop.containers()
                let components = containers.compactMap { $0.labels[Label.component] }.sorted()
                #expect(components == Component.allCases.map(\.rawValue).sorted())
                #expect(containers.allSatisfy { $0.state == .running })
                #expect(containers.allSatisfy { $0.health != .unhealthy })
                #expect(try await shop.networks().map(\.name).count == 2)
                let sites = try await shop.succeed(["site", "list", "--json"]).json()
                #expect(sites.array.map(\.siteName.string) == ["one.localhost", "two.localhost"])
                #expect(sites.array.allSatisfy { $0.phase.string == "Ready" })
                #expect(sites[1].url.string == "http://books.example.test:\(shop.port)")
            }
        }

        @Test func `a second up changes nothing and asks the Engine four things at most`() async throws {
            try await withShop { shop in
                let before = try await shop.containers()
                let healthy = try await Waiting.until(within: .seconds(100)) {
                    try await shop.containers().allSatisfy { $0.health == .healthy }
                }
                #expect(healthy, "containers did not become healthy by the Engine's own probes")
                let proxy = try EngineProxy(at: "\(shop.directory)/engine.sock")
                defer { proxy.stop() }
                let through = ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
                let (up, events) = try await EventRecorder.during(shop) {
                    try await shop.run(["up"], environment: through)
                }
                #expect(events.filter { !$0.action.hasPrefix("health_status") } == [])
                #expect(up.exitCode == 0, "\(up)")
                #expect(up.output.hasPrefix("nothing to do"))
                #expect(proxy.calls.count <= 4, "\(proxy.counts)")
                #expect(proxy.calls.allSatisfy { $0.method == "GET" || $0.method == "HEAD" })
                #expect(up.duration < .seconds(2))
                #expect(try await shop.containers().map(\.id) == before.map(\.id))
                let again = try await shop.run(["up", "-f", Shop.manifest])
                #expect(again.output.hasPrefix("nothing to do"), "\(again)")
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 0, "\(plan)")
                #expect(plan.output.hasPrefix("nothing to do"))
            }
        }

        @Test func `status tells the benches, components and sites`() async throws {
            try await withShop { shop in
                let text = try await shop.succeed(["status"]).output
                #expect(text.contains("9 of 9 healthy"))
                #expect(text.contains("http://one.localhost:\(shop.port)"))
                let status = try await shop.succeed(["status", "--json"]).json()
                #expect(status.rootID.string == shop.rootID)
                #expect(status.benches[0].components.array.count == 9)
                let components = status.benches[0].components.array + status.shared.array
                #expect(components.contains { $0.component.string == "mariadb" })
                // The kernel's own count, also where an Engine cannot read it.
                for component in components { #expect((component.memory.int ?? 0) > 0, "\(component)") }
                #expect(status.attention.strings == [])
            }
        }
    }
}
