import FrappeModel
import Testing

@testable import Rendering

@Suite struct IngressSiteServersTests {
    private static func state(_ change: (inout IngressSite) -> Void) -> IngressState {
        var site = IngressSite(siteName: "one.localhost", hostNames: ["one.localhost"], bench: "shop")
        site.canonicalName = "one.localhost"
        change(&site)
        var state = IngressState(
            rootIdentifier: "abc123", listenAddress: "0.0.0.0", httpPort: 80, logsDirectory: "/srv/logs",
            benches: [IngressBench(id: "shop", sitesDirectory: "/srv/shop/1/sites")], sites: [site])
        state.httpsPort = 443
        return state
    }

    private static let pair = IngressCertificate(certificateFile: "/srv/tls/a.crt", keyFile: "/srv/tls/a.key")

    @Test func `a plain site has no server of its own, and 443 is not listened on`() throws {
        let files = try IngressRendering.files(Self.state { _ in })
        #expect(files["sites/shop/one.localhost.conf"] == nil)
        #expect(!files.values.contains { $0.contains("listen 0.0.0.0:443") })
    }

    @Test func `a certificate brings a server with TLS, a redirect, and a refusal of other names`() throws {
        let files = try IngressRendering.files(Self.state { $0.certificates["one.localhost"] = Self.pair })
        let server = try #require(files["sites/shop/one.localhost.conf"])
        #expect(server.contains("listen 0.0.0.0:443 ssl http2;"))
        #expect(server.contains("ssl_certificate_key \"/srv/tls/a.key\";"))
        #expect(server.contains("return 308 https://$host$request_uri;"))
        #expect(files["nginx.conf"]?.contains("ssl_reject_handshake on;") == true)
        #expect(files["sites/shop/00.names"] == nil && files["sites/shop/00.map"] != nil)
        let open = try IngressRendering.files(
            Self.state {
                $0.certificates["one.localhost"] = Self.pair
                $0.settings.redirectsToHTTPS = false
            })
        #expect(open["sites/shop/one.localhost.conf"]?.contains("https://") == false)
    }

    @Test func `the public name decides where others lead`() throws {
        let files = try IngressRendering.files(
            Self.state {
                $0.redirectedNames = ["old.example"]
                $0.certificates["one.localhost"] = Self.pair
            })
        #expect(
            files["sites/shop/one.localhost.conf"]?.contains("return 308 https://one.localhost$request_uri;") == true)
        #expect(throws: IngressRenderingError.self) {
            try IngressRendering.files(Self.state { $0.redirectedNames = ["one.localhost"] })
        }
    }

    @Test func `all addresses are those of IPv4 and of IPv6`() throws {
        var state = Self.state { _ in }
        state.listenAddress = "::"
        let text = try #require(try IngressRendering.files(state)["nginx.conf"])
        #expect(text.contains("listen 0.0.0.0:80 default_server;") && text.contains("listen [::]:80 default_server;"))
    }

    @Test func `nginx finishes what the slowest site may take before it ends old workers`() throws {
        let files = try IngressRendering.files(Self.state { $0.settings.readTimeout = 600 })
        #expect(files["nginx.conf"]?.contains("worker_shutdown_timeout 630s;") == true)
    }

    @Test(arguments: ["../x.conf", "x", "x.conf; include y", "a b.conf", ".conf", "x$.conf"])
    func `names of snippets that could be anything else are refused`(name: String) {
        var state = Self.state { _ in }
        state.snippets = [IngressSnippet(level: .host, file: name, text: "")]
        #expect(throws: IngressRenderingError.self) { try IngressRendering.files(state) }
    }

    @Test(arguments: ["1.2.3.4; allow all", "x", "$remote_addr", "1.2.3.4 1", ""])
    func `sources that could be anything else are refused`(source: String) {
        #expect(throws: IngressRenderingError.self) {
            try IngressRendering.files(Self.state { $0.settings.sources = [source] })
        }
        var state = Self.state { _ in }
        state.trustedProxies = [source]
        #expect(throws: IngressRenderingError.self) { try IngressRendering.files(state) }
    }

    @Test func `paths in a unit need no quotes`() throws {
        let unit = try IngressHostFiles.unit(
            root: "/home/frappe", prefix: "/home/frappe/agent/nginx", nginx: "/usr/sbin/nginx")
        #expect(unit.contains("\nExecStart=/usr/sbin/nginx -p /home/frappe/agent/nginx/ -c "))
        for path in ["/home/a b", "/home/%h", "/home/$x", "/home/a\nExecStart=/bin/sh"] {
            #expect(throws: IngressRenderingError.self) {
                try IngressHostFiles.unit(root: path, prefix: path, nginx: "/usr/sbin/nginx")
            }
            #expect(throws: IngressRenderingError.self) {
                try IngressHostFiles.renewal(root: "/home/frappe", program: path, engine: "/run/docker.sock")
            }
        }
    }
}
