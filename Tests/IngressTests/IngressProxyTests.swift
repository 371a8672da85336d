import Foundation
import FrappeModel
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `a private file goes out when its site says so, by either spelling`() async throws {
        try await IngressFixture.with { fixture in
            try fixture.file("benches/a/1/sites/one.localhost/private/files/a b.pdf", "secret of one.localhost")
            try await fixture.apply()
            let spellings = [
                "/protected/private/files/secret.txt", "/protected/one.localhost/private/files/secret.txt",
                "/protected/private/files/a%2520b.pdf",
            ]
            for spelling in spellings {
                let answer = try await fixture.get("/x?type=application/pdf&accel=\(spelling)")
                #expect(answer.status == 200 && answer.text == "secret of one.localhost", "\(spelling)")
                #expect(answer["Content-Type"] == "application/pdf")
                #expect(answer.all("Cache-Control") == ["private, no-cache"])
                #expect(answer["X-Accel-Redirect"] == nil)
                #expect(answer["X-Content-Type-Options"] == "nosniff")
            }
            let own = try await fixture.get("/x?cache=no-store&accel=\(spellings[0])")
            #expect(own.all("Cache-Control") == ["no-store"])
            let partial = try await fixture.get("/x?accel=\(spellings[0])", headers: ["Range: bytes=0-5"])
            #expect(partial.status == 206 && partial.text == "secret")
        }
    }

    @Test func `a site cannot have another's files sent, nor anything of its own but private ones`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let targets = [
                "/protected/two.localhost/private/files/secret.txt", "/protected/site_config.json",
                "/protected/one.localhost/site_config.json", "/protected/three.localhost/private/files/secret.txt",
                "/protected/private/../site_config.json", "/protected/private/%2e%2e/site_config.json",
                "/protected/private/../../two.localhost/private/files/secret.txt", "/private/files/secret.txt",
                "/protected/../two.localhost/private/files/secret.txt", "/protected//etc/passwd", "/etc/passwd",
                "/protected/one.localhost/private/../../two.localhost/private/files/secret.txt", "@web", "@away",
                "/protected/%2e%2e/two.localhost/private/files/secret.txt", "/test-root",
            ]
            for target in targets {
                let encoded = target.replacing("%", with: "%25")
                let answer = try await fixture.get("/x?accel=\(encoded)")
                #expect(!answer.text.contains("secret of") && !answer.text.contains("root:"), "\(target)")
                #expect(answer.status >= 400 || answer.text.contains("\"server\""), "\(target)")
            }
        }
    }

    @Test func `headers that the site sets itself are left alone, missing ones are added`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            #expect(try await fixture.get("/x?frame=DENY").all("X-Frame-Options") == ["DENY"])
            let answer = try await fixture.get("/x")
            #expect(answer.all("X-Frame-Options") == ["SAMEORIGIN"])
            #expect(answer.all("X-Content-Type-Options") == ["nosniff"])
            #expect(answer.all("Referrer-Policy") == ["strict-origin-when-cross-origin"])
            #expect(answer["Strict-Transport-Security"] == nil)
            #expect(answer["Server"] == "nginx")
        }
    }

    @Test func `50 MB and the form around it arrive whole, more is refused with a page`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let form = [UInt8](repeating: 65, count: 50 << 20 + 700)
            let answer = try await RawHTTP.post(
                "/api/method/upload_file", host: "one.localhost", port: fixture.port, body: form)
            #expect(try JSONDecoder().decode(Echo.self, from: Data(answer.body)).received == form.count)
            let large = [UInt8](repeating: 65, count: 52 << 20)
            let refused = try await RawHTTP.post(
                "/api/method/upload_file", host: "one.localhost", port: fixture.port, body: large)
            #expect(refused.status == 413 && refused.text.contains("Too large"))
        }
    }

    @Test func `answers are compressed where that helps`() async throws {
        try await IngressFixture.with { fixture in
            try fixture.file("assets/new/big.css", String(repeating: "a { color: red }\n", count: 500))
            try await fixture.apply()
            let answer = try await fixture.get("/assets/big.css", headers: ["Accept-Encoding: gzip"])
            #expect(answer["Content-Encoding"] == "gzip" && answer["Vary"] == "Accept-Encoding")
            #expect(try await fixture.get("/assets/big.css")["Content-Encoding"] == nil)
        }
    }

    @Test func `a websocket arrives as its site's own, also on a custom domain, and outlives a reload`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for host in ["one.localhost:\(fixture.port)", "www.one.example"] {
                let socket = try await WebSocketProbe.open(host: host, origin: "http://\(host)", port: fixture.port)
                #expect(socket.received["host"] == "one.localhost")
                #expect(socket.received["origin"] == "http://one.localhost")
                #expect(socket.received["x-frappe-site-name"] == "one.localhost")
                #expect(socket.received["upgrade"] == "websocket" && socket.received["connection"] == "upgrade")
                #expect(socket.received["cookie"] == "sid=abc")
                #expect(try await socket.echo("before") == "echo before\n")
                try await fixture.apply { $0.sites[0].hostNames.append("new-\(host.count).example") }
                #expect(try await socket.echo("after") == "echo after\n")
                socket.close()
            }
        }
    }

    @Test func `a page of another site opens no websocket here`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let path = "/socket.io/?EIO=4&transport=polling"
            for origin in ["http://two.localhost", "https://evil.example", "null", "http://one.localhost.evil.example"]
            {
                #expect(try await fixture.get(path, headers: ["Origin: \(origin)"]).status == 403, "\(origin)")
            }
            for origin in ["http://one.localhost", "https://ONE.localhost:8443", "http://one.localhost.:80"] {
                let echo = try await fixture.echo(path, headers: ["Origin: \(origin)"])
                #expect(echo["Origin"] == "http://one.localhost" && echo.server == "io", "\(origin)")
            }
            let echo = try await fixture.echo(path, headers: ["X-Frappe-Site-Name: two.localhost"])
            #expect(echo.all("X-Frappe-Site-Name") == ["one.localhost"] && echo["Connection"] == "close")
        }
    }

    @Test func `logs name site and path, and hold neither query nor cookies`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            _ = try await fixture.get(
                "/update-password?key=topsecret", host: "www.one.example",
                headers: [
                    "Cookie: sid=topsecret", "Authorization: token topsecret", "Referer: http://x/?key=topsecret",
                ])
            _ = try await fixture.get("/?key=topsecret", host: "nobody.localhost")
            try await fixture.ingress.stop()
            let log = String(decoding: IngressDisk.read("\(fixture.root)/agent/logs/a/access.log") ?? [], as: UTF8.self)
            #expect(log.contains("\"site\":\"one.localhost\"") && log.contains("\"path\":\"/update-password\""))
            for name in IngressDisk.list("\(fixture.root)/agent/logs") {
                let text = String(decoding: IngressDisk.read("\(fixture.root)/agent/logs/\(name)") ?? [], as: UTF8.self)
                #expect(!text.contains("topsecret"), "\(name)")
            }
            for line in log.split(separator: "\n") {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }
    }
}

