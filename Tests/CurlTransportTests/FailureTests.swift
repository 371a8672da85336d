import Testing

@testable import CurlTransport

@Suite struct FailureTests {
    /// What the server does after reading the request, and the failure it has to be taken for.
    static let cases: [(answer: String, failure: String)] = [
        ("", "cut"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "cut"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "cut"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", "cut"),
        ("GARBAGE\r\nmore\r\n\r\n", "malformed"),
        ("HTTP/1.1 abc\r\n\r\n", "malformed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + String(repeating: "x", count: 200), "tooLarge"),
    ]

    @Test(arguments: cases) func `an answer that is no good fails by its kind`(
        _ example: (answer: String, failure: String)
    ) async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.reply(example.answer) }
        }
        var request = HTTPRequest(.get, "/")
        request.bodyLimit = 100
        let error = await #expect(throws: TransportError.self) { try await HTTPClient(server.endpoint).send(request) }
        #expect(error.map(kind) == example.failure)
    }

    @Test func `a socket that is not there is named with the system's reason`() async throws {
        let client = HTTPClient(.unix("/tmp/fctl-curl-none.sock"))
        let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(.get, "/")) }
        #expect(error?.description == "cannot connect to /tmp/fctl-curl-none.sock: No such file or directory")
    }

    @Test func `a socket path that is too long is a connection that cannot be made`() async throws {
        let client = HTTPClient(.unix("/tmp/" + String(repeating: "x", count: 200)))
        let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(.get, "/")) }
        #expect(error.map(kind) == "cannotConnect")
    }

    @Test func `a server that does not answer is given up after the timeout`() async throws {
        let waited = Signal<Duration>()
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            let start = ContinuousClock.now
            while !connection.read(upTo: 100).isEmpty {}
            waited.send(ContinuousClock.now - start)
        }
        let client = HTTPClient(server.endpoint)
        let error = await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(.get, "/", timeout: .milliseconds(100)))
        }
        #expect(error.map(kind) == "timedOut")
        #expect(try #require(await waited.wait()) < .seconds(2))
    }

    @Test(arguments: ["no-slash", "/with space", "/line\r\nbreak", "/hash#", "/ümlaut"])
    func `a path that would change the request is refused`(_ path: String) async throws {
        let client = HTTPClient(.unix("/tmp/fctl-curl-none.sock"))
        let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(.get, path)) }
        #expect(error.map(kind) == "invalidRequest")
    }

    @Test(arguments: [("X", "a\r\nY: b"), ("X\r\nY", "a"), ("", "a"), ("X:", "a"), ("X", "a\u{0}b")])
    func `a header that would add others is refused`(_ name: String, _ value: String) async throws {
        var request = HTTPRequest(.get, "/")
        request.headers[name] = value
        let client = HTTPClient(.unix("/tmp/fctl-curl-none.sock"))
        let error = await #expect(throws: TransportError.self) { try await client.send(request) }
        #expect(error.map(kind) == "invalidRequest")
    }

    @Test func `a file that cannot be read is named`() async throws {
        let server = try ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let client = HTTPClient(server.endpoint)
        let error = await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(.put, "/", body: .file(path: "/tmp/fctl-curl-none")))
        }
        #expect(error?.description == "cannot read /tmp/fctl-curl-none: No such file or directory")
    }
}

/// The name of a failure's case.
func kind(_ error: TransportError) -> String {
    switch error {
    case .cannotConnect: "cannotConnect"
    case .timedOut: "timedOut"
    case .cut: "cut"
    case .malformed: "malformed"
    case .tooLarge: "tooLarge"
    case .invalidRequest: "invalidRequest"
    case .unreadableFile: "unreadableFile"
    case .exhausted: "exhausted"
    case .cancelled: "cancelled"
    }
}
