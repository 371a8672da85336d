import FrappeModel

// Where the files of benches are, and how many there may be.
extension Planner {
    /// `storageSize` where the kernel can enforce it.
    mutating func planFilesLimits() {
        for (name, found) in observed.filesLimits.sorted(by: { $0.key < $1.key }) {
            guard let bench = desired.benches[name]?.bench else { continue }
            if let size = bench.storageSize, found.exceeds(size) { notes.append(Self.exceeded(size, name)) }
            guard found.isToBecome(bench.storageSize) else { continue }
            func words(_ bytes: Int?) -> String { bytes.map(Quantity.bytes) ?? "none" }
            steps.append(
                Step(
                    id: StepID.filesLimit(name), action: .limitFiles(name, bytes: bench.storageSize), bench: name,
                    subject: "limit of its files", cause: "\(words(found.limit)) -> \(words(bench.storageSize))",
                    needs: [StepID.prepare(name)]))
        }
    }

    private static func exceeded(_ size: Int, _ bench: ObjectName) -> String {
        "the sites of bench \(bench) have written more than its storageSize of \(Quantity.bytes(size)), which is not "
            + "enforced until they fit; next: delete what nobody needs, or raise spec.storageSize; then frappectl up -f FILE"
    }

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
