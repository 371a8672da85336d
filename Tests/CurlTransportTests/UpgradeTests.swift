import Testing

@testable import CurlTransport

@Suite struct UpgradeTests {
    private static let switching = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"

    /// Switches protocols, then sends back what it gets until the client ends its side.
    private static let echo: @Sendable (ServerConnection) -> Void = { connection in
        guard connection.readRequest() != nil else { return }
        connection.reply(switching)
        while case let bytes = connection.read(upTo: 1 << 16), !bytes.isEmpty { connection.reply(bytes) }
    }

    private func upgraded(_ client: HTTPClient, _ request: HTTPRequest = HTTPRequest(.post, "/x")) async throws
        -> HTTPConnection
    {
        guard case .upgraded(let connection) = try await client.upgrade(request) else { throw TestFailure("declined") }
        return connection
    }

    @Test func `bytes go both ways until each side has ended`() async throws {
        let server = try ScriptedServer(Self.echo)
        let connection = try await upgraded(HTTPClient(server.endpoint))
        try await connection.write(Array("one".utf8))
        #expect(try await connection.read() == Array("one".utf8))
        try await connection.closeWrite()
        #expect(try await connection.read() == nil)
    }

    @Test func `the request carries its body and asks for the upgrade`() async throws {
        let requests = Signal<(head: String, body: [UInt8])>()
        let server = try ScriptedServer { connection in
            guard let request = connection.readRequest() else { return }
            requests.send(request)
            connection.reply(Self.switching)
        }
        let request = HTTPRequest(.post, "/exec/1/start?a=b", headers: ["X": "y"], body: .data(Array("{}".utf8)))
        _ = try await upgraded(HTTPClient(server.endpoint), request)
        let seen = try #require(await requests.wait())
        #expect(
            seen.head == "POST /exec/1/start?a=b HTTP/1.1\r\nX: y\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                + "Upgrade: tcp\r\nContent-Length: 2\r\n\r\n")
        #expect(seen.body == Array("{}".utf8))
    }

    @Test func `what comes in one packet with the head is read first`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply(Self.switching + "early")
            _ = connection.read(upTo: 1)
            connection.reply("late")
        }
        let connection = try await upgraded(HTTPClient(server.endpoint))
        #expect(try await connection.read() == Array("early".utf8))
        try await connection.write([1])
        #expect(try await connection.read() == Array("late".utf8))
        #expect(try await connection.read() == nil)
    }

    static let refusals: [(answer: String, body: String)] = [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", "gone"),
        ("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ngo\r\n2;x=y\r\nne\r\n0\r\n\r\n", "gone"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\ngone", "gone"),
    ]

    @Test(arguments: refusals) func `a refusal comes back as an answer`(
        _ example: (answer: String, body: String)
    ) async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.reply(example.answer) }
        }
        let outcome = try await HTTPClient(server.endpoint).upgrade(HTTPRequest(.post, "/"))
        guard case .declined(let response) = outcome else { throw TestFailure("not declined") }
        #expect(response.status == 404)
        #expect(response.text == example.body)
    }

    static let failures: [(answer: String, failure: String)] = [
        ("", "cut"),
        ("HTTP/1.1 101 UPGRADED\r\n", "cut"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\ngone", "cut"),
        ("hello\r\n\r\n", "malformed"),
        ("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 999999999999\r\n\r\n", "tooLarge"),
        (String(repeating: "x", count: 100_000), "malformed"),
    ]

    @Test(arguments: failures) func `an answer that is no good fails by its kind`(
        _ example: (answer: String, failure: String)
    ) async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.reply(example.answer) }
        }
        let error = await #expect(throws: TransportError.self) {
            try await HTTPClient(server.endpoint).upgrade(HTTPRequest(.post, "/"))
        }
        #expect(error.map(kind) == example.failure)
    }

    @Test func `a server that does not answer is given up, and a cancelled request too`() async throws {
        let asked = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            asked.send(())
            while !connection.read(upTo: 100).isEmpty {}
        }
        let client = HTTPClient(server.endpoint)
        let late = await #expect(throws: TransportError.self) {
            try await client.upgrade(HTTPRequest(.post, "/", timeout: .milliseconds(100)))
        }
        #expect(late.map(kind) == "timedOut")
        _ = await asked.wait()
        let time = try await fastestCancel {
            try await client.upgrade(HTTPRequest(.post, "/"))
        } when: {
            _ = await asked.wait()
        }
        #expect(time < .milliseconds(400))
    }

    @Test func `a missing socket is named`() async throws {
        let client = HTTPClient(.unix("/tmp/fctl-curl-none.sock"))
        let error = await #expect(throws: TransportError.self) { try await client.upgrade(HTTPRequest(.post, "/")) }
        #expect(error?.description == "cannot connect to /tmp/fctl-curl-none.sock: No such file or directory")
    }

    @Test func `a cancelled read loses nothing`() async throws {
        let server = try ScriptedServer(Self.echo)
        let connection = try await upgraded(HTTPClient(server.endpoint))
        let time = try await fastestCancel {
            try await connection.read()
        } when: {
        }
        #expect(time < .milliseconds(400))
        try await connection.write([42])
        #expect(try await connection.read() == [42])
    }

    @Test func `a writer that nobody reads from waits, and closing frees it`() async throws {
        let hungUp = Signal<Void>()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply(Self.switching)
            connection.reply("x")
            connection.pause(milliseconds: 100)
            while !connection.read(upTo: 1 << 20).isEmpty {}
            hungUp.send(())
        }
        let connection = try await upgraded(HTTPClient(server.endpoint))
        let writing = Signal<Void>()
        let writer = Task {
            writing.send(())
            while true { try await connection.write([UInt8](repeating: 0, count: 8 << 20)) }
        }
        _ = await writing.wait()
        writer.cancel()
        await #expect(throws: TransportError.cancelled) { try await writer.value }
        #expect(await hungUp.wait() != nil)
        await #expect(throws: TransportError.cancelled) { try await connection.write([1]) }
    }

    @Test func `what the server sent before it hung up can be read after a write has failed`() async throws {
        let gone = Signal<Void>()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply(Self.switching + "bye")
            connection.hangUp()
            gone.send(())
        }
        let connection = try await upgraded(HTTPClient(server.endpoint))
        _ = await gone.wait()
        let error = await #expect(throws: TransportError.self) {
            while true { try await connection.write([UInt8](repeating: 0, count: 1 << 20)) }
        }
        #expect(error.map(kind) == "cut")
        #expect(try await connection.read() == Array("bye".utf8))
        #expect(try await connection.read() == nil)
    }

    @Test func `1 GB goes out and comes back unchanged while memory stays as it was`() async throws {
        let server = try ScriptedServer(Self.echo)
        let connection = try await upgraded(HTTPClient(server.endpoint))
        var pattern = Pattern((0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 9) })
        let block = pattern.block
        let before = ProcessMemory.resident
        async let written: Void = {
            for _ in 0..<1024 { try await connection.write(block) }
            try await connection.closeWrite()
        }()
        while let bytes = try await connection.read() {
            let isSame = pattern.matches(bytes)
            #expect(isSame)
        }
        try await written
        #expect(pattern.count == 1 << 30)
        #expect(ProcessMemory.resident - before < 64 << 20)
    }
}
