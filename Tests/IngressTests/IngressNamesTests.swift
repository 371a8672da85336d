import Foundation
import FrappeModel
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `other names lead to the public one, challenges of certificate authorities do not`() async throws {
        try await IngressFixture.with { fixture in
            try fixture.file("agent/acme/.well-known/acme-challenge/token", "proof")
            try await fixture.apply { state in
                state.sites[0].hostNames = ["www.one.example"]
                state.sites[0].redirectedNames = ["one.localhost", "old.one.example"]
                state.sites[0].canonicalName = "www.one.example"
            }
            for (host, method) in [("one.localhost", "GET"), ("old.one.example", "POST")] {
                let answer = try await fixture.get("/a/b?x=1&y=%20", host: host, method: method)
                #expect(answer.status == 308)
                #expect(answer["Location"] == "http://www.one.example/a/b?x=1&y=%20")
            }
            let port = try await fixture.get("/", host: "one.localhost:\(fixture.port)")
            #expect(port["Location"] == "http://www.one.example:\(fixture.port)/")
            #expect(try await fixture.echo("/", host: "www.one.example")["X-Frappe-Site-Name"] == "one.localhost")
            for host in ["one.localhost", "www.one.example", "two.localhost"] {
                #expect(try await fixture.get("/.well-known/acme-challenge/token", host: host).text == "proof")
            }
            #expect(try await fixture.get("/.well-known/acme-challenge/none", host: "one.localhost").status == 404)
        }
    }

    @Test func `a wildcard serves all names below it but those that others have, the longest one first`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { state in
                state.sites[0].hostNames = ["one.localhost", "*.example"]
                state.sites[1].hostNames = ["two.localhost", "two.example"]
                state.sites[2].hostNames = ["three.localhost", "*.deep.example"]
                state.sites[2].condition = .maintenance
            }
            for (host, site) in [
                ("x.example", "one.localhost"), ("a.b.example", "one.localhost"), ("two.example", "two.localhost"),
                ("www.two.example", "one.localhost"), ("X.EXAMPLE", "one.localhost"),
            ] {
                #expect(try await fixture.echo("/", host: host)["X-Frappe-Site-Name"] == site, "\(host)")
            }
            #expect(try await fixture.get("/", host: "x.deep.example").status == 503)
            #expect(try await fixture.get("/", host: "example").status == 404)
            let socket = try await WebSocketProbe.open(
                host: "x.example", origin: "http://x.example", port: fixture.port)
            #expect(socket.received["host"] == "one.localhost")
            socket.close()
        }
    }

    @Test func `limits of a site hold for that site alone`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { state in
                state.sites[0].settings.bodySize = 1000
                state.sites[0].settings.readTimeout = 1
                state.sites[2].settings.sources = ["192.0.2.0/24"]
            }
            let body = [UInt8](repeating: 65, count: 2000)
            let refused = try await RawHTTP.post("/x", host: "one.localhost", port: fixture.port, body: body)
            #expect(refused.status == 413 && refused.text.contains("Too large"))
            #expect(try await RawHTTP.post("/x", host: "two.localhost", port: fixture.port, body: body).status == 200)
            #expect(try await fixture.get("/x?seconds=2", host: "one.localhost").status == 504)
            #expect(try await fixture.get("/x?seconds=2", host: "two.localhost").status == 200)
            #expect(try await fixture.get("/", host: "three.localhost").status == 403)
            let own = ["X-Frappectl-Probe: test-root"]
            #expect(try await fixture.get("/", host: "three.localhost", headers: own).status == 200)
        }
    }

    @Test func `one address may make so many requests a second`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { $0.sites[0].settings.requestsPerSecond = 1 }
            var statuses: [Int] = []
            for _ in 0..<12 { statuses.append(try await fixture.get("/").status) }
            #expect(statuses.first == 200 && statuses.contains(429), "\(statuses)")
            #expect(try await fixture.get("/", host: "two.localhost").status == 200)
        }
    }

    @Test func `the word of a trusted proxy is believed, that of others is not`() async throws {
        try await IngressFixture.with { fixture in
            let headers = ["X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3", "X-Forwarded-Proto: https"]
            try await fixture.apply()
            let plain = try await fixture.echo("/", headers: headers)
            #expect(plain.all("X-Forwarded-For") == ["127.0.0.1"] && plain["X-Forwarded-Proto"] == "http")
            var settings = fixture.ingress.settings
            settings.trustedProxies = ["127.0.0.1", "10.0.0.0/8"]
            let trusting = try Ingress(settings: settings, probe: fixture.ingress.probe)
            _ = try await trusting.apply(fixture.state())
            let told = try await fixture.echo("/", headers: headers)
            #expect(told.all("X-Forwarded-For") == ["203.0.113.9"] && told.all("X-Real-IP") == ["203.0.113.9"])
            #expect(told.all("X-Forwarded-Proto") == ["https"])
            let odd = try await fixture.echo("/", headers: ["X-Forwarded-Proto: javascript"])
            #expect(odd["X-Forwarded-Proto"] == "http")
        }
    }

    @Test func `snippets are served at their level; a broken one is named and changes nothing`() async throws {
        try await IngressFixture.with { fixture in
            let directory = "\(fixture.root)/nginx"
            func apply() async throws -> IngressOutcome {
                var settings = fixture.ingress.settings
                settings.snippetsDirectory = directory
                var state = fixture.state()
                state.snippets = try IngressSnippets(
                    directory: directory, benches: ["a", "b"], sites: ["one.localhost", "two.localhost"]
                ).read()
                return try await Ingress(settings: settings, probe: fixture.ingress.probe).apply(state)
            }
            try fixture.file("nginx/host/tone.conf", "map $host $tone { default plain; one.localhost loud; }\n")
            try fixture.file("nginx/benches/a/tone.conf", "location = /tone { return 200 $tone; }\n")
            try fixture.file("nginx/sites/one.localhost/hello.conf", "location = /hello {\n  return 200 hi;\n}")
            try fixture.file("nginx/sites/one.localhost/note.txt", "not ours")
            _ = try await apply()
            #expect(try await fixture.get("/tone").text == "loud")
            #expect(try await fixture.get("/tone", host: "two.localhost").text == "plain")
            #expect(try await fixture.get("/tone", host: "three.localhost").text != "plain")
            #expect(try await fixture.get("/hello").text == "hi")
            #expect(try await fixture.get("/hello", host: "two.localhost").text != "hi")
            #expect(try await apply().action == .unchanged)

            try fixture.file("nginx/sites/one.localhost/hello.conf", "location = /hello {\n  retrun 200 hi;\n}")
            let error = await #expect(throws: IngressError.self) { try await apply() }
            guard case .refusedConfiguration(_, let place, _) = error else { throw try #require(error) }
            #expect(place?.description == "\(directory)/sites/one.localhost/hello.conf:2")
            #expect(try await fixture.get("/hello").text == "hi")

            chmod("\(directory)/sites/one.localhost/hello.conf", 0o666)
            await #expect(
                throws: IngressError.snippetWritable(path: "\(directory)/sites/one.localhost/hello.conf")
            ) { try await apply() }
        }
    }
}
