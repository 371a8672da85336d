import FrappeModel
import NginxTemplates
import Testing

@testable import Rendering

@Suite struct IngressRenderingTests {
    private static func state() -> IngressState {
        IngressState(
            rootIdentifier: "abc123", workerUser: "www-data", logsDirectory: "/srv/a b/agent/logs", generation: 7,
            benches: [
                IngressBench(
                    id: "shop", sitesDirectory: "/srv/a b/benches/shop/1/sites",
                    assetsDirectories: ["/srv/a b/assets/new", "/srv/a b/assets/old"],
                    web: [.socket("/srv/a b/run/1/web.sock"), .port(21000)], socketio: [.port(21001)]),
                IngressBench(id: "off", sitesDirectory: "/srv/a b/benches/off/1/sites", condition: .stopped),
            ],
            sites: [
                IngressSite(siteName: "one.localhost", hostNames: ["www.one.example", "one.localhost"], bench: "shop"),
                IngressSite(
                    siteName: "two.localhost", hostNames: ["two.localhost"], bench: "off", condition: .maintenance),
            ])
    }

    @Test func `renders the same text for the same state, whatever its order`() throws {
        var other = Self.state()
        other.benches.reverse()
        other.sites.reverse()
        other.sites[1].hostNames.reverse()
        #expect(try IngressRendering.files(Self.state()) == IngressRendering.files(other))
    }

    @Test func `a site is a line for its names and lines in the map`() throws {
        let files = try IngressRendering.files(Self.state())
        #expect(files["sites/shop/00.map"] == "one.localhost one.localhost;\nwww.one.example one.localhost;\n")
        #expect(files["sites/shop/00.names"] == "server_name one.localhost www.one.example; # one.localhost\n")
        #expect(files["sites/shop/00.conditions"] == nil)
        #expect(files["sites/off/00.conditions"] == "two.localhost maintenance;\n")
        for (path, text) in files where path.hasPrefix("sites/") {
            for line in text.split(separator: "\n") {
                #expect(IngressSiteFiles.site(inLine: String(line), of: path)?.hasSuffix(".localhost") == true)
            }
        }
    }

    @Test func `only the file with the generation differs between generations`() throws {
        var next = Self.state()
        next.generation += 1
        let (before, after) = (try IngressRendering.files(Self.state()), try IngressRendering.files(next))
        #expect(before.filter { after[$0.key] != $0.value }.map(\.key) == [IngressRendering.generationPath])
    }

    @Test func `one site among thousands touches one bucket`() throws {
        let sites = (0..<5_000).map { IngressSite(siteName: "s\($0).x", hostNames: ["s\($0).x"], bench: "shop") }
        var changed = sites
        changed[77].hostNames.append("new.example")
        let before = try IngressSiteFiles.files(bench: "shop", sites: sites)
        let after = try IngressSiteFiles.files(bench: "shop", sites: changed)
        let paths = after.filter { before[$0.key] != $0.value }.map(\.key).sorted()
        let bucket = IngressSiteFiles.bucket(of: "s77.x", count: IngressSiteFiles.bucketCount(sites: sites.count))
        let inBucket = changed.filter { IngressSiteFiles.bucket(of: $0.siteName, count: 64) == bucket }
        let alone = try IngressSiteFiles.files(bench: "shop", bucket: bucket, sites: inBucket)
        #expect(paths == alone.filter { $0.value != nil }.keys.sorted())
        #expect(paths.allSatisfy { after[$0] == alone[$0] } && inBucket.count < 150)
        #expect(alone.values.filter { $0 == nil }.count == 1)
    }

    @Test func `every value that a template names is given, in every condition`() throws {
        for condition in [IngressBench.Condition.serving, .stopped] {
            for isBare in [true, false] {
                var state = Self.state()
                for index in state.benches.indices { state.benches[index].condition = condition }
                if isBare {
                    state.workerUser = nil
                    state.benches = state.benches.map {
                        IngressBench(id: $0.id, sitesDirectory: $0.sitesDirectory, condition: condition)
                    }
                }
                let files = try IngressRendering.files(state)
                #expect(files.values.allSatisfy { !$0.contains("{{") && !$0.contains("}}") })
            }
        }
    }

