import TestSupport
import Testing

@testable import DockerEngine

/// Engines that speak other versions of their API than ours, or sit behind something that gets in the way.
@Suite struct NegotiationTests {
    /// Runs the body with a client of an Engine that answers by the script.
    private func withEngine(
        _ script: @escaping ScriptedEngine.Script, _ body: (EngineClient, ScriptedEngine) async throws -> Void
    ) async throws {
        let engine = try ScriptedEngine(at: "/tmp/\(TestEngine.uniqueName()).sock", script)
        let client = EngineClient(socketPath: engine.socketPath)
        defer {
            client.shutDown()
            engine.stop()
        }
        try await body(client, engine)
    }

    @Test(arguments: [
        ("1.12", "1.41", "1.41"), ("1.24", "1.43", "1.43"), ("1.24", "1.45", "1.44"), ("1.44", "1.52", "1.44"),
        ("1.41", "1.41", "1.41"), ("1.44", "1.44", "1.44"),
    ]) func `an Engine is spoken to in a version that both know`(oldest: String, newest: String, spoken: String)
        async throws
    {
        try await withEngine(ScriptedEngine.speaking(oldest, to: newest)) { client, engine in
            let (containers, networks) = (try await client.containers(), try await client.networks())
            #expect(containers == [])
            #expect(networks == [])
            #expect(engine.calls == ["HEAD /_ping", "GET /v\(spoken)/containers/json", "GET /v\(spoken)/networks"])
        }
    }

    @Test func `an Engine that is too old is told with its version and the oldest that we know`() async throws {
        try await withEngine(ScriptedEngine.speaking("1.12", to: "1.40")) { client, engine in
            let error = await #expect(throws: EngineError.self) { _ = try await client.containers() }
            #expect(error == .unsupportedVersion(engine: "1.40", minimum: "1.41"))
            #expect(engine.calls == ["HEAD /_ping"], "nothing is sent that it could misunderstand")
        }
    }

    @Test func `an Engine that wants more than we know is told as such, also by streams`() async throws {
        try await withEngine(ScriptedEngine.speaking("1.46", to: "1.60")) { client, _ in
            let listing = await #expect(throws: EngineError.self) { _ = try await client.containers() }
            #expect(listing == .tooNew(engine: "1.46", newest: "1.44"))
            let logs = await #expect(throws: EngineError.self) {
                for try await _ in client.logs(of: "web", LogOptions()) {}
            }
            #expect(logs == .tooNew(engine: "1.46", newest: "1.44"))
        }
    }

    @Test func `another bad request is not taken for one of versions`() async throws {
        let script: ScriptedEngine.Script = { method, path in
            path.hasSuffix("/containers/json")
                ? .init(400, #"{"message":"invalid filter"}"#)
                : ScriptedEngine.speaking("1.24", to: "1.45")(method, path)
        }
        try await withEngine(script) { client, _ in
            let error = await #expect(throws: EngineError.self) { _ = try await client.containers() }
            #expect(error == .failed(status: 400, message: "invalid filter", request: "GET /containers/json"))
        }
    }

    /// What proxies before an Engine do: cut or refuse HEAD, drop the header from one answer or from all.
    enum Obstacle: CaseIterable, Sendable {
        case headIsCut, headIsRefused, headLacksVersion, noPingHasVersion

        func answer(_ method: String) -> ScriptedEngine.Answer? {
            switch self {
            case .headIsCut: method == "HEAD" ? nil : .init(version: "1.45", "OK")
            case .headIsRefused: method == "HEAD" ? .init(405) : .init(version: "1.45", "OK")
            case .headLacksVersion: method == "HEAD" ? .init() : .init(version: "1.45", "OK")
            case .noPingHasVersion: .init(200, "OK")
            }
        }
    }

    @Test(arguments: Obstacle.allCases)
    func `what gets in the way of the first question does not keep us from the answer`(_ obstacle: Obstacle)
        async throws
    {
        let script: ScriptedEngine.Script = { method, path in
            path == "/_ping" ? obstacle.answer(method) : ScriptedEngine.speaking("1.44", to: "1.45")(method, path)
        }
        try await withEngine(script) { client, engine in
            let (version, containers) = (try await client.apiVersion(), try await client.containers())
            #expect(version == APIVersion(1, 44))
            #expect(containers == [])
            #expect(engine.calls.last == "GET /v1.44/containers/json")
        }
    }

    @Test func `an Engine that nowhere says its version is not guessed at`() async throws {
        let script: ScriptedEngine.Script = { _, path in path == "/version" ? .init(200, "{}") : .init(200, "OK") }
        try await withEngine(script) { client, engine in
            let error = await #expect(throws: EngineError.self) { _ = try await client.containers() }
            #expect(error == .malformed(request: "GET /version", why: "no ApiVersion in the answer"))
            #expect(engine.calls == ["HEAD /_ping", "GET /_ping", "GET /version"])
        }
    }
}
