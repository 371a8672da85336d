import FrappeModel
import Testing
import Yams

@testable import Rendering

@Suite("A bench as a compose file")
struct ComposeFileTests {
    private static func file(
        _ change: (inout Manifests) -> Void = { _ in }, edit: (inout ComposeFile) -> Void = { _ in }
    ) throws -> ComposeFile {
        let desired = try DesiredTests.desired(change)
        let bench = try #require(desired.benches[DesiredTests.bench.name])
        var file = ComposeFile(
            desired: desired, bench: bench, layout: HostLayout(root: "/home/frappe", rootID: "abcdef"))
        file.frontConfiguration = "map $host $site {}\n"
        file.images = ["sha256:abc": "demo:1"]
        edit(&file)
        return file
    }

    private static func services(_ file: ComposeFile) throws -> [String: Node] {
        let root = try #require(try Yams.compose(yaml: try file.text()))
        let services = try #require(root["services"]?.mapping)
        return Dictionary(uniqueKeysWithValues: services.map { ($0.key.string ?? "", $0.value) })
    }

    @Test("has every container of the bench, each replica by its number, its database and an nginx of its own")
    func services() throws {
        let names = try Self.services(Self.file()).keys.sorted()
        #expect(
            names == [
                "edge", "mariadb", "mariadb-secrets", "nginx", "redis-cache", "redis-queue", "scheduler", "socketio",
                "web-1", "web-2", "worker-default", "worker-short",
            ])
    }

    @Test("names images by what can be found again, never by our labels, and publishes nginx alone")
    func harmless() throws {
        let text = try Self.file().text()
        #expect(!text.contains("dev.frappectl"))
        let services = try Self.services(Self.file())
        #expect(services["web-1"]?["image"]?.string == "demo:1")
        #expect(services.filter { $0.value["ports"] != nil }.map(\.key) == ["nginx"])
        #expect(services["nginx"]?["ports"]?[0]?["host_ip"]?.string == "127.0.0.1")
    }

    @Test("leaves no dollar sign to compose, whose environment would take its place")
    func dollars() throws {
        let text = try Self.file().text()
        #expect(text.contains("map $$host $$site {}"))
        let body = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
        #expect(!body.replacing("$$", with: "").contains("$"))
    }

    @Test("reads secrets from the root when it starts, through a container that gives them their owner")
    func secrets() throws {
        let root = try #require(try Yams.compose(yaml: try Self.file().text()))
        let path = "/home/frappe/agent/secrets/mariadb/frappe-mariadb/root-password"
        #expect(root["secrets"]?["mariadb-root-password"]?["file"]?.string == path)
        let services = try Self.services(Self.file())
        let needs = services["mariadb"]?["depends_on"]?["mariadb-secrets"]?["condition"]?.string
        #expect(needs == "service_completed_successfully")
        #expect(services["mariadb"]?["environment"]?["MARIADB_ROOT_PASSWORD"] == nil)
    }

    @Test("starts what waits for others once these are proven")
    func gates() throws {
        let services = try Self.services(Self.file())
        func needs(_ name: String) -> [String] {
            (services[name]?["depends_on"]?.mapping).map { $0.keys.compactMap(\.string) } ?? []
        }
        #expect(needs("web-2") == ["mariadb", "redis-cache", "redis-queue"])
        #expect(needs("worker-short") == needs("web-1"))
        #expect(needs("edge") == ["socketio", "web-1", "web-2"])
        #expect(needs("redis-queue") == [])
    }

    @Test("asks for quick probes at the start only where the Engine knows them")
    func probes() throws {
        let slow = try Self.services(Self.file())
        #expect(slow["web-1"]?["healthcheck"]?["start_interval"] == nil)
        let quick = try Self.services(Self.file(edit: { $0.startInterval = 2 }))
        #expect(quick["web-1"]?["healthcheck"]?["start_interval"]?.string == "2s")
        #expect(quick["web-1"]?["healthcheck"]?["interval"]?.string == "60s")
    }

    @Test("tells who else has its databases on the same server")
    func shared() throws {
        let other = ObjectName("books")
        let text = try Self.text { manifests in
            var bench = DesiredTests.bench
            bench.name = other
            manifests.benches[other] = bench
        }
        #expect(!(try Self.file().text()).contains("also holds"))
        #expect(text.contains("# Its database server also holds the databases of: books."))
    }

    /// With a release for every bench.
    private static func text(_ change: (inout Manifests) -> Void) throws -> String {
        var manifests = try DesiredTests.rendering().manifests
        change(&manifests)
        let facts = ImageFacts(apps: ["frappe": "16"], schema: [:], newSiteSkipsDatabase: true)
        let release = Release(number: 3, reference: "demo:1", imageID: "sha256:abc", digest: nil, facts: facts)
        let layout = HostLayout(root: "/home/frappe", rootID: "abcdef")
        let rendering = try DesiredRendering(
            manifests: manifests, releases: manifests.benches.mapValues { _ in release }, layout: layout,
            machine: Machine(memory: 8 << 30, cores: 2), edgeConfiguration: { _, _ in "" })
        var allocations = Allocations()
        let desired = try rendering.desired(&allocations)
        let bench = try #require(desired.benches[DesiredTests.bench.name])
        return try ComposeFile(desired: desired, bench: bench, layout: layout).text()
    }
}
