import FrappeModel

/// Memory limits that manifests give themselves, held against the machine and against the budget.
package struct LimitWarnings: Sendable {
    /// Told only of these documents: of the others it was told when they came.
    let told: Set<ManifestKey>
    let machine: Machine
    let budget: MemoryBudget
    private let limits: [Limit]
    private let declaredBudget: (bytes: Int, location: SourceLocation)?

    private struct Limit {
        var key: ManifestKey
        var path: String
        var location: SourceLocation
        /// Of one container.
        var bytes: Int
        /// 0 for work that ends: it is not part of the sum.
        var containers: Int
    }

    package init(
        manifests: Manifests, locations: [ManifestKey: [String: SourceLocation]], told: Set<ManifestKey>,
        machine: Machine
    ) {
        self.told = told
        self.machine = machine
        budget = MemoryBudget(memory: machine.memory, host: manifests.host)
        let host = locations.first { $0.key.kind == .host }
        declaredBudget = manifests.host.memoryBudget.flatMap { bytes in
            host?.value["spec.memoryBudget"].map { (bytes, $0) }
        }
        var limits: [Limit] = []
        func add(_ key: ManifestKey?, _ path: String, _ bytes: Int?, _ containers: Int = 1) {
            guard let key, let bytes, let location = locations[key]?[path] else { return }
            limits.append(Limit(key: key, path: path, location: location, bytes: bytes, containers: containers))
        }
        add(host?.key, "spec.mariadb.memory", manifests.host.mariadbMemory)
        for server in manifests.servers.values.sorted(by: { $0.name < $1.name }) {
            add(ManifestKey(.server, server.name), "spec.resources.limits.memory", server.sizes.resources.limitMemory)
        }
        for bench in manifests.benches.values.sorted(by: { $0.name < $1.name }) {
            let key = ManifestKey(.bench, bench.name)
            for component in Component.ofBench {
                add(
                    key, "spec.componentResources.\(component.manifestKey).limits.memory",
                    bench.resources[component]?.limitMemory, component.isScalable ? bench.replicas[component] ?? 1 : 1)
            }
            func path(_ entry: String) -> String { "spec.jobResources.\(entry).limits.memory" }
            let own = Job.allCases.filter { locations[key]?[path($0.rawValue)] != nil }
            for job in own { add(key, path(job.rawValue), bench.jobResources[job]?.limitMemory, 0) }
            let others = Job.allCases.filter { !own.contains($0) }
            add(key, path("default"), others.compactMap { bench.jobResources[$0]?.limitMemory }.max(), 0)
        }
        for site in manifests.sites.values.sorted(by: { $0.name < $1.name }) {
            let path = "spec.dbConfig.resources.limits.memory"
            let own = ManifestKey(.site, site.name)
            let key = locations[own]?[path] == nil ? ManifestKey(.bench, site.bench) : own
            add(key, path, site.dedicatedDatabase?.resources.limitMemory)
        }
        self.limits = limits
    }

    package var problems: [ManifestProblem] {
        var problems = limits.filter { told.contains($0.key) && $0.bytes > machine.memory }.map { limit in
            warning(
                limit.location, limit.path,
                "\(Quantity.bytes(limit.bytes)) is more than this machine has (\(Quantity.bytes(machine.memory)))")
        }
        if let declaredBudget, declaredBudget.bytes > machine.memory, told.contains(where: { $0.kind == .host }) {
            problems.append(
                warning(
                    declaredBudget.location, "spec.memoryBudget",
                    "is more than this machine has (\(Quantity.bytes(machine.memory)))"))
        }
        return problems + [sum].compactMap(\.self)
    }

    /// Told at the largest of them.
    private var sum: ManifestProblem? {
        let total = limits.reduce(0) { $0 + $1.bytes * $1.containers }
        let largest = limits.filter { told.contains($0.key) }.max {
            $0.bytes * $0.containers < $1.bytes * $1.containers
        }
        guard total > budget.total, let largest else { return nil }
        return warning(
            largest.location, largest.path,
            "the memory limits in manifests add up to \(Quantity.bytes(total)), more than the budget of "
                + "\(Quantity.bytes(budget.total)); this is the largest")
    }

    private func warning(_ location: SourceLocation, _ path: String, _ message: String) -> ManifestProblem {
        ManifestProblem(severity: .warning, location: location, path: path, message: message)
    }
}
