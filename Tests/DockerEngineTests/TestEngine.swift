import FoundationEssentials
import TestSupport
import Testing

@testable import DockerEngine

/// The real Engine that tests run against, and the cleaning up after them.
enum TestEngine {
    static let label = "frappectl.test"
    static let socketPath = TestSupport.TestEngine.socketPath
    private static let candidates = ["frappectl/base:bookworm", "spike:base"]

    /// A client of a reachable Engine, or a failure that says what is missing.
    static func client() async throws -> EngineClient {
        let client = EngineClient(socketPath: socketPath)
        do throws(EngineError) {
            try await client.ping()
            return client
        } catch {
            throw TestFailure("these tests need a Docker Engine: \(error)")
        }
    }

    /// Some image with bash in it.
    static func image(_ client: EngineClient) async throws -> String {
        if let chosen = ProcessInfo.processInfo.environment["FRAPPECTL_TEST_IMAGE"] { return chosen }
        let tags = Set(try await client.images().flatMap(\.tags))
        guard let found = candidates.first(where: tags.contains) else {
            throw TestFailure(
                "no image to test with: set FRAPPECTL_TEST_IMAGE, or import one of \(candidates)")
        }
        return found
    }

    static func uniqueName() -> String {
        "fctl-curl-\(UInt32.random(in: .min ... .max))"
    }

    /// A container that is removed afterwards, whatever happens.
    static func withContainer<Result>(
        command: [String] = ["sleep", "infinity"], start: Bool = true,
        _ adjust: (inout ContainerSpec) -> Void = { _ in },
        _ body: (EngineClient, String) async throws -> Result
    ) async throws -> Result {
        let client = try await client()
        var spec = ContainerSpec(image: try await image(client), command: command)
        spec.labels = [label: "1"]
        spec.host.usesInit = true
        adjust(&spec)
        let id = try await client.createContainer(name: uniqueName(), spec).id
        return try await cleaning({ try await client.removeContainer(id, force: true) }) {
            if start { try await client.startContainer(id) }
            return try await body(client, id)
        }
    }

    /// Runs the clean-up after the body even if that was cancelled; what is gone already is no failure.
    static func cleaning<Result>(
        _ cleanUp: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Result
    ) async throws -> Result {
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        // Unstructured, so that a cancelled test still cleans up.
        try await Task {
            do { try await cleanUp() } catch EngineError.notFound {}
        }.value
        return try outcome.get()
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
