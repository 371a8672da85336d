import FrappeModel
import Rendering
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `a stopped bench answers 503 and when to come back, whatever is asked`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { $0.benches[0].condition = .stopped }
            for path in ["/", "/assets/frappe/images/logo.svg", "/files/hello.txt", "/socket.io/", "/x.png"] {
                for method in ["GET", "POST", "HEAD"] {
                    let answer = try await fixture.get(path, host: "two.localhost", method: method)
                    #expect(answer.status == 503 && answer["Retry-After"] == "30", "\(method) \(path)")
                    #expect(answer["Content-Type"] == "text/html; charset=utf-8")
                    #expect(method == "HEAD" || answer.text.contains("Stopped"))
                }
            }
            #expect(try await fixture.get("/files/hello.txt", host: "three.localhost").status == 200)
            try await fixture.apply()
            #expect(try await fixture.get("/files/hello.txt", host: "two.localhost").status == 200)
        }
    }

    @Test func `sites in maintenance and suspended ones are away alone`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { state in
                state.sites[0].condition = .maintenance
                state.sites[1].condition = .suspended
                state.sites.append(IngressSite(siteName: "four.localhost", hostNames: ["four.localhost"], bench: "a"))
            }
            for path in ["/", "/assets/frappe/images/logo.svg", "/files/hello.txt", "/socket.io/", "/x.css"] {
                for method in ["GET", "POST"] {
                    let maintenance = try await fixture.get(path, host: "www.one.example", method: method)
                    #expect(maintenance.status == 503 && maintenance["Retry-After"] == "30", "\(path)")
                    #expect(maintenance.text.contains("Maintenance"))
                    #expect(maintenance["Content-Type"] == "text/html; charset=utf-8")
                    let suspended = try await fixture.get(path, host: "two.localhost", method: method)
                    #expect(suspended.status == 503 && suspended["Retry-After"] == nil)
                    #expect(suspended.text.contains("Suspended"))
                }
            }
            #expect(try await fixture.get("/", host: "four.localhost").status == 200)
        }
    }

    @Test func `a bench that does not answer gets a page, its files are still served`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { state in
                state.benches[0].web = [.socket("\(fixture.root)/run/a/gone.sock")]
                state.benches[1].web = []
                state.benches[1].socketio = []
            }
            for host in ["one.localhost", "three.localhost"] {
                for method in ["GET", "POST", "HEAD"] {
                    let answer = try await fixture.get("/x.css", host: host, method: method)
                    #expect(answer.status == 502 && answer["Retry-After"] == "5", "\(method) \(host)")
                    #expect(answer["Content-Type"] == "text/html; charset=utf-8")
                    #expect(method == "HEAD" || answer.text.contains("One moment"))
                }
                #expect(try await fixture.get("/files/hello.txt", host: host).status == 200)
            }
            #expect(try await fixture.get("/socket.io/", host: "three.localhost").status == 502)
        }
    }

    @Test func `a bench that takes too long gets the page with status 504`() async throws {
        try await IngressFixture.with { fixture in
            var state = fixture.state()
            state.generation = 1
            var files = try IngressRendering.files(state)
            files["settings.conf"]?.replace("proxy_read_timeout 120s;", with: "proxy_read_timeout 200ms;")
            _ = try await fixture.ingress.serve(try await fixture.ingress.stage(files, generation: 1))
            for method in ["GET", "POST"] {
                let answer = try await fixture.get("/x?seconds=1", method: method)
                #expect(answer.status == 504 && answer["Retry-After"] == "5" && answer.text.contains("One moment"))
            }
        }
    }

    @Test func `without benches every host is unknown`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { state in
                state.benches = []
                state.sites = []
            }
            #expect(try await fixture.get("/").status == 404)
            try await fixture.apply { $0.sites = [] }
            #expect(try await fixture.get("/").status == 404)
        }
    }

    @Test func `statuses of the site itself pass through unchanged`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for status in [404, 403, 417, 500, 502, 503, 504] {
                let answer = try await fixture.get("/x?status=\(status)")
                #expect(answer.status == status && answer.text.contains("\"server\""))
                #expect(answer["Retry-After"] == nil)
            }
        }
    }

    @Test func `a process that is gone is passed over, for any method`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply { state in
                state.benches[0].web.insert(.socket("\(fixture.root)/run/a/gone.sock"), at: 0)
                state.benches[0].web.append(.port(1))
            }
            for index in 0..<40 {
                let method = index.isMultiple(of: 2) ? "GET" : "POST"
                #expect(try await fixture.echo("/x", method: method).server == "a")
            }
        }
    }
}
