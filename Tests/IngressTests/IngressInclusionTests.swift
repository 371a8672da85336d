import Foundation
import FrappeModel
import Rendering
import Subprocess
import SystemPackage
import Testing

@testable import Operations

extension IngressSuite {
    /// Runs the body with an nginx that serves something else on the fixture's port and includes `conf.d/*.conf`.
    private func withDistribution(
        _ fixture: IngressFixture, _ body: (Ingress, IngressInclusion) async throws -> Void
    ) async throws {
        let etc = "\(fixture.root)/etc"
        let user = IngressFixture.workerUser.map { "user \($0);\n" } ?? ""
        try fixture.file(
            "etc/nginx.conf",
            """
            \(user)pid \(etc)/nginx.pid; # of the distribution
            error_log \(etc)/error.log;
            events { worker_connections 768; }
            http {
                access_log off;
                gzip on;
                include \(etc)/conf.d/*.conf;
                server {
                    listen 127.0.0.1:\(fixture.port) default_server;
                    return 200 other;
                }
            }
            """)
        try IngressDisk.makeDirectories("\(etc)/conf.d")
        var host = HostSettings()
        host.includingConfiguration = "\(etc)/nginx.conf"
        host.includeFile = "\(etc)/conf.d/frappectl.conf"
        let inclusion = IngressInclusion(layout: HostLayout(root: fixture.root, rootID: "abc123"), host: host)
        var settings = fixture.ingress.settings
        settings.inclusion = inclusion
        _ = try await Subprocess.run(
            .path(FilePath(fixture.ingress.nginx.executable)), arguments: ["-c", "\(etc)/nginx.conf"],
            output: .discarded, error: .discarded)
        defer { inclusion.master?.signal(SIGTERM) }
        // The command ends when nginx has forked, which then writes its pid file.
        _ = try await Polling.until(within: .seconds(10)) { inclusion.master != nil }
        try await body(try Ingress(settings: settings, probe: fixture.ingress.probe), inclusion)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `the distribution's nginx serves our sites beside its own, and goes on without them`() async throws {
        try await IngressFixture.with { fixture in
            try await withDistribution(fixture) { ingress, inclusion in
                let master = try #require(inclusion.master)
                #expect(try await ingress.apply(fixture.state()).action == .reloaded)
                #expect(try await ingress.apply(fixture.state()).action == .unchanged)
                #expect(inclusion.master == master)
                #expect(try await fixture.echo("/x")["X-Frappe-Site-Name"] == "one.localhost")
                #expect(try await fixture.get("/files/hello.txt").text == "hello from one.localhost")
                #expect(try await fixture.get("/", host: "nobody.localhost").text == "other")
                #expect(inclusion.notes.count == 2)
                try await ingress.stop()
                #expect(try await fixture.get("/x").text == "other" && !IngressDisk.exists(inclusion.file))
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0))
    func `what the distribution's nginx refuses is taken back and named`() async throws {
        try await IngressFixture.with { fixture in
            try await withDistribution(fixture) { ingress, inclusion in
                _ = try await ingress.apply(fixture.state())
                var state = fixture.state()
                state.snippets = [IngressSnippet(level: .site("one.localhost"), file: "x.conf", text: "\nretrun 1;\n")]
                let error = await #expect(throws: IngressError.self) { try await ingress.apply(state) }
                guard case .refusedConfiguration(_, let place, let kept) = error else { throw try #require(error) }
                #expect(place?.description == "snippets/sites/one.localhost/x.conf:2")
                #expect(IngressDisk.exists("\(kept)/include.conf"))
                #expect(try await ingress.nginx.complaint(aboutDistribution: inclusion.configuration) == nil)
                #expect(try await fixture.echo("/x").server == "a")
            }
        }
    }
}
