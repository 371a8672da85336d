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

    /// This machine with the memory that sizes were derived from before, unless it has become another one.
    ///
    /// A kernel takes a little more or less from one version to the next: that is to restart nothing.
    package func sized(before: Int?) -> Machine {
        guard let before, abs(memory - before) <= before / 10 else { return self }
        return Machine(memory: before, cores: cores)
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

    /// How often the login of each bench's external Redis was given.
    package var redisRevisions: [ObjectName: Int] = [:]
    package let budget: MemoryBudget
    let benchFile: ComposeValue
    let hostFile: ComposeValue

    package init(
        manifests: Manifests, releases: [ObjectName: Release], layout: HostLayout, machine: Machine,
        edgeConfiguration: @escaping @Sendable ([Site], Bench) throws -> String
    ) throws(RenderingError) {
        self.manifests = manifests
        self.releases = releases
        self.layout = layout
        self.machine = machine
        self.edgeConfiguration = edgeConfiguration
        budget = MemoryBudget(memory: machine.memory, host: manifests.host)
        benchFile = try ComposeValue(yaml: ComposeTemplate.bench, file: "compose/bench.yaml")
        hostFile = try ComposeValue(yaml: ComposeTemplate.host, file: "compose/host.yaml")
    }

    /// Benches whose image is not resolved yet are left out.
    package func desired(_ allocations: inout Allocations) throws -> DesiredState {
        var state = DesiredState()
        let benches = manifests.benches.values.filter { releases[$0.name] != nil }.sorted { $0.name < $1.name }
        state.memoryBudget = budget.total
        for server in Set(benches.flatMap { sharedServers(of: $0) }).sorted() {
            try addDatabase(server, benches: benches, to: &state, &allocations)
        }
        for bench in benches { try addBench(bench, to: &state, &allocations) }
        return state
    }

    func sites(of bench: Bench) -> [Site] {
        manifests.sites.values.filter { $0.bench == bench.name }.sorted { $0.siteName < $1.siteName }
    }

    private func addBench(_ bench: Bench, to state: inout DesiredState, _ allocations: inout Allocations) throws {
        guard let release = releases[bench.name] else { return }
        let network = layout.network(of: bench.name)
        let subnet = try allocations.subnet(for: network, in: manifests.host.subnets)
        state.networks.append(DesiredNetwork(name: network, bench: bench.name, subnet: subnet))
        let config = commonSiteConfig(bench, release: release)
        let configurationHash = try Self.hash(
            ConfigurationInput(image: release.imageID, config: config, redis: redisRevisions[bench.name]))
        state.benches[bench.name] = DesiredBench(
            bench: bench, release: release, configurationHash: configurationHash, commonSiteConfig: config)
        for site in sites(of: bench) {
            state.sites[site.name] = site
            state.publicURLs[site.name] = manifests.publicURL(of: site)
        }
        try addDedicatedDatabases(of: bench, to: &state, &allocations)
        for component in Component.ofBench where bench.redis.external == nil || !component.isRedis {
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
        let isDragonfly = component == .redisCache && bench.redis.flavour == .dragonfly
        var definition = try definition(
            isDragonfly ? "dragonfly-cache" : component.rawValue, component: component,
            resources: resources(of: component, in: bench), bench: bench, release: release)
        if let redis = bench.redis.external { connect(&definition, of: component, to: redis, bench) }
        if component == .edge {
            let text = try edgeConfiguration(sites(of: bench), bench)
            definition.files = [.init(path: "/run/frappectl-edge/nginx.conf", contents: .text(text))]
            definition.aliases += sites(of: bench).flatMap(\.plainNames)
        }
        return try finished(definition, identity: identity, release: release.number, &allocations)
    }

    /// What reads the login when it starts is replaced when that changes. Probes know no login: a worker and the scheduler
    /// end by themselves without Redis, so that they work as long as they live.
    private func connect(
        _ definition: inout ContainerDefinition, of component: Component, to redis: ExternalRedis, _ bench: Bench
    ) {
        guard component != .edge else { return }
        definition.environment["FRAPPECTL_REDIS"] = "\(redis.address) \(redisRevisions[bench.name] ?? 0)"
        guard component.isWorker || component == .scheduler else { return }
        let word = component == .scheduler ? "sched[u]le" : "worke[r]"
        definition.healthCheck?.test = ["CMD", "bash", "-c", "grep -qs '\(word)' /proc/[0-9]*/cmdline"]
    }

    /// A container's name holds the hash of its definition, and parts of the definition hold the name: the hash is
    /// taken while those parts are still placeholders.
    func finished(
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

    /// The definition of a one-shot container of a bench: `once`, `facts`, `prepare`, `assets` or
    /// `assets-in-sites`.
    package func oneShot(
        _ service: String, for job: Job, bench: Bench, release: Release
    ) throws -> ContainerDefinition {
        let resources = (bench.jobResources[job] ?? GivenResources()).completed(by: budget.job)
        return try definition(service, component: .workerLong, resources: resources, bench: bench, release: release)
    }

    private func definition(
        _ service: String, component: Component, resources: ComponentResources, bench: Bench, release: Release
    ) throws -> ContainerDefinition {
        let variables = benchVariables(bench, component: component, resources: resources, release: release)
        let networks = ["bench": layout.network(of: bench.name)]
        var definition = try ComposeService(service, in: benchFile, variables: variables).definition(networks: networks)
        if release.mountsAssets, definition.mounts.contains(where: { ImageAssets.path.hasPrefix("\($0.target)/") }) {
            definition.mounts += try ComposeService("mounted-assets", in: benchFile, variables: variables)
                .definition(networks: networks).mounts
        }
        return definition
    }

    /// What the manifest says, and for memory that it does not mention the component's share of the budget.
    private func resources(of component: Component, in bench: Bench) -> ComponentResources {
        let standard = budget.resources(component)
        guard var resources = bench.resources[component] else { return standard }
        guard !bench.ownMemory.contains(component) else { return resources }
        resources.requestedMemory = standard.requestedMemory
        resources.limitMemory = standard.limitMemory
        return resources
    }

    private func benchVariables(
        _ bench: Bench, component: Component, resources: ComponentResources, release: Release
    ) -> [String: String] {
        let cache = max(
            bench.redis.maxMemory ?? budget.redisCache,
            bench.redis.flavour == .dragonfly ? RedisSettings.leastDragonflyMemory : 0)
        let memory = component == .redisCache ? max(resources.limitMemory, cache * 3 / 2) : resources.limitMemory
        return [
            "IMAGE": release.imageID,
            "REDIS": bench.redis.flavour == .valkey ? "valkey" : "redis",
            "REDIS_IMAGE": bench.redis.image(of: component, redis: manifests.host.redisImage),
            "GENERATION": layout.generation(of: bench.name),
            "RUN": layout.run(of: bench.name),
            "IMAGE_ASSETS": layout.assets(imageID: release.imageID),
            "ASSETS": layout.assets(imageID: release.imageID) + ".partial",
            "SOCKET": Placeholder.socket,
            "SOCKETIO_PORT": Placeholder.port,
            "WEB_WORKERS": "\(Self.gunicornWorkers(self.resources(of: .web, in: bench)))",
            "WEB_THREADS": "4",
            "REDIS_CACHE_MAXMEMORY": "\(cache)",
            "DATABASE_PROBE": Self.databaseProbe(bench.databaseServer),
            "PIDS": "512",
            "CPUS": Self.cores(min(resources.limitCPU, machine.cores * 1000)),
            "CPU_SHARES": "\(max(2, resources.requestedCPU * 1024 / 1000))",
            "MEMORY": "\(memory)",
            "MEMORY_RESERVATION": "\(resources.requestedMemory)",
        ]
    }

    /// Two for each core and one more, as far as memory reaches at 150 MiB each.
    static func gunicornWorkers(_ resources: ComponentResources) -> Int {
        let byCores = 2 * max(1, (resources.limitCPU + 500) / 1000) + 1
        return max(1, min(byCores, resources.limitMemory / (150 << 20)))
    }

    private func commonSiteConfig(_ bench: Bench, release: Release) -> ManifestValue {
        var config: [ManifestValue.Entry] = [
            .init(key: "bench_id", value: .string(layout.slug(bench.name))),
            .init(key: "db_port", value: .integer(3306)),
            // nginx takes 50 MB files in a form; Frappe counts the form too, and stops at 25 MB by itself.
            .init(key: "max_file_size", value: .integer(largestBody(on: bench))),
            .init(key: "redis_cache", value: .string(bench.redis.external?.url ?? "redis://redis-cache:6379")),
            .init(key: "redis_queue", value: .string(bench.redis.external?.url ?? "redis://redis-queue:6379")),
            .init(key: "redis_socketio", value: .string(bench.redis.external?.url ?? "redis://redis-queue:6379")),
            .init(key: "socketio_port", value: .integer(9000)),
        ]
        if let server = bench.databaseServer {
            config.insert(.init(key: "db_host", value: .string(server)), at: 1)
        }
        if let chromium = release.facts.chromiumPath {
            config.append(.init(key: "chromium_path", value: .string(chromium)))
        }
        return .map(config + bench.commonSiteConfig)
    }

    /// What any of its sites takes; 1 TiB where one takes any number of bytes.
    private func largestBody(on bench: Bench) -> Int {
        let sizes = sites(of: bench).compactMap(\.ingress.bodySize).map { $0 == 0 ? 1 << 40 : $0 }
        return max(SiteIngress.defaultBodySize, sizes.max() ?? 0)
    }

    static func cores(_ thousandths: Int) -> String { "\(Double(thousandths) / 1000)" }

    private static func hash(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return StableHash.hex(StableHash.fnv64(try encoder.encode(value)))
    }

    private struct ConfigurationInput: Encodable {
        var image: String
        var config: ManifestValue
        var redis: Int?
    }

    private enum Placeholder {
        static let socket = "%SOCKET%"
        static let port = "%PORT%"
    }
}
