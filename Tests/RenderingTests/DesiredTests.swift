import FrappeModel
import Testing

@testable import Rendering

@Suite("Desired state")
struct DesiredTests {
    static let bench = Bench(
        name: ObjectName("shop"), image: ImageSettings(repository: "demo", tag: "1"),
        replicas: [.web: 2, .workerLong: 0])

    static func rendering(
        memory: Int = 8 << 30, _ change: (inout Manifests) -> Void = { _ in }
    ) throws -> DesiredRendering {
        var manifests = Manifests()
        manifests.benches = [bench.name: bench]
        let site = Site(
            name: ObjectName("one"), bench: bench.name, siteName: "one.localhost", domain: "one.example.com")
        manifests.sites = [site.name: site]
        change(&manifests)
        let facts = ImageFacts(apps: ["frappe": "16"], schema: [:], newSiteSkipsDatabase: true)
        let release = Release(number: 3, reference: "demo:1", imageID: "sha256:abc", digest: nil, facts: facts)
        return try DesiredRendering(
            manifests: manifests, releases: [bench.name: release],
            layout: HostLayout(root: "/home/frappe", rootID: "abcdef"), machine: Machine(memory: memory, cores: 2),
            edgeConfiguration: { sites, _ in sites.map(\.siteName).joined() })
    }

    static func desired(_ change: (inout Manifests) -> Void = { _ in }) throws -> DesiredState {
        var allocations = Allocations()
        return try rendering(change).desired(&allocations)
    }

    static func container(_ state: DesiredState, _ name: String) throws -> DesiredContainer {
        try #require(state.containers.first { $0.identity.description == name })
    }

    @Test("has every component of the bench as often as asked, and the database server they share")
    func components() throws {
        let names = try Self.desired().containers.map(\.identity.description)
        #expect(
            names == [
                "mariadb frappe-mariadb", "redis-cache", "redis-queue", "web-1", "web-2", "socketio",
                "worker-default-1",
                "worker-short-1", "scheduler", "edge",
            ])
    }

    @Test("is the same each time, and its names say what it is made of")
    func deterministic() throws {
        let first = try Self.desired().containers
        #expect(try Self.desired().containers == first)
        let other = try Self.desired {
            $0.benches[Self.bench.name]?.ownMemory = [.web]
            $0.benches[Self.bench.name]?.resources[.web]?.limitMemory = 2 << 30
        }.containers
        let changed = zip(first, other).filter { $0.name != $1.name }.map(\.0.identity.description)
        #expect(changed == ["web-1", "web-2"])
    }

    @Test("contains every container")
    func contained() throws {
        for container in try Self.desired().containers {
            let definition = container.definition
            #expect(definition.user == "1000:1000", "\(container.identity)")
            #expect(definition.securityOptions == ["no-new-privileges:true"])
            #expect(definition.droppedCapabilities == ["ALL"] && definition.addedCapabilities.isEmpty)
            #expect(definition.initProcess && definition.restart == .unlessStopped)
            #expect(definition.limits.memory != nil && definition.limits.processes != nil)
            #expect(definition.logOptions["max-size"] == "10m")
            #expect(definition.healthCheck?.test.isEmpty == false)
        }
    }

    @Test(
        "gives each component the time that loses no job",
        arguments: [
            ("web-1", 40), ("worker-default-1", 360), ("worker-short-1", 360), ("mariadb frappe-mariadb", 120),
        ])
    func stopTimes(name: String, seconds: Int) throws {
        #expect(try Self.container(Self.desired(), name).definition.stopGracePeriod == seconds)
    }

    @Test("listens on 127.0.0.1 or a socket of its own, whose path fits")
    func upstreams() throws {
        let state = try Self.desired()
        let web = try Self.container(state, "web-2")
        let socket = "--bind=unix:/run/frappectl/web-2-\(web.definitionHash).sock"
        #expect(web.definition.command?.contains(socket) == true)
        #expect(try Self.container(state, "socketio").definition.publishedPorts.map(\.host) == ["21000"])
        #expect(state.containers.filter { !$0.definition.publishedPorts.isEmpty }.count == 1)
    }

    @Test("puts secrets into files by name, never into what an inspect shows")
    func secrets() throws {
        let database = try Self.container(Self.desired(), "mariadb frappe-mariadb").definition
        #expect(database.environment["MARIADB_ROOT_PASSWORD_FILE"] == "/run/secrets/frappectl/root-password")
        #expect(database.environment["MARIADB_ROOT_HOST"] == "localhost")
        #expect(
            database.files.allSatisfy { file in
                if case .secret = file.contents { true } else { false }
            })
    }

    @Test("makes the edge answer to every name of the sites")
    func edge() throws {
        let edge = try Self.container(Self.desired(), "edge").definition
        #expect(edge.aliases == ["edge", "one.localhost", "one.example.com"])
    }

    @Test("sizes work in containers of its own by the manifest, and what that leaves out by the host")
    func jobs() throws {
        func limits(_ job: Job, _ own: [Job: GivenResources]) throws -> ContainerDefinition.Limits {
            var bench = Self.bench
            bench.jobResources = own
            let rendering = try Self.rendering(memory: 4 << 30) { _ in }
            let release = try #require(rendering.releases[bench.name])
            return try rendering.oneShot("once", for: job, bench: bench, release: release).limits
        }
        let standard = try limits(.siteInit, [:])
        #expect(standard.memory == 1824 << 20)
        let own: [Job: GivenResources] = [.siteInit: GivenResources(requestedMemory: 2 << 30, limitCPU: 500)]
        let sized = try limits(.siteInit, own)
        #expect(sized.memory == 2 << 30 && sized.memoryReservation == 2 << 30)
        #expect(try limits(.maintenance, own) == standard)
        #expect(try limits(.siteInit, [.siteInit: GivenResources(limitMemory: 64 << 20)]).memoryReservation == 64 << 20)
    }

    @Test("hands out subnets and ports once, past what others hold")
    func allocations() throws {
        var allocations = Allocations(
            takenSubnets: [IPv4Network(10, 217, 0, 0, prefix: 23)], takenPorts: [21000, 21001])
        let state = try Self.rendering().desired(&allocations)
        #expect(state.networks.map(\.subnet.description) == ["10.217.2.0/24", "10.217.3.0/24"])
        #expect(try Self.container(state, "socketio").definition.publishedPorts.map(\.host) == ["21002"])
        var again = allocations
        #expect(try Self.rendering().desired(&again).networks == state.networks)
        #expect(again == allocations)
    }

    @Test("says so when the range of subnets is used up")
    func noSubnetLeft() throws {
        let narrow = IPv4Network(10, 217, 0, 0, prefix: 24)
        #expect(throws: RenderingError.self) { try Self.desired { $0.host.subnets = narrow } }
    }

    @Test(
        "sizes gunicorn by cores and memory",
        arguments: [(1000, 1 << 30, 3), (2000, 4 << 30, 5), (4000, 512 << 20, 3), (100, 64 << 20, 1)])
    func sizes(cpu: Int, memory: Int, workers: Int) {
        let resources = ComponentResources(
            requestedCPU: 0, requestedMemory: 0, limitCPU: cpu, limitMemory: memory)
        #expect(DesiredRendering.gunicornWorkers(resources) == workers)
    }
}

