import FrappeModel
import Planning
import Rendering

/// `down`: containers and networks go, data stays.
package struct Down: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// - Parameter benches: the benches to stop; none for everything of this root, nginx too.
    package func run(benches: [ObjectName]) async throws -> Plan {
        let documents = try host.store.documents()
        for bench in benches { _ = try documents.named(bench, .bench) }
        let locks: [LockName: FileLock.Mode] =
            benches.isEmpty
            ? [.host: .exclusive]
            : [LockName: FileLock.Mode](uniqueKeysWithValues: benches.map { (.bench($0), .exclusive) })
                .merging([.host: .shared]) { $1 }
        let subject = benches.isEmpty ? "host" : benches.map { "bench \($0)" }.joined(separator: ", ")
        return try await host.operation(subject: subject, locks: locks) { operation in
            try await take(benches, operation: operation)
        }
    }

    private func take(_ benches: [ObjectName], operation: Operation) async throws -> Plan {
        let observed = try await Observation(host: host).observe(benches: benches)
        let plan = DownPlan(observed: observed, benches: benches.isEmpty ? nil : Set(benches)).plan()
        if !plan.isEmpty { host.progress(.planned(plan)) }
        let set = try host.storedManifests()
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        let convergence = try await Convergence.prepare(host: host, set: set, releases: releases, stores: false)
        let work = StepWork(convergence: convergence, operation: operation)
        try await Executor(operation: operation) { step, _ in try await work.perform(step) }.run(plan)
        if benches.isEmpty {
            try await operation.step("proxy", kind: "stop-proxy", subject: "proxy", cause: "everything goes down") {
                try await convergence.proxy.stop()
                if Systemd.isPossible { try await RenewalTimer(host)?.remove() }
            }
        } else {
            try await convergence.proxy.route(nil)
        }
        return plan
    }
}
