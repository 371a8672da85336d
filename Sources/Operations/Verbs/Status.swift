import FrappeModel
import Planning
import Rendering

/// What `status` shows: read from the Engine, the sites' own pages and the host, not from records.
package struct HostStatus: Codable, Sendable {
    package struct Machine: Codable, Sendable {
        package var cores: Int
        /// Bytes.
        package var memory: Int
        package var memoryAvailable: Int
        package var diskTotal: Int
        package var diskFree: Int
        /// The load of the last minute: as many processes wanted a core.
        package var load: Double
        /// Bytes that all containers together may be given, and the sum of what they are given.
        package var memoryBudget: Int
        package var memoryLimits: Int
    }

    package struct ComponentStatus: Codable, Sendable {
        package var name: String
        package var component: String
        package var container: String
        package var state: String
        package var health: String
        package var status: String
        package var restarts: Int
        package var killedForMemory: Bool
        /// How often the kernel ended a process of it since its last start, or itself as far as the Engine remembers.
        package var memoryKills: Int
        /// Bytes; nil while it does not run.
        package var memory: Int?
        package var memoryPeak: Int?
        package var memoryLimit: Int?
        package var cpuSeconds: Double?
        /// The bench it is part of; nil for what benches share.
        package var bench: String?
        /// Bytes of a database server's data, where its manifest says what they should stay below.
        package var dataSize: Int?
        package var dataQuota: Int?
    }

    package struct BenchStatus: Codable, Sendable {
        package var name: String
        package var image: String
        package var release: Int
        package var healthy: Int
        package var expected: Int
        package var components: [ComponentStatus]
        package var sites: [SiteStatus]
    }

    package var root: String
    package var rootID: String
    package var machine: Machine
    package var proxy: String
    package var shared: [ComponentStatus]
    package var benches: [BenchStatus]
    /// What deserves a look, each with the next command.
    package var attention: [String]
}

/// `status`.
package struct Status: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package func run() async throws -> HostStatus {
        let set = try host.storedManifests()
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        let convergence = try await Convergence.prepare(host: host, set: set, releases: releases, stores: false)
        async let sites = SiteProbe(host: host, manifests: set.manifests).statuses()
        let kills = try await host.engine.unaskedKills()
        let components = try await components(
            convergence.observed.containers.filter { $0.identity != nil }, convergence.desired, kills: kills)
        let shared = components.filter { $0.container.bench == nil }.map(\.status)
        let benches = try await benches(convergence, components: components, sites: await sites)
        return HostStatus(
            root: host.layout.root, rootID: host.layout.rootID, machine: machine(convergence.desired),
            proxy: proxyText(convergence), shared: shared, benches: benches,
            attention: StatusAttention(benches: benches, shared: shared, plan: convergence.plan).lines)
    }

    private typealias Seen = (container: ObservedContainer, status: HostStatus.ComponentStatus)

    private func components(
        _ containers: [ObservedContainer], _ desired: DesiredState, kills: [String: Int]
    ) async throws -> [Seen] {
        try await withThrowingTaskGroup(of: Seen?.self) { group in
            for container in containers {
                group.addTask { try await component(container, desired, kills: kills[container.id] ?? 0) }
            }
            var seen: [Seen] = []
            for try await one in group { if let one { seen.append(one) } }
            return seen.sorted { left, right in
                guard let first = left.container.identity, let second = right.container.identity else { return false }
                return first == second ? left.container.name < right.container.name : first < second
            }
        }
    }

    private func component(
        _ container: ObservedContainer, _ desired: DesiredState, kills: Int
    ) async throws -> Seen? {
        guard let identity = container.identity, let condition = try await host.engine.state(of: container.id) else {
            return nil
        }
        let usage = container.state == .running ? try await host.engine.usage(of: container.id) : nil
        let memory = ContainerMemory.read(process: condition.process)
        let kills = max(kills + (memory?.kills ?? 0), condition.wasKilledForMemory ? 1 : 0)
        var status = HostStatus.ComponentStatus(
            name: identity.description, component: identity.component.rawValue, container: container.name,
            state: container.state.rawValue, health: container.health.rawValue, status: container.status,
            restarts: condition.restartCount, killedForMemory: kills > 0, memoryKills: kills,
            memory: usage?.memory ?? memory?.used, memoryPeak: memory?.peak,
            memoryLimit: condition.memoryLimit ?? usage?.limit, cpuSeconds: usage?.cpuSeconds,
            bench: identity.bench?.description)
        if let quota = desired.databaseQuotas[identity.instance],
            identity.component == .mariadb, container.state == .running
        {
            status.dataQuota = quota
            status.dataSize = try? await DatabaseConsole(engine: host.engine, container: container.id).dataSize()
        }
        if identity.component == .redisQueue, container.state == .running, let bench = identity.bench,
            let quota = desired.benches[bench]?.bench.redis.storageSize,
            let wanted = desired.containers.first(where: { $0.identity == identity })
        {
            status.dataQuota = quota
            status.dataSize = try? await RedisConsole(
                engine: host.engine, container: container.id, definition: wanted.definition)?.journalSize()
        }
        return (container, status)
    }

    private func benches(
        _ convergence: Convergence, components: [Seen], sites: [SiteStatus]
    ) async throws -> [HostStatus.BenchStatus] {
        convergence.set.manifests.benches.values.sorted { $0.name < $1.name }.map { bench in
            let own = components.filter { $0.container.bench == bench.name }
            let wanted = Set(convergence.desired.containers.filter { $0.identity.bench == bench.name }.map(\.name))
            let healthy = own.filter { wanted.contains($0.container.name) && $0.container.works }
            let release = convergence.desired.benches[bench.name]?.release
            return HostStatus.BenchStatus(
                name: bench.name.description, image: release?.reference ?? bench.image.reference,
                release: release?.number ?? 0, healthy: healthy.count, expected: wanted.count,
                components: own.map(\.status), sites: sites.filter { $0.bench == bench.name.description })
        }
    }

    private func proxyText(_ convergence: Convergence) -> String {
        let settings = convergence.set.manifests.host
        let address = "\(settings.listenAddress):\(settings.httpPort)"
        return convergence.observed.routeDrift.map { "\(address), \($0)" } ?? "\(address), serving"
    }

    private func machine(_ desired: DesiredState) -> HostStatus.Machine {
        let commitment = MemoryCommitment(desired)
        let disk = HostMachine.disk(host.layout.root)
        return HostStatus.Machine(
            cores: host.machine.cores, memory: host.machine.memory, memoryAvailable: HostMachine.availableMemory(),
            diskTotal: disk.total, diskFree: disk.free, load: HostMachine.load(),
            memoryBudget: commitment?.budget ?? host.machine.memory, memoryLimits: commitment?.limits ?? 0)
    }
}
