import FrappeModel
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
        /// Bytes; nil while it does not run.
        package var memory: Int?
        package var memoryLimit: Int?
        package var cpuSeconds: Double?
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
        let set = try ManifestSet.merge(stored: try host.store.documents(), files: [])
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        let convergence = try await Convergence.prepare(host: host, set: set, releases: releases, stores: false)
        async let sites = SiteProbe(host: host, manifests: set.manifests).statuses()
        let components = try await components(convergence.observed.containers.filter { $0.identity != nil })
        let shared = components.filter { $0.container.bench == nil }.map(\.status)
        let benches = try await benches(convergence, components: components, sites: await sites)
        return HostStatus(
            root: host.layout.root, rootID: host.layout.rootID, machine: machine(),
            proxy: proxyText(convergence), shared: shared, benches: benches,
            attention: attention(benches: benches, shared: shared, convergence: convergence))
    }

    private typealias Seen = (container: ObservedContainer, status: HostStatus.ComponentStatus)

    private func components(_ containers: [ObservedContainer]) async throws -> [Seen] {
        try await withThrowingTaskGroup(of: Seen?.self) { group in
            for container in containers { group.addTask { try await component(container) } }
            var seen: [Seen] = []
            for try await one in group { if let one { seen.append(one) } }
            return seen.sorted { left, right in
                guard let first = left.container.identity, let second = right.container.identity else { return false }
                return first == second ? left.container.name < right.container.name : first < second
            }
        }
    }

    private func component(_ container: ObservedContainer) async throws -> Seen? {
        guard let identity = container.identity, let condition = try await host.engine.state(of: container.id) else {
            return nil
        }
        let usage = container.state == .running ? try await host.engine.usage(of: container.id) : nil
        let status = HostStatus.ComponentStatus(
            name: identity.description, component: identity.component.rawValue, container: container.name,
            state: container.state.rawValue, health: container.health.rawValue, status: container.status,
            restarts: condition.restartCount, killedForMemory: condition.wasKilledForMemory, memory: usage?.memory,
            memoryLimit: usage?.limit, cpuSeconds: usage?.cpuSeconds)
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

    private func machine() -> HostStatus.Machine {
        let disk = HostMachine.disk(host.layout.root)
        return HostStatus.Machine(
            cores: host.machine.cores, memory: host.machine.memory, memoryAvailable: HostMachine.availableMemory(),
            diskTotal: disk.total, diskFree: disk.free)
    }

    private func attention(
        benches: [HostStatus.BenchStatus], shared: [HostStatus.ComponentStatus], convergence: Convergence
    ) -> [String] {
        var lines: [String] = []
        for (bench, component) in benches.flatMap({ bench in bench.components.map { (bench.name, $0) } })
            + shared.map({ ("the host", $0) })
        {
            if component.killedForMemory {
                lines.append(
                    "\(component.name) of \(bench) was killed by the kernel: its memory limit is "
                        + "\(Quantity.bytes(component.memoryLimit ?? 0)); raise it in componentResources")
            }
            if component.restarts > 0 {
                lines.append(
                    "\(component.name) of \(bench) restarted \(component.restarts) times; see: frappectl logs \(bench) \(component.component)"
                )
            }
        }
        for site in benches.flatMap(\.sites) where site.phase == .failed {
            lines.append("site \(site.siteName): \(site.reason ?? "failed"); see: frappectl logs \(site.bench) web")
        }
        if !convergence.plan.isEmpty {
            lines.append("\(convergence.plan.steps.count) changes are due; see: frappectl plan")
        }
        return lines + convergence.plan.notes
    }
}
