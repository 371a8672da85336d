import Foundation
import FrappeModel
import Rendering
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `the edge answers for every name, finds its upstreams by DNS, and follows no link out of a site`()
        async throws
    {
        try await IngressFixture.with { fixture in
            try fixture.file("benches/a/1/apps/frappe/public/x.js", "asset")
            try fixture.link("benches/a/1/sites/assets", to: "../apps")
            try fixture.link(
                "benches/a/1/sites/one.localhost/public/files/host.txt", to: "\(fixture.root)/host-secret.txt")
            let servers = Servers()
            defer { servers.stop() }
            let ports = try IngressFixture.freePorts(4)
            let web = try servers.start(["web=tcp:\(ports[0])"])
            try servers.start(["\(ports[1])"], script: "names.py")
            let sites = fixture.state().sites.filter { $0.bench == "a" }
            let edge = EdgeState(
                sites: sites, web: "web:\(ports[0])", socketio: "socketio:\(fixture.socketioPort)",
                ports: [ports[2], ports[3]])
            try servers.run([
                "/usr/sbin/nginx", "-c", try fixture.install(edge: IngressEdge.configuration(edge), dns: ports[1]),
            ])
            let isUp = try await Polling.until(within: .seconds(10)) {
                (try? await RawHTTP.get("/.frappectl/health", host: "any", port: ports[2]))?.status == 204
            }
            #expect(isUp)
            try await expectAnswers(port: ports[3])
            try await servers.finish(web)
            #expect(try await RawHTTP.get("/x", host: "one.localhost", port: ports[2]).status == 502)
            try servers.start(["web=tcp:\(ports[0])"])
            #expect(try await RawHTTP.get("/x", host: "one.localhost", port: ports[2]).status == 200)
        }
    }

    private func expectAnswers(port: Int) async throws {
        for (host, site) in [("one.localhost:\(port)", "one.localhost"), ("www.one.example", "one.localhost")] {
            let answer = try await RawHTTP.get(
                "/api/x?a=1", host: host, port: port, headers: ["X-Frappe-Site-Name: two.localhost"])
            let echo = try JSONDecoder().decode(Echo.self, from: Data(answer.body))
            #expect(echo.all("X-Frappe-Site-Name") == [site] && echo["Host"] == host && echo.path == "/api/x?a=1")
            #expect(echo["X-Use-X-Accel-Redirect"] == nil && echo["X-Forwarded-For"] == "127.0.0.1")
        }
        #expect(
            try await RawHTTP.get("/files/hello.txt", host: "two.localhost", port: port).text
                == "hello from two.localhost")
        let linked = try await RawHTTP.get("/files/host.txt", host: "one.localhost", port: port)
        #expect(!linked.text.contains("secret of"))
        #expect(try await RawHTTP.get("/assets/frappe/public/x.js", host: "one.localhost", port: port).text == "asset")
        for path in ["/", "/socket.io/", "/files/hello.txt"] {
            #expect(try await RawHTTP.get(path, host: "nobody", port: port).status == 404, "\(path)")
        }
        let socket = try await WebSocketProbe.open(host: "www.one.example", origin: "http://x", port: port)
        #expect(socket.received["host"] == "one.localhost" && socket.received["origin"] == "http://one.localhost")
        socket.close()
    }
}

extension IngressFixture {
    /// Writes the edge's configuration with the container's places replaced by this machine's.
    fileprivate func install(edge: String, dns: Int) throws -> String {
        let text = edge.replacing("/home/frappe/frappe-bench", with: "\(root)/benches/a/1")
            .replacing("127.0.0.11 ", with: "127.0.0.1:\(dns) ").replacing("/tmp/nginx", with: "\(root)/edge-nginx")
        // In its container it runs without root; here a master that is root needs to be told who to be.
        let user = Self.workerUser.map { "user \($0);\n" } ?? ""
        try file("edge.conf", user + text)
        return "\(root)/edge.conf"
    }
}
