import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct LockTests {
        @Test func `a second command waits for the first and names it, or gives up at once`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/slow.sock")
                defer { proxy.stop() }
                // The short way gives the call up, and the long way makes it again.
                proxy.setRules([.init("GET /containers/json", .delay(.seconds(3)), times: 2)])
                let slow = ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
                let first = try await shop.run(["up"], environment: slow) { running in
                    let isHolding = try await Waiting.until(within: .seconds(10)) {
                        proxy.counts["GET /containers/json"] != nil
                    }
                    #expect(isHolding)
                    let impatient = try await shop.run(["up", "--no-wait"])
                    #expect(impatient.exitCode == 75, "\(impatient)")
                    #expect(impatient.errors.contains("the host is busy: up by root, pid \(running.id)"))
                    #expect(impatient.duration < .seconds(1))
                    let patient = try await shop.run(["up"])
                    #expect(patient.exitCode == 0, "\(patient)")
                    #expect(patient.errors.contains("waiting for the host: up by root, pid \(running.id)"))
                    #expect(patient.output.hasPrefix("nothing to do"))
                }
                #expect(first.exitCode == 0, "\(first)")
                #expect(first.duration > .seconds(3))
            }
        }

        @Test func `commands that only look do not wait`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/slow.sock")
                defer { proxy.stop() }
                proxy.setRules([.init("GET /containers/json", .delay(.seconds(2)), times: 2)])
                let first = try await shop.run(["up"], environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"]) {
                    _ in
                    try await Waiting.until(within: .seconds(10)) { proxy.counts["GET /containers/json"] != nil }
                    for arguments in [["plan"], ["site", "list"], ["history"], ["get", "bench"]] {
                        let looking = try await shop.run(arguments)
                        #expect(looking.exitCode == 0, "\(looking)")
                        #expect(!looking.errors.contains("waiting for"))
                    }
                }
                #expect(first.exitCode == 0, "\(first)")
            }
        }

        @Test func `a lock ends with its holder, however that ends`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/slow.sock")
                defer { proxy.stop() }
                proxy.setRules([.init("POST /containers/create", .delay(.seconds(30)))])
                let scale = ["bench", "scale", "shop", "worker-short", "2"]
                let killed = try await shop.run(scale, environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"]) {
                    running in
                    try await Waiting.until(within: .seconds(10)) { proxy.counts["POST /containers/create"] != nil }
                    running.signal(9)
                }
                #expect(killed.wasKilled)
                let next = try await shop.run(["up", "--no-wait"])
                #expect(next.exitCode == 0, "\(next)")
                #expect(next.errors.contains("bench scale bench shop"), "the interrupted operation is told: \(next)")
                #expect(try await shop.containers(.workerShort).count == 2)
                let history = try await shop.succeed(["history", "--json", "--limit", "2"]).json()
                #expect(history.array.map(\.operation.outcome.string) == ["done", "interrupted"])
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }
    }
}
