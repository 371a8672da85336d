import Testing

@testable import CurlTransport

@Suite struct PlainExchangeTests {
    private func answer(_ text: String, timeout: Duration = .seconds(5)) async throws -> HTTPResponse? {
        let server = try ScriptedServer { connection in
            guard let request = connection.readRequest(), request.head.hasPrefix("GET /list?all=1 HTTP/1.0\r\n") else {
                return
            }
            connection.reply(text)
        }
        return await PlainExchange.get("/list?all=1", at: server.endpoint, timeout: timeout)
    }

    @Test(arguments: ["HTTP/1.0 200 OK\r\n\r\n[1]", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\n[1]"])
    func `an answer is read to the end of its connection`(text: String) async throws {
        let response = try #require(try await answer(text))
        #expect(response.status == 200)
        #expect(response.text == "[1]")
    }

    @Test func `a refusal is an answer too`() async throws {
        #expect(try await answer("HTTP/1.0 400 Bad Request\r\n\r\nno")?.status == 400)
    }

    @Test func `a long answer arrives whole`() async throws {
        let long = String(repeating: "x", count: 3 << 20)
        #expect(try await answer("HTTP/1.0 200 OK\r\n\r\n" + long)?.text == long)
    }

    @Test(arguments: [
        "", "GARBAGE\r\n\r\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n[1]",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\n\r\n",
    ])
    func `what is cut, or no plain answer, is none`(text: String) async throws {
        #expect(try await answer(text) == nil)
    }

    @Test(.timeLimit(.minutes(1))) func `nobody waits for ever`() async throws {
        let server = try ScriptedServer { connection in while !connection.read(upTo: 100).isEmpty {} }
        #expect(await PlainExchange.get("/", at: server.endpoint, timeout: .milliseconds(200)) == nil)
    }

    @Test(arguments: ["/tmp/fctl-curl-none.sock", "/tmp/" + String(repeating: "x", count: 200)])
    func `a socket that is not there gives none`(path: String) async {
        #expect(await PlainExchange.get("/", at: .unix(path), timeout: .seconds(1)) == nil)
    }
}