    @Test func `contradictions are refused with names`() {
        var twice = Self.state()
        twice.sites[1].hostNames.append("one.localhost")
        #expect(
            throws: IngressRenderingError.hostTaken(host: "one.localhost", sites: ["one.localhost", "two.localhost"])
        ) {
            try IngressRendering.files(twice)
        }
        var unknown = Self.state()
        unknown.sites[0].bench = "none"
        #expect(throws: IngressRenderingError.benchUnknown(bench: "none", site: "one.localhost")) {
            try IngressRendering.files(unknown)
        }
        var same = Self.state()
        same.benches.append(same.benches[0])
        #expect(throws: IngressRenderingError.benchTwice("shop")) { try IngressRendering.files(same) }
        var apart = Self.state()
        apart.benches[0].assetsDirectories = ["/a/x", "/b/x"]
        #expect(throws: IngressRenderingError.assetsApart(bench: "shop")) { try IngressRendering.files(apart) }
    }

    /// Fields that text from outside could reach.
    private static let fields: [@Sendable (inout IngressState, String) -> Void] = [
        { $0.rootIdentifier = $1 }, { $0.listenAddress = $1 }, { $0.workerUser = $1 }, { $0.logsDirectory = $1 },
        { state, text in
            state.benches[0].id = text; state.sites[0].bench = text
        },
        { $0.benches[0].sitesDirectory = $1 }, { $0.benches[0].assetsDirectories = [$1] },
        { $0.benches[0].web = [.socket($1)] }, { $0.benches[0].socketio = [.socket($1)] },
        { $0.sites[0].siteName = $1 }, { $0.sites[0].hostNames = [$1] },
    ]

    @Test(
        arguments: fields.indices,
        [
            "x; include /etc/passwd", "x\"; return 200 secret; #", "x;}\nserver{listen 1;", "$request_body", "/a/$uri",
            "/a\"; alias /; #", "/a/../../etc", "x\nload_module y;", "x y", "/x\\", "{{x}}", "", "/", "~.*", "*.x",
            "x'",
            "/tmp/\u{0}", "\u{202e}x", "/\u{85}", "assets;",
        ])
    func `hostile values are refused in every field`(field: Int, value: String) {
        var state = Self.state()
        Self.fields[field](&state, value)
        let isPath = (3...8).contains(field) && field != 4
        if isPath, value == "x y" || value == "" || value == "/" { return }
        if field == Self.fields.count - 1, value == "*.x" { return }
        #expect(throws: IngressRenderingError.self) { try IngressRendering.files(state) }
    }

    @Test func `random values in any field never change the structure`() throws {
        let alphabet = Array("ab1-./ ~\"'\\;{}$#\n")
        var taken = 0
        for field in Self.fields {
            for head in ["a", "/a/b"] {
                guard let expected = Self.structure(field: field, value: head) else { continue }
                for _ in 0..<100 {
                    let tail = (0..<Int.random(in: 0...5)).compactMap { _ in alphabet.randomElement() }
                    guard let structure = Self.structure(field: field, value: head + String(tail)) else { continue }
                    taken += 1
                    #expect(structure == expected)
                }
            }
        }
        #expect(taken > 100)
    }

    /// How often each character that nginx builds on occurs in all files; nil when the value is refused.
    private static func structure(
        field: (inout IngressState, String) -> Void, value: String
    ) -> [UInt8: Int]? {
        var state = Self.state()
        field(&state, value)
        guard let files = try? IngressRendering.files(state) else { return nil }
        var counts: [UInt8: Int] = [:]
        for text in files.values {
            for byte in text.utf8 where special.contains(byte) { counts[byte, default: 0] += 1 }
        }
        return counts
    }

    private static let special = Set(";{}\"$'#\n".utf8)

    @Test func `the edge maps names to sites and refuses hostile ones`() throws {
        let text = try IngressEdge.configuration(EdgeState(sites: Self.state().sites, ports: [8080, 80]))
        #expect(text.contains("        www.one.example one.localhost;\n"))
        #expect(text.contains("listen 80 default_server;\n        listen 8080 default_server;\n"))
        #expect(!text.contains("{{"))
        for bad in ["web", "web:0", "web:8000;", "web:+80", "we b:80", "web:80:80", "$x:80", ":80"] {
            #expect(throws: IngressRenderingError.self) {
                try IngressEdge.configuration(EdgeState(sites: [], web: bad))
            }
        }
    }

    @Test func `pages fit into nginx's quotes and size`() throws {
        for page in [IngressPage.unknownHost, .stopped, .unavailable, .maintenance, .suspended, .tooLarge] {
            let text = try page.text()
            #expect(text.utf8.count < 2_000 && text.hasPrefix("<!doctype html>") && text.hasSuffix("</html>"))
        }
    }
}
