import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// What others have that we would like to have is named, never touched, and where that goes something else is taken.
    @Suite struct CollisionTests {
        private var process: String { "(pid \(ProcessInfo.processInfo.processIdentifier))" }

        private func expectRealtime(_ shop: Installation) async throws {
            let browser = try await shop.administrator("one.localhost")
            let answer = try await shop.listen(as: browser, for: "greeting") {
                _ = try await browser.post("/api/method/publish", form: ["event": "greeting", "message": "hello"])
            }
            #expect(answer.exitCode == 0, "\(answer.output)")
        }

        private func port(_ shop: Installation) async throws -> Int {
            try #require(try await shop.container(.socketio).ports.compactMap(\.hostPort).first)
        }

        @Test func `another program on socketio's port is named, and another port is taken and routed`() async throws {
            try await withShop { shop in
                let old = try await port(shop)
                let others = try await shop.containers().filter { $0.labels[Label.component] != "socketio" }.map(\.id)
                try await shop.engine.stopContainer(try await shop.container(.socketio).id)
                let listener = try Listener(port: old)
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 2)
                #expect(plan.output.contains("127.0.0.1:\(old) is held by "), "\(plan)")
                #expect(plan.output.contains("\(process), so it gets "), "\(plan)")
                try await shop.succeed(["up"])
                let new = try await port(shop)
                #expect(new != old)
                try await expectRealtime(shop)
                #expect(try await shop.run(["plan"]).exitCode == 0)
                listener.close()
                // Kept: a port that is free again moves nothing.
                #expect(try await shop.succeed(["up"]).output.hasPrefix("nothing to do"))
                #expect(try await port(shop) == new)
                let after = try await shop.containers().filter { $0.labels[Label.component] != "socketio" }.map(\.id)
                #expect(after == others)
            }
        }

        @Test func `a port that was never free is passed over, by name`() async throws {
            try await withShop { shop in
                try await shop.succeed(["down"])
                let first = shop.lease.upstreamPorts.lowerBound
                let listener = try Listener(port: first)
                let plan = try await shop.run(["plan"])
                #expect(plan.output.contains("127.0.0.1:\(first) is held by "), "\(plan)")
                #expect(plan.output.contains("\(process), so it gets \(first + 1)"), "\(plan)")
                try await shop.succeed(["up"])
                listener.close()
                #expect(try await port(shop) == first + 1)
                try await expectRealtime(shop)
            }
        }

        @Test func `a port for visitors that another program holds is named, and nothing of it is touched`()
            async throws
        {
            try await withShop { shop in
                try await shop.succeed(["down"])
                let listener = try Listener(port: shop.port)
                let up = try await shop.run(["up"])
                listener.close()
                #expect(up.exitCode == 1)
                #expect(up.errors.contains("127.0.0.1:\(shop.port) is taken by process"), "\(up)")
                #expect(up.errors.contains("\(ProcessInfo.processInfo.processIdentifier)"), "\(up)")
                #expect(up.errors.contains("next: "))
                try await shop.succeed(["up"])
                #expect(try await shop.browser("one.localhost").get("/api/method/ping").status == 200)
            }
        }

        @Test func `a foreign container and a foreign network of our names are named and left as they are`()
            async throws
        {
            try await withShop { shop in
                let scheduler = try await shop.container(.scheduler)
                let name = scheduler.name
                try await shop.engine.removeContainer(scheduler.id, force: true)
                var spec = ContainerSpec(image: shop.images.redis)
                spec.labels = TestLabel.labels(of: shop)
                let foreign = try await shop.engine.createContainer(name: name, spec).id
                let up = try await shop.run(["up"])
                #expect(up.exitCode == 1)
                #expect(up.errors.contains("a container named \(name) exists and was not made by this installation"))
                #expect(up.errors.contains("next: docker rm \(name)"))
                #expect(try await shop.engine.inspectContainer(foreign).state.status == .created)
                try await shop.engine.removeContainer(foreign, force: true)
                try await shop.succeed(["up"])

                try await shop.succeed(["down", "shop"])
                let network = "frappectl-\(try #require(shop.rootID))-bench-shop"
                let theirs = try await shop.engine.createNetwork(
                    NetworkSpec(name: network, subnet: "10.122.250.0/24", labels: TestLabel.labels(of: shop)))
                let again = try await shop.run(["up"])
                #expect(again.exitCode == 1)
                #expect(again.errors.contains("a network named \(network) exists and was not made by"), "\(again)")
                #expect(again.errors.contains("next: docker network rm \(network)"))
                #expect(try await shop.engine.networks().contains { $0.id == theirs })
                try await shop.engine.removeNetwork(theirs)
                try await shop.succeed(["up"])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }
    }
}
