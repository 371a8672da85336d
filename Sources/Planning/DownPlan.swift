import FrappeModel

/// What `down` does: who takes requests goes first, then the workers, then what they all need.
package struct DownPlan: Sendable {
    package let observed: ObservedState
    /// Nil for everything.
    package let benches: Set<ObjectName>?

    package init(observed: ObservedState, benches: Set<ObjectName>?) {
        self.observed = observed
        self.benches = benches
    }

    private static let waves: [[Component]] = [
        [.scheduler, .web, .socketio, .edge], [.workerDefault, .workerShort, .workerLong], [.redisCache, .redisQueue],
        [.mariadb],
    ]

    package func plan() -> Plan {
        let leaving = observed.containers.filter { container in
            guard let benches else { return true }
            return container.bench.map { benches.contains($0) } ?? false
        }
        var steps: [Step] = []
        var before: Set<String> = []
        for wave in Self.waves {
            let removals = leaving.filter { $0.identity.map { wave.contains($0.component) } ?? false }.map {
                removal(of: $0, after: before)
            }
            steps += removals
            before.formUnion(removals.map(\.id))
        }
        // One-shot containers, and what has our mark and labels that make no sense.
        steps += leaving.filter { $0.identity == nil }.map { removal(of: $0, after: []) }
        steps += networks(leaving: leaving, after: Set(steps.map(\.id)))
        return Plan(steps: steps)
    }

    private func removal(of container: ObservedContainer, after: Set<String>) -> Step {
        Step(
            id: "remove \(container.name)", action: .remove(container), bench: container.bench,
            subject: container.identity?.description ?? container.name, cause: "goes down; its data stays",
            effect: .downtime, after: after)
    }

    /// A bench's network goes with its containers, unless the database server that stays is in it: then that leaves.
    private func networks(leaving: [ObservedContainer], after: Set<String>) -> [Step] {
        var steps: [Step] = []
        for network in observed.networks {
            let bench = network.labels[Label.bench].map {
                ObjectName($0, namespace: network.labels[Label.namespace] ?? ObjectName.defaultNamespace)
            }
            if let benches, !(bench.map { benches.contains($0) } ?? false) { continue }
            var needs = after
            for container in observed.containers where container.networks.contains(network.name) {
                guard !leaving.contains(container) else { continue }
                let id = "detach \(container.name) \(network.name)"
                steps.append(
                    Step(
                        id: id, action: .detach(container: container, network: network.name), bench: bench,
                        subject: container.identity?.description ?? container.name,
                        cause: "leaves network \(network.name)",
                        after: after))
                needs.insert(id)
            }
            steps.append(
                Step(
                    id: "remove network \(network.name)", action: .removeNetwork(network), bench: bench,
                    subject: "network \(bench?.description ?? "of the database")", cause: "goes down", needs: needs))
        }
        return steps
    }
}
