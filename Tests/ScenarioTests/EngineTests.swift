import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct EngineTests {
        @Test func `an Engine that is not there is named, with what to do next`() async throws {
            try await withShop { shop in
                for arguments in [["up"], ["plan"], ["status"], ["down"]] {
                    let result = try await shop.run(
                        arguments, environment: ["DOCKER_HOST": "unix:///nonexistent/docker.sock"])
                    #expect(result.exitCode == 69, "\(result)")
                    #expect(result.errors.contains("/nonexistent/docker.sock"))
                    #expect(result.errors.contains("next: "))
                    #expect(result.errors.contains("systemctl start docker"))
                }
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test(arguments: [
            ("1.12", "1.40", "Docker Engine speaks API 1.40 at most; 1.41 is needed (Engine 20.10 or newer)"),
            ("1.46", "1.60", "Docker Engine speaks API 1.46 at least; this frappectl knows 1.44 at most"),
        ]) func `an Engine of a version that we cannot speak is named, with what to do next`(
            oldest: String, newest: String, message: String
        ) async throws {
            try await withShop { shop in
                let engine = try ScriptedEngine(
                    at: "\(shop.directory)/scripted.sock", ScriptedEngine.speaking(oldest, to: newest))
                defer { engine.stop() }
                for arguments in [["up"], ["plan"], ["status"], ["down"]] {
                    let result = try await shop.run(
                        arguments, environment: ["DOCKER_HOST": "unix://\(engine.socketPath)"])
                    #expect(result.exitCode == 69, "\(result)")
                    #expect(result.errors.contains("\(message)\n  next: docker version"), "\(result)")
                }
            }
        }

        @Test func `an Engine of another machine is refused`() async throws {
            try await withShop { shop in
                let result = try await shop.run(["up"], environment: ["DOCKER_HOST": "tcp://10.0.0.1:2375"])
                #expect(result.exitCode == 64, "\(result)")
                #expect(result.errors.contains("tcp://10.0.0.1:2375"))
                #expect(result.errors.contains("unix://"))
            }
        }

        @Test func `a proxy counts what passes and does what its rules say`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/rules.sock")
                defer { proxy.stop() }
                let environment = ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
                let status = try await shop.run(["status"], environment: environment)
                #expect(status.exitCode == 0, "\(status)")
                #expect(proxy.counts["GET /containers/{id}/json"] == 10)
                for action in [EngineProxy.Action.answer(500), .answer(409), .cutBefore, .cutAfter] {
                    // What only reads is asked again on a new connection, so that one cut is survived.
                    proxy.setRules([.init("GET /containers/json", action, times: 10)])
                    let failing = try await shop.run(["plan"], environment: environment)
                    #expect(failing.exitCode != 0, "\(action): \(failing)")
                    #expect(failing.errors.contains("containers/json"), "\(action): \(failing)")
                    proxy.setRules([.init("GET /containers/json", action, skipping: 1, times: 10)])
                    let passing = try await shop.run(["plan"], environment: environment)
                    #expect(passing.exitCode == 0, "\(action): \(passing)")
                }
                proxy.setRules([.init("GET /containers/json", .delay(.seconds(1)))])
                let slow = try await shop.run(["plan"], environment: environment)
                #expect(slow.exitCode == 0, "\(slow)")
                #expect(slow.duration > .seconds(1))
                let logs = try await shop.run(["logs", "shop", "web", "--tail", "3"], environment: environment)
                #expect(logs.exitCode == 0, "\(logs)")
            }
        }
    }
}
