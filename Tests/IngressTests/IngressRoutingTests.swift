import FrappeModel
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `each host name reaches its own site`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let cases = [
                ("one.localhost", "one.localhost", "a"), ("one.localhost:\(fixture.port)", "one.localhost", "a"),
                ("ONE.Localhost", "one.localhost", "a"), ("one.localhost.", "one.localhost", "a"),
                ("One.localhost.:8080", "one.localhost", "a"), ("www.one.example", "one.localhost", "a"),
                ("two.localhost", "two.localhost", "a"), ("three.localhost", "three.localhost", "b"),
            ]
            for (host, site, server) in cases {
                let echo = try await fixture.echo("/api/method/ping?x=1", host: host)
                #expect(echo.all("X-Frappe-Site-Name") == [site], "\(host)")
                #expect(echo.server == server)
                #expect(echo.path == "/api/method/ping?x=1")
            }
        }
    }

    @Test func `hosts that no site has get a page of their own with status 404`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let hosts = [
                "nobody.localhost", "127.0.0.1", "[::1]", "localhost", "xone.localhost", "one.localhost.x", nil,
            ]
            for host in hosts {
                let answer = try await fixture.get("/assets/frappe/images/logo.svg", host: host)
                #expect(answer.status == 404, "\(host ?? "none")")
                #expect(answer.text.contains("No such site"))
                #expect(answer["Content-Type"] == "text/html; charset=utf-8")
                #expect(answer["Server"] == "nginx")
            }
            let empty = try await RawHTTP.send(
                Array("GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n".utf8), port: fixture.port)
            #expect([400, 404].contains(empty.status))
        }
    }

    @Test func `an absolute request line decides over the Host header, for site and server alike`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let echo = try await fixture.echo("http://three.localhost/x", host: "one.localhost")
            #expect(echo["X-Frappe-Site-Name"] == "three.localhost")
            #expect(echo["Host"] == "three.localhost")
            #expect(echo.server == "b")
        }
    }

    @Test func `what only a proxy may say is never taken from a client`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let echo = try await fixture.echo(
                "/x",
                headers: [
                    "X-Frappe-Site-Name: three.localhost", "x-frappe-site-name: two.localhost",
                    "X_Frappe_Site_Name: two.localhost", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https",
                    "X-Forwarded-Host: evil.example", "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4",
                    "X-Forwarded-Ssl: on", "X-Forwarded-Prefix: /evil", "X-Use-X-Accel-Redirect: False", "Proxy: evil",
                ])
            #expect(echo.all("X-Frappe-Site-Name") == ["one.localhost"])
            #expect(echo.all("X-Forwarded-For") == ["127.0.0.1"])
            #expect(echo.all("X-Forwarded-Proto") == ["http"])
            #expect(echo.all("X-Forwarded-Host") == ["one.localhost"])
            #expect(echo.all("X-Real-IP") == ["127.0.0.1"])
            #expect(echo.all("X-Use-X-Accel-Redirect") == ["True"])
            for name in ["X_Frappe_Site_Name", "Forwarded", "X-Forwarded-Ssl", "X-Forwarded-Prefix", "Proxy"] {
                #expect(echo.all(name) == [], "\(name)")
            }
        }
    }

    @Test func `the port reaches the site where the client had to give it, and no other port does`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            #expect(
                try await fixture.echo("/", host: "one.localhost:\(fixture.port)")["Host"]
                    == "one.localhost:\(fixture.port)")
            #expect(try await fixture.echo("/", host: "one.localhost:1")["Host"] == "one.localhost")
            #expect(try await fixture.echo("/", host: "one.localhost")["Host"] == "one.localhost")
        }
    }

    @Test func `names that mean something to a map are ordinary site names`() async throws {
        try await IngressFixture.with { fixture in
            let names = [
                "default", "include", "volatile", "hostnames", "xn--bcher-kva", String(repeating: "a", count: 63),
            ]
            let long = Array(repeating: String(repeating: "b", count: 49), count: 5).joined(separator: ".")
            try await fixture.apply { state in
                state.sites = (names + [long]).map { IngressSite(siteName: $0, hostNames: [$0], bench: "a") }
            }
            for name in names + [long] {
                #expect(try await fixture.echo("/", host: name)["X-Frappe-Site-Name"] == name)
            }
            #expect(try await fixture.get("/", host: "nobody.localhost").status == 404)
        }
    }

    @Test func `only this machine is told the generation, only at the root's own path`() async throws {
        try await IngressFixture.with { fixture in
            let outcome = try await fixture.apply()
            let answer = try await fixture.get("/test-root", host: IngressState.generationHost)
            #expect(answer.text == "\(outcome.generation)\n")
            #expect(answer["Content-Type"] == "text/plain")
            #expect(try await fixture.get("/other-root", host: IngressState.generationHost).status == 404)
            #expect(try await fixture.get("/test-root", host: "one.localhost").text.contains("\"server\""))
        }
    }
}

/// One after the other: each has a master and servers of its own.
@Suite(.serialized) struct IngressSuite {}
