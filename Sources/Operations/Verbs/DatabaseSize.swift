import FrappeModel

/// The data of a server, held against the size that its manifest gives it: told before it is reached.
struct DatabaseSize {
    let name: String
    let bytes: Int
    let quota: Int
    /// What to do about it.
    let relief: String

    /// In hundredths of the quota, from which on it is told.
    private static let early = 80

    var lines: [String] {
        guard quota > 0, bytes / quota >= 1 || bytes * 100 / quota >= Self.early else { return [] }
        let size = "the data of \(name) is \(Quantity.bytes(bytes))"
        let share =
            bytes > quota
            ? "more than its storageSize of \(Quantity.bytes(quota))"
            : "\(bytes * 100 / quota) % of its storageSize of \(Quantity.bytes(quota))"
        return ["\(size), \(share); next: \(relief)"]
    }
}