@Suite("A compose file")
struct ComposeTests {
    private func definition(_ service: String, _ variables: [String: String] = [:]) throws -> ContainerDefinition {
        let file = try ComposeValue(yaml: "services:\n  it:\n\(service)", file: "test")
        return try ComposeService("it", in: file, variables: variables).definition(networks: ["bench": "net"])
    }

    @Test("is filled in scalar by scalar: a value cannot add structure")
    func injection() throws {
        let hostile = "x\n    privileged: true\n    ports: [\"0.0.0.0:1:1\"]"
        let definition = try definition(
            "    image: \"${IMAGE}\"\n    command: [\"a$$b\", \"${IMAGE}\"]\n", ["IMAGE": hostile])
        #expect(definition.image == hostile)
        #expect(definition.command == ["a$b", hostile])
        #expect(definition.publishedPorts.isEmpty)
    }

    @Test(
        "refuses what it does not know, and what has no value",
        arguments: [
            "    image: ${MISSING}\n", "    privileged: true\n", "    image: a$b\n", "    ports: [\"8000:8000\"]\n",
            "    ports: [\"0.0.0.0:80:80\"]\n", "    stop_grace_period: soon\n", "    networks: {other: {}}\n",
            "    cpus: many\n", "    restart: perhaps\n", "    volumes: [data]\n",
        ])
    func refused(service: String) {
        #expect(throws: RenderingError.self) { try definition(service) }
    }

    @Test("keeps a colon in a host path")
    func mounts() throws {
        let definition = try definition("    volumes: [\"/a:b/c:/in\", \"/d:/e:ro\"]\n")
        #expect(
            definition.mounts == [
                .init(source: "/a:b/c", target: "/in"), .init(source: "/d", target: "/e", readOnly: true),
            ])
    }
}

@Suite("Images that keep their assets in sites/")
struct ImageAssetsTests {
    static let path = "/home/frappe/frappe-bench/sites/assets"

    @Test(
        "are told from others by their volumes and their entrypoint",
        arguments: [
            (["/home/frappe/frappe-bench/logs", path], [], ImageAssets.ownVolume), ([], [], .inSites),
            (["/home/frappe/frappe-bench/sites"], ["/usr/local/bin/entrypoint.sh"], .linked),
            ([path], ["/usr/local/bin/entrypoint.sh"], .ownVolume),
        ]
    )
    func marks(volumes: [String], entrypoint: [String], expected: ImageAssets) {
        #expect(ImageAssets(volumes: volumes, entrypoint: entrypoint) == expected)
    }

    @Test(
        "give every container that sees sites/ this release's copy, read-only",
        arguments: [ImageAssets.inSites, .ownVolume])
    func mounted(assets: ImageAssets) throws {
        let release = try Self.release(assets)
        let state = try Self.desired(release)
        let copy = ContainerDefinition.Mount(
            source: "/home/frappe/assets/abc", target: Self.path, readOnly: true)
        for container in state.containers {
            let seesSites = container.definition.mounts.contains { $0.target == "/home/frappe/frappe-bench/sites" }
            #expect(container.definition.mounts.contains(copy) == seesSites, "\(container.identity)")
        }
        #expect(state.containers.contains { $0.definition.mounts.contains(copy) })
    }

    @Test("leave containers of other images as they were", arguments: [ImageAssets.linked, nil])
    func others(assets: ImageAssets?) throws {
        let state = try Self.desired(try Self.release(assets))
        #expect(state.containers == (try DesiredTests.desired().containers))
    }

    private static func release(_ assets: ImageAssets?) throws -> Release {
        var release = try #require(try DesiredTests.rendering().releases[DesiredTests.bench.name])
        release.facts.assets = assets
        return release
    }

    private static func desired(_ release: Release) throws -> DesiredState {
        let usual = try DesiredTests.rendering()
        var allocations = Allocations()
        return try DesiredRendering(
            manifests: usual.manifests, releases: [DesiredTests.bench.name: release], layout: usual.layout,
            machine: usual.machine, edgeConfiguration: usual.edgeConfiguration
        ).desired(&allocations)
    }
}
