import CurlTransport
import Testing

@testable import DockerEngine

@Suite struct VersionTests {
    @Test(arguments: [
        ("1.24", nil), ("1.40", nil), ("1.41", "1.41"), ("1.43", "1.43"), ("1.44", "1.44"), ("1.51", "1.44"),
        ("1.100", "1.44"), ("2.0", "1.44"), ("0.99", nil),
    ]) func `the version spoken is the newest that both know`(_ engine: String, _ spoken: String?) {
        #expect(APIVersion(engine)?.spoken?.description == spoken)
    }

    @Test(arguments: ["", "1", "1.", ".41", "1.41.0", "v1.41", "1.-1", "one.two"])
    func `what is no version is none`(_ text: String) {
        #expect(APIVersion(text) == nil)
    }

    @Test func `an answer of an old Engine, or a failure, is an error that says so`() throws {
        let none = HTTPResponse(head: .init(status: 200, headers: [:]), body: [])
        #expect(try APIVersion(negotiatedFrom: none) == nil)
        let old = HTTPResponse(head: .init(status: 200, headers: ["API-Version": "1.40"]), body: [])
        #expect(throws: EngineError.unsupportedVersion(engine: "1.40", minimum: "1.41")) {
            try APIVersion(negotiatedFrom: old)
        }
        let broken = HTTPResponse(head: .init(status: 500, headers: [:]), body: Array(#"{"message":"no"}"#.utf8))
        #expect(throws: EngineError.failed(status: 500, message: "no", request: "GET /_ping")) {
            try APIVersion(negotiatedFrom: broken)
        }
    }

    @Test func `a hundred callers at once ask the Engine once`() async throws {
        let negotiation = VersionNegotiation()
        let asked = Tally()
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    let version = try await negotiation.version { () async throws(EngineError) in
                        await asked.count()
                        await Task.yield()
                        return .minimum
                    }
                    #expect(version == .minimum)
                }
            }
            try await group.waitForAll()
        }
        #expect(await asked.number == 1)
    }

    @Test func `after a failure, and when it is forgotten, the next caller asks again`() async throws {
        let negotiation = VersionNegotiation()
        let failure = EngineError.unreachable(socket: "s", why: "w")
        await #expect(throws: failure) {
            try await negotiation.version { () async throws(EngineError) in throw failure }
        }
        #expect(try await negotiation.version { () async throws(EngineError) in .minimum } == .minimum)
        #expect(try await negotiation.version { () async throws(EngineError) in .newest } == .minimum)
        negotiation.forget()
        #expect(try await negotiation.version { () async throws(EngineError) in .newest } == .newest)
    }

    @Test func `when the asking caller is cancelled, a waiting one asks in its place`() async throws {
        let negotiation = VersionNegotiation()
        let (asking, started) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await negotiation.version { () async throws(EngineError) in
                started.yield()
                for await _ in AsyncStream<Void>.makeStream().stream {}
                throw .cancelled
            }
        }
        _ = await asking.first { true }
        let second = Task { try await negotiation.version { () async throws(EngineError) in .newest } }
        await Task.yield()
        first.cancel()
        await #expect(throws: EngineError.cancelled) { try await first.value }
        #expect(try await second.value == .newest)
    }

    @Test func `a waiting caller that is cancelled does not wait on`() async throws {
        let negotiation = VersionNegotiation()
        let (asking, started) = AsyncStream<Void>.makeStream()
        let (release, released) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await negotiation.version { () async throws(EngineError) in
                started.yield()
                for await _ in release { break }
                return .minimum
            }
        }
        _ = await asking.first { true }
        let second = Task { try await negotiation.version { () async throws(EngineError) in .newest } }
        second.cancel()
        await #expect(throws: EngineError.cancelled) { try await second.value }
        released.yield()
        #expect(try await first.value == .minimum)
    }
}

private actor Tally {
    private(set) var number = 0

    func count() {
        number += 1
    }
}
