import DockerEngine
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
    /// The proxy that faults are injected with, against the real Engine.
    @Suite struct ProxyTests {
        /// Runs the body with a client behind a proxy of its own.
        private func withProxy(
            _ shop: Installation, _ body: (EngineClient, EngineProxy) async throws -> Void
        ) async throws {
            let proxy = try EngineProxy(at: "\(shop.directory)/proxy.sock")
            let client = EngineClient(socketPath: proxy.socketPath)
            defer {
                client.shutDown()
                proxy.stop()
            }
            try await body(client, proxy)
        }

        @Test func `calls are counted by method and path template`() async throws {
            try await withShop { shop in
                let web = try await shop.container(.web)
                try await withProxy(shop) { client, proxy in
                    for _ in 0..<3 { _ = try await client.inspectContainer(web.name) }
                    _ = try await client.containers()
                    _ = try await client.inspectImage(shop.images.bench)
                    _ = try await client.networks()
                    let counts = proxy.counts
                    #expect(counts["GET /containers/{id}/json"] == 3)
                    #expect(counts["GET /containers/json"] == 1)
                    #expect(counts["GET /images/{id}/json"] == 1)
                    #expect(counts["GET /networks"] == 1)
                    #expect(counts["HEAD /_ping"] == 1)
                    #expect(proxy.calls.allSatisfy { $0.status == 200 })
                }
            }
        }

        @Test func `streams and commands with input pass through, also large ones`() async throws {
            try await withShop { shop in
                let web = try await shop.container(.web).id
                try await withProxy(shop) { client, proxy in
                    let input = [UInt8](repeating: 0x61, count: 4 << 20)
                    let echo = try await client.exec(in: web, ExecCommand(["cat"]), input: .bytes(input))
                    #expect(echo.stdout == input)
                    var lines = 0
                    for try await _ in client.logs(of: web, LogOptions(tail: 5)) { lines += 1 }
                    #expect(lines > 0)
                    #expect(proxy.calls.first { $0.template == "/exec/{id}/start" }?.status == 101)
                }
            }
        }

        @Test func `a client that hangs up takes its stream along`() async throws {
            try await withShop { shop in
                let web = try await shop.container(.web).id
                try await withProxy(shop) { client, proxy in
                    let line = try await client.logs(of: web, LogOptions(follows: true)).first { _ in true }
                    #expect(line != nil)
                    let isAlone = try await Waiting.until(within: .seconds(5)) { proxy.openConnections <= 1 }
                    #expect(isAlone, "\(proxy.openConnections) connections are open")
                }
            }
        }

        @Test func `a call is refused, cut before and cut after it took effect`() async throws {
            try await withShop { shop in
                try await withProxy(shop) { client, proxy in
                    let create = "POST /containers/create"
                    var spec = ContainerSpec(image: shop.images.bench, command: ["true"])
                    spec.labels = TestLabel.labels(of: shop)
                    let filters = Filters.labels([TestLabel.installation: shop.directory])
                    for (action, exists) in [
                        (EngineProxy.Action.answer(500), false), (.answer(409), false), (.cutBefore, false),
                        (.cutAfter, true),
                    ] {
                        proxy.setRules([.init(create, action)])
                        let name = "frappectl-test-\(shop.lease.number)-fault"
                        let error = await #expect(throws: EngineError.self) {
                            try await client.createContainer(name: name, spec)
                        }
                        let found = try await shop.engine.containers(filters: filters).filter { $0.name == name }
                        #expect(found.isEmpty != exists, "\(action): \(error as Any)")
                        for container in found { try await shop.engine.removeContainer(container.id, force: true) }
                    }
                    // A rule acts as often as it says, and then no more.
                    let made = try await client.createContainer(name: "frappectl-test-\(shop.lease.number)-fault", spec)
                    try await client.removeContainer(made.id, force: true)
                }
            }
        }

        @Test func `a stream of requests counts those that fail`() async throws {
            try await withShop { shop in
                let pause = { try await ContinuousClock().sleep(for: .milliseconds(300)) }
                let (_, good) = try await RequestStream(port: shop.port, host: "one.localhost").during(pause)
                #expect(good.requests > 0)
                #expect(good.failures == [])
                let (_, bad) = try await RequestStream(port: shop.port, host: "unknown.example.test").during(pause)
                #expect(bad.failures.count == bad.requests)
                #expect(bad.failures.first?.contains("404") == true)
            }
        }
    }
}
