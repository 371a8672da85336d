import FrappeModel

/// The memory limits of all containers together, held against the host's budget.
package struct MemoryCommitment: Hashable, Sendable {
    /// Bytes.
    package let limits: Int
    package let budget: Int
    /// Who may take how much, the largest first.
    package let shares: [Share]

    package struct Share: Hashable, Sendable {
        package var owner: String
        package var bytes: Int
    }

    /// Nil where no budget is known.
    package init?(_ desired: DesiredState) {
        guard let budget = desired.memoryBudget else { return nil }
        self.budget = budget
        var shares: [String: Int] = [:]
        for container in desired.containers {
            let identity = container.identity
            let owner = identity.component == .mariadb ? "\(identity)" : identity.bench.map { "bench \($0)" } ?? ""
            shares[owner, default: 0] += container.definition.limits.memory ?? 0
        }
        limits = shares.values.reduce(0, +)
        self.shares = shares.map { Share(owner: $0.key, bytes: $0.value) }
            .sorted { ($1.bytes, $0.owner) < ($0.bytes, $1.owner) }
    }

    package var exceeds: Bool { limits > budget }

    /// What is wrong and what to do, nil while everything fits.
    package var note: String? {
        guard exceeds else { return nil }
        let parts = shares.prefix(4).map { "\($0.owner) \(Quantity.bytes($0.bytes))" }
        let more = shares.count > 4 ? ", and \(shares.count - 4) more" : ""
        return "memory limits add up to \(Quantity.bytes(limits)) of a budget of \(Quantity.bytes(budget)) "
            + "(\(parts.joined(separator: ", "))\(more)): if all used theirs at once, the kernel would end the largest; "
            + "next: lower spec.componentReplicas or componentResources of a bench, or move one to another host"
    }
}

extension Planner {
    mutating func noteCommitment() {
        if let note = MemoryCommitment(desired)?.note { notes.append(note) }
    }
}