/// The client's side of a connection that was upgraded.
struct WebSocketProbe: Sendable {
    let descriptor: Int32
    /// The request's headers as the server behind nginx received them, names in lower case.
    let received: [String: String]

    static func open(host: String, origin: String, port: Int) async throws -> WebSocketProbe {
        let head = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: \(host)", "Origin: \(origin)",
            "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Cookie: sid=abc", "", "",
        ]
        return try await RawHTTP.onThread {
            let descriptor = try RawHTTP.connect(port: port)
            try RawHTTP.write(Array(head.joined(separator: "\r\n").utf8), to: descriptor)
            var bytes: [UInt8] = []
            while bytes.last != UInt8(ascii: "\n") || !bytes.contains(UInt8(ascii: "}")) {
                guard let chunk = RawHTTP.read(from: descriptor) else { break }
                bytes += chunk
            }
            let answer = try RawHTTP.parse(bytes)
            guard answer.status == 101 else { throw RawHTTP.Failure(description: "status \(answer.status)") }
            let headers = try JSONDecoder().decode([String: String].self, from: Data(answer.body))
            return WebSocketProbe(descriptor: descriptor, received: headers)
        }
    }

    func echo(_ text: String) async throws -> String {
        try await RawHTTP.onThread {
            try RawHTTP.write(Array("\(text)\n".utf8), to: descriptor)
            return String(decoding: RawHTTP.read(from: descriptor) ?? [], as: UTF8.self)
        }
    }

    func close() { _ = Foundation.close(descriptor) }
}
