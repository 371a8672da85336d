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

    /// A file system: bytes and files that there is room for.
    package struct Disk: Codable, Sendable {
        package var name: String
        package var path: String
        package var total: Int
        package var free: Int
        package var inodes: Int
        package var inodesFree: Int
    }

    package struct ComponentStatus: Codable, Sendable {
        package var name: String
        package var component: String
        package var container: String
        package var state: String
        package var health: String
        package var status: String
        package var restarts: Int
        /// Whether it ends by itself again and again, now.
        package var isLooping: Bool
        /// How it ended last, where it ended by itself and that is known; and what it said last while it loops.
        package var lastExitCode: Int?
        package var lastLine: String?
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
        /// Bytes of its files when they were measured last and when that was, in seconds since 1970, where its manifest
        /// says what they should stay below.
        package var filesSize: Int?
        package var filesMeasuredAt: Double?
        package var filesQuota: Int?
        /// Whether the kernel lets its sites write no more than that; the size is then what it counts.
        package var filesAreLimited: Bool?
        package var components: [ComponentStatus]
        package var sites: [SiteStatus]
    }

    package var root: String
    package var rootID: String
    package var machine: Machine
    /// The file systems that the root and the Engine live on.
    package var disks: [Disk]
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
        async let disks = HostDisks(host: host).facts(set.manifests)
        let ends = try await host.engine.ends()
        let components = try await StatusComponents(host: host, desired: convergence.desired, ends: ends).seen(
            convergence.observed.containers.filter { $0.identity != nil })
        let shared = components.filter { $0.container.bench == nil }.map(\.status)
        let benches = try await benches(convergence, components: components, sites: await sites)
        let facts = try await disks
        return HostStatus(
            root: host.layout.root, rootID: host.layout.rootID, machine: machine(convergence.desired),
            disks: facts.map(HostStatus.Disk.init), proxy: proxyText(convergence), shared: shared, benches: benches,
            attention: StatusAttention(
                benches: benches, shared: shared, disks: facts, plan: convergence.plan, now: host.now
            ).lines)
    }

    private func benches(
        _ convergence: Convergence, components: [StatusComponents.Seen], sites: [SiteStatus]
    ) async throws -> [HostStatus.BenchStatus] {
        let measured = try host.store.facts(.usage, as: MeasuredUsage.self)
        return convergence.set.manifests.benches.values.sorted { $0.name < $1.name }.map { bench in
            let own = components.filter { $0.container.bench == bench.name }
            let wanted = Set(convergence.desired.containers.filter { $0.identity.bench == bench.name }.map(\.name))
            let healthy = own.filter { wanted.contains($0.container.name) && $0.container.works }
            let release = convergence.desired.benches[bench.name]?.release
            let usage = measured["\(bench.name)"]
            var files = (size: usage?.bytes, time: usage?.at)
            let limited = convergence.observed.filesLimits[bench.name].flatMap { $0.limit == nil ? nil : $0.used }
            if let limited { files = (limited, host.now) }
            if bench.storageSize == nil { files = (nil, nil) }
            return HostStatus.BenchStatus(
                name: bench.name.description, image: release?.reference ?? bench.image.reference,
                release: release?.number ?? 0, healthy: healthy.count, expected: wanted.count,
                filesSize: files.size, filesMeasuredAt: files.time, filesQuota: bench.storageSize,
                filesAreLimited: bench.storageSize == nil ? nil : limited != nil,
                components: own.map(\.status), sites: sites.filter { $0.bench == bench.name.description })
        }
    }

    private func proxyText(_ convergence: Convergence) -> String {
        let settings = convergence.set.manifests.host
        let address = "\(settings.listenAddress):\(settings.httpPort)"
        guard !convergence.desired.benches.isEmpty else { return "\(address), no bench to serve" }
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
