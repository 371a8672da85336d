import FrappeModel

// Benches whose files cannot be reached.
extension Planner {
    /// Nothing of theirs is made, started or taken away; one step says why, and fails. Other benches go on.
    mutating func holdBenches() {
        for (bench, trouble) in observed.storageTroubles.sorted(by: { $0.key < $1.key }) {
            steps.removeAll { $0.bench == bench }
            steps.append(
                Step(
                    id: StepID.storage(bench), action: .requireStorage(trouble), bench: bench, subject: "storage",
                    cause: trouble.words))
        }
    }
}
