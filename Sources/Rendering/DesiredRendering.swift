import ComposeTemplates
import FoundationEssentials
import FrappeModel

/// The machine, as far as sizes follow from it.
package struct Machine: Hashable, Sendable {
    /// Bytes.
    package var memory: Int
    package var cores: Int

    package init(memory: Int, cores: Int) {
        self.memory = memory
        self.cores = cores
    }
}

/// Makes desired state of manifests, pinned releases and the compose files.
package struct DesiredRendering: Sendable {
    package let manifests: Manifests
    package let releases: [ObjectName: Release]
    package let layout: HostLayout
    package let machine: Machine
    /// Text of the edge's nginx configuration, given its sites.
    package let edgeConfiguration: @Sendable ([Site], Bench) throws -> String

    private let benchFile: ComposeValue
    private let hostFile: ComposeValue

    package init(
        manifests: Manifests, releases: [ObjectName: Release], layout: HostLayout, machine: Machine,
        edgeConfiguration: @escaping @Sendable ([Site], Bench) throws -> String
    ) throws(RenderingError) {
        self.manifests = manifests
        self.releases = releases
        self.layout = layout
        self.machine = machine
        self.edgeConfiguration = edgeConfiguration
        benchFile = try ComposeValue(yaml: ComposeTemplate.bench, file: "compose/bench.yaml")
        hostFile = try ComposeValue(yaml: ComposeTemplate.host, file: "compose/host.yaml")
    }

    /// Benches whose image is not resolved yet are left out.
    package func desired(_ allocations: inout Allocations) throws -> DesiredState {
        var state = DesiredState()
        let benches = manifests.benches.values.filter { releases[$0.name] != nil }.sorted { $0.name < $1.name }
        for server in databaseServers(of: benches) {
            try addDatabase(server, benches: benches, to: &state, &allocations)
        }
        for bench in benches { try addBench(bench, to: &state, &allocations) }
        return state
    }

    /// The servers that the benches' sites name; a bench without sites still gets the usual one.
    private func databaseServers(of benches: [Bench]) -> [String] {
        Set(benches.flatMap { servers(of: $0) }).sorted()
    }

    private func servers(of bench: Bench) -> Set<String> {
        let named = sites(of: bench).map(\.databaseServer)
        return named.isEmpty ? [Site.defaultDatabaseServer] : Set(named)
    }

    private func sites(of bench: Bench) -> [Site] {
        manifests.sites.values.filter { $0.bench == bench.name }.sorted { $0.siteName < $1.siteName }
    }

    private func addDatabase(
        _ server: String, benches: [Bench], to state: inout DesiredState, _ allocations: inout Allocations
    ) throws {
        let network = layout.network(ofDatabase: server)
        let subnet = try allocations.subnet(for: network, in: manifests.host.subnets)
        state.networks.append(DesiredNetwork(name: network, bench: nil, subnet: subnet))
        let identity = ContainerIdentity(bench: nil, component: .mariadb, instance: server)
        var definition = try ComposeService("mariadb", in: hostFile, variables: databaseVariables(server))
            .definition(networks: ["database": network])
        definition.files = DatabaseSecrets.files(server: server)
        state.containers.append(try finished(definition, identity: identity, release: 0, &allocations))
        for bench in benches where servers(of: bench).contains(server) {
            state.attachments.append(
                NetworkAttachment(container: identity, network: layout.network(of: bench.name), aliases: [server]))
        }
    }

    private func addBench(_ bench: Bench, to state: inout DesiredState, _ allocations: inout Allocations) throws {
        guard let release = releases[bench.name] else { return }
        let network = layout.network(of: bench.name)
        let subnet = try allocations.subnet(for: network, in: manifests.host.subnets)
        state.networks.append(DesiredNetwork(name: network, bench: bench.name, subnet: subnet))
        let config = commonSiteConfig(bench, release: release)
        let configurationHash = try Self.hash(ConfigurationInput(image: release.imageID, config: config))
        state.benches[bench.name] = DesiredBench(
            bench: bench, release: release, configurationHash: configurationHash, commonSiteConfig: config)
        for site in sites(of: bench) { state.sites[site.name] = site }
        for component in Component.ofBench {
            let count = component.isScalable ? bench.replicas[component] ?? 1 : 1
            for number in 1..<(count + 1) {
                let container = try container(component, number: number, of: bench, release: release, &allocations)
                state.containers.append(container)
            }
        }
    }

    private func container(
        _ component: Component, number: Int, of bench: Bench, release: Release, _ allocations: inout Allocations
    ) throws -> DesiredContainer {
        let identity = ContainerIdentity(bench: bench.name, component: component, instance: "\(number)")
        var definition = try definition(component.rawValue, component: component, bench: bench, release: release)
        if component == .edge {
            let text = try edgeConfiguration(sites(of: bench), bench)
            definition.files = [.init(path: "/run/frappectl-edge/nginx.conf", contents: .text(text))]
            definition.aliases += sites(of: bench).flatMap(\.hostNames)
        }
        return try finished(definition, identity: identity, release: release.number, &allocations)
    }

    /// A container's name holds the hash of its definition, and parts of the definition hold the name: the hash is
    /// taken while those parts are still placeholders.
    private func finished(
        _ definition: ContainerDefinition, identity: ContainerIdentity, release: Int, _ allocations: inout Allocations
    ) throws -> DesiredContainer {
        let hash = String(try Self.hash(definition).prefix(8))
        let name = layout.containerName(identity, hash: hash)
        var definition = definition
        let socket = HostLayout.socketFile(identity, hash: hash)
        definition.command = definition.command?.map { $0.replacing(Placeholder.socket, with: socket) }
        for index in definition.publishedPorts.indices
        where definition.publishedPorts[index].host == Placeholder.port {
            let port = try allocations.port(for: name, in: manifests.host.upstreamPorts)
            definition.publishedPorts[index].host = "\(port)"
        }
        return DesiredContainer(
            identity: identity, name: name, definitionHash: hash, definition: definition, release: release)
    }

    /// The definition of a one-shot container of a bench: `once`, `facts`, `prepare` or `assets`.
    package func oneShot(_ service: String, bench: Bench, release: Release) throws -> ContainerDefinition {
        try definition(service, component: .workerLong, bench: bench, release: release)
    }

    /// The definition of the one-shot container that makes a database's directory.
    package func databasePreparation(server: String) throws -> ContainerDefinition {
        try ComposeService("prepare", in: hostFile, variables: databaseVariables(server)).definition(networks: [:])
    }

    private func definition(
        _ service: String, component: Component, bench: Bench, release: Release
    ) throws -> ContainerDefinition {
        let variables = benchVariables(bench, component: component, release: release)
        return try ComposeService(service, in: benchFile, variables: variables)
            .definition(networks: ["bench": layout.network(of: bench.name)])
    }

    private func benchVariables(_ bench: Bench, component: Component, release: Release) -> [String: String] {
        let resources = bench.resources[component] ?? Component.defaultResources[component] ?? Self.fallback
        let web = bench.resources[.web] ?? Self.fallback
        let memory =
            component == .redisCache ? max(resources.limitMemory, bench.redis.maxMemory * 3 / 2) : resources.limitMemory
        return [
            "IMAGE": release.imageID,
            "REDIS_IMAGE": bench.redis.image ?? manifests.host.redisImage,
            "GENERATION": layout.generation(of: bench.name),
            "RUN": layout.run(of: bench.name),
            "ASSETS": layout.assets(imageID: release.imageID) + ".partial",
            "SOCKET": Placeholder.socket,
            "SOCKETIO_PORT": Placeholder.port,
            "WEB_WORKERS": "\(Self.gunicornWorkers(web))",
            "WEB_THREADS": "4",
            "REDIS_CACHE_MAXMEMORY": "\(bench.redis.maxMemory)",
            "DATABASE_HOST": servers(of: bench).sorted().first ?? Site.defaultDatabaseServer,
            "PIDS": "512",
            "CPUS": Self.cores(min(resources.limitCPU, machine.cores * 1000)),
            "CPU_SHARES": "\(max(2, resources.requestedCPU * 1024 / 1000))",
            "MEMORY": "\(memory)",
            "MEMORY_RESERVATION": "\(resources.requestedMemory)",
        ]
    }

    private func databaseVariables(_ server: String) -> [String: String] {
        let share = manifests.host.mariadbMemory ?? Self.databaseShare(of: machine.memory)
        return [
            "MARIADB_IMAGE": manifests.host.mariadbImage,
            "SERVER": server,
            "DATA": layout.database(server),
            "DATABASES": layout.databases,
            "BUFFER_POOL": "\(share / 2)",
            "PIDS": "2048",
            "CPU_SHARES": "2048",
            "MEMORY": "\(share)",
            "MEMORY_RESERVATION": "\(share / 2)",
        ]
    }

    /// A quarter of the host's memory, in steps of 64 MiB, from 512 MiB to 16 GiB.
    static func databaseShare(of memory: Int) -> Int {
        let step = 64 << 20
        return min(max(memory / 4 / step * step, 512 << 20), 16 << 30)
    }

    /// Two for each core and one more, as far as memory reaches at 150 MiB each.
    static func gunicornWorkers(_ resources: ComponentResources) -> Int {
        let byCores = 2 * max(1, (resources.limitCPU + 500) / 1000) + 1
        return max(1, min(byCores, resources.limitMemory / (150 << 20)))
    }

    private func commonSiteConfig(_ bench: Bench, release: Release) -> ManifestValue {
        var config: [ManifestValue.Entry] = [
            .init(key: "bench_id", value: .string(layout.slug(bench.name))),
            .init(key: "db_host", value: .string(servers(of: bench).sorted().first ?? Site.defaultDatabaseServer)),
            .init(key: "db_port", value: .integer(3306)),
            // nginx takes 50 MB files in a form; Frappe counts the form too, and stops at 25 MB by itself.
            .init(key: "max_file_size", value: .integer(51 << 20)),
            .init(key: "redis_cache", value: .string("redis://redis-cache:6379")),
            .init(key: "redis_queue", value: .string("redis://redis-queue:6379")),
            .init(key: "redis_socketio", value: .string("redis://redis-queue:6379")),
            .init(key: "socketio_port", value: .integer(9000)),
        ]
        if let chromium = release.facts.chromiumPath {
            config.append(.init(key: "chromium_path", value: .string(chromium)))
        }
        return .map(config)
    }

    private static let fallback = ComponentResources(
        requestedCPU: 100, requestedMemory: 128 << 20, limitCPU: 1000, limitMemory: 1 << 30)

    private static func cores(_ thousandths: Int) -> String { "\(Double(thousandths) / 1000)" }

    private static func hash(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return StableHash.hex(StableHash.fnv64(try encoder.encode(value)))
    }

    private struct ConfigurationInput: Encodable {
        var image: String
        var config: ManifestValue
    }

    private enum Placeholder {
        static let socket = "%SOCKET%"
        static let port = "%PORT%"
    }
}

/// The files that a MariaDB container gets, and the secrets they come from.
package enum DatabaseSecrets {
    package static let clientOptions = "/run/secrets/frappectl/client.cnf"

    package static func rootPassword(server: String) -> SecretName { SecretName("mariadb/\(server)/root-password") }
    package static func options(server: String) -> SecretName { SecretName("mariadb/\(server)/client.cnf") }

    static func files(server: String) -> [ContainerDefinition.UploadedFile] {
        [
            .init(path: "/run/secrets/frappectl/root-password", contents: .secret(rootPassword(server: server))),
            .init(path: clientOptions, contents: .secret(options(server: server))),
        ]
    }
}
