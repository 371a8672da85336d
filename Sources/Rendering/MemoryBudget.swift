import FrappeModel

/// What the host's memory is shared out into: a function of the machine and of the Host manifest alone.
///
/// How many benches and sites there are changes nothing, so that adding one restarts nothing that runs; that the sum
/// of all limits then exceeds the budget is told by the plan.
package struct MemoryBudget: Hashable, Sendable {
    /// Bytes that all containers together may be given.
    package let total: Int
    /// Memory limit of each shared MariaDB.
    package let sharedDatabase: Int
    /// Memory limit of each MariaDB that a site has for itself.
    package let dedicatedDatabase: Int

    /// - Parameter memory: the machine's, in bytes.
    package init(memory: Int, host: HostSettings = HostSettings()) {
        let base = host.memoryBudget ?? memory
        total = host.memoryBudget ?? Self.stepped(memory - Self.reserve(of: memory), 64 << 20)
        let quarter = Self.stepped(base / 4, 64 << 20)
        sharedDatabase = host.mariadbMemory ?? min(max(quarter, 512 << 20), 16 << 30)
        dedicatedDatabase = min(max(Self.stepped(base / 8, 64 << 20), 384 << 20), 8 << 30)
    }

    /// For the system, nginx and the page cache: a tenth, from 256 MiB to 4 GiB.
    static func reserve(of memory: Int) -> Int { min(max(memory / 10, 256 << 20), 4 << 30) }

    private static func stepped(_ bytes: Int, _ step: Int) -> Int { bytes / step * step }

    /// What a component may use whose manifest says nothing: the standard where one bench fits beside MariaDB, else
    /// its share of what is left, but never less than it needs to live.
    package func resources(_ component: Component) -> ComponentResources {
        var resources = Component.defaultResources[component] ?? Self.fallback
        resources.limitMemory = scaled(resources.limitMemory, atLeast: Self.least[component] ?? 64 << 20)
        resources.requestedMemory = min(resources.requestedMemory, resources.limitMemory / 2)
        return resources
    }

    /// What a one-shot container may use whose manifest says nothing: less than half of the host is not enough to install
    /// ERPNext on a small one, and it is gone again soon.
    package var job: ComponentResources {
        var resources = resources(.workerLong)
        resources.limitMemory = max(resources.limitMemory, min(3 << 30, Self.stepped(total / 2, 32 << 20)))
        return resources
    }

    /// What the cache of a bench may hold whose manifest says nothing.
    package var redisCache: Int { scaled(RedisSettings.standardMaxMemory, atLeast: 32 << 20) }

    private func scaled(_ standard: Int, atLeast least: Int) -> Int {
        let left = max(0, total - sharedDatabase)
        guard left < Self.standardBench else { return standard }
        return min(standard, max(least, Self.stepped(standard * (left >> 20) / (Self.standardBench >> 20), 32 << 20)))
    }

    /// The limits of one bench with one container of each component.
    private static let standardBench = Component.ofBench.reduce(0) {
        $0 + (Component.defaultResources[$1] ?? fallback).limitMemory
    }

    private static let least: [Component: Int] = [
        .web: 256 << 20, .socketio: 96 << 20, .scheduler: 128 << 20, .workerDefault: 160 << 20,
        .workerLong: 192 << 20, .workerShort: 128 << 20, .edge: 64 << 20, .redisCache: 64 << 20, .redisQueue: 64 << 20,
    ]

    private static let fallback = ComponentResources(
        requestedCPU: 100, requestedMemory: 128 << 20, limitCPU: 1000, limitMemory: 1 << 30)
}
