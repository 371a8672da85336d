import Testing

@testable import CurlTransport

@Suite struct SendTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-One: 1\r\n\r\nhello"

    @Test func `an answer's status, headers and body come back`() async throws {
        let server = try ScriptedServer(answering(Self.ok))
        let response = try await HTTPClient(server.endpoint).send(HTTPRequest(.get, "/a?b=c"))
        #expect(response.status == 200)
        #expect(response.headers["x-one"] == "1")
        #expect(response.text == "hello")
    }

    @Test func `an answer with an error status is an answer too`() async throws {
        let server = try ScriptedServer(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"))
        #expect(try await HTTPClient(server.endpoint).send(HTTPRequest(.get, "/")).status == 404)
    }

    @Test func `interim answers are skipped and chunks are joined`() async throws {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let server = try ScriptedServer(answering(interim + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"))
        #expect(try await HTTPClient(server.endpoint).send(HTTPRequest(.get, "/")).text == "abc")
    }

    @Test func `the request goes over the wire as it was given`() async throws {
        let heads = Signal<String>()
        let server = try ScriptedServer { connection in
            guard let request = connection.readRequest() else { return }
            heads.send(request.head)
            connection.reply(Self.ok)
        }
        let request = HTTPRequest(.post, "/a/../b?c=%20", headers: ["Host": "site.test", "X-Empty": ""])
        _ = try await HTTPClient(server.endpoint).send(request)
        let head = try #require(await heads.wait())
        #expect(head.hasPrefix("POST /a/../b?c=%20 HTTP/1.1\r\n"))
        #expect(head.contains("\r\nHost: site.test\r\n"))
        #expect(head.contains("\r\nX-Empty:"))
        #expect(head.contains("\r\nContent-Length: 0\r\n"))
        #expect(!head.contains("Expect"))
    }

    @Test func `reads share a connection`() async throws {
        let server = try ScriptedServer(answering(Self.ok))
        let client = HTTPClient(server.endpoint)
        for _ in 0..<10 { _ = try await client.send(HTTPRequest(.get, "/")) }
        #expect(server.accepted == 1)
    }

    @Test func `a read goes on over a new connection when the kept one was closed meanwhile`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply(Self.ok)
        }
        let client = HTTPClient(server.endpoint)
        for _ in 0..<3 { #expect(try await client.send(HTTPRequest(.get, "/")).status == 200) }
    }

    @Test(arguments: [HTTPRequest.Method.post, .patch, .delete])
    func `a change is sent once, even when the server hangs up on it`(_ method: HTTPRequest.Method) async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                if !request.head.hasPrefix("GET") { return }
                connection.reply(Self.ok)
            }
        }
        let client = HTTPClient(server.endpoint)
        _ = try await client.send(HTTPRequest(.get, "/"))
        let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(method, "/")) }
        guard case .cut = error else { throw TestFailure("not cut: \(String(describing: error))") }
        #expect(server.accepted == 2)
    }

    @Test(arguments: [HTTPRequest.Method.put, .post]) func `a body is sent from memory and from a file`(
        _ method: HTTPRequest.Method
    ) async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.reply("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                connection.reply(request.body)
            }
        }
        let client = HTTPClient(server.endpoint)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await client.send(HTTPRequest(method, "/", body: .data(bytes))).body == bytes)
        let path = try TemporaryFile(bytes)
        #expect(try await client.send(HTTPRequest(method, "/", body: .file(path: path.path))).body == bytes)
    }

    @Test func `two hundred requests at once each get their own answer`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let path = String(request.head.split(separator: " ")[1])
                connection.reply("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
            }
        }
        let client = HTTPClient(server.endpoint)
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await client.send(HTTPRequest(.get, "/\(number)"))
                    #expect(response.text == "/\(number)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a plain request over TCP names the host it is given`() async throws {
        // Nothing listens on port 1: what is tested is that host and port arrive in the error.
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: 1, tls: false))
        let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(.get, "/")) }
        #expect(error?.description == "cannot connect to 127.0.0.1:1: Connection refused")
    }
}
