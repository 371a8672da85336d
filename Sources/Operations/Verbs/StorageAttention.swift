import FrappeModel

/// What deserves a look of a bench whose manifest bounds its files: where the kernel does not count them, they are
/// measured by `disk`, not by `status`.
struct StorageAttention {
    let bench: HostStatus.BenchStatus
    /// Seconds since 1970.
    let now: Double

    /// Seconds after which a figure says little.
    static let old = 86_400.0 * 2

    var line: String? {
        guard let quota = bench.filesQuota else { return nil }
        guard let size = bench.filesSize, let time = bench.filesMeasuredAt else {
            return "the files of bench \(bench.name) were never measured, storageSize is \(Quantity.bytes(quota)); "
                + "next: frappectl disk"
        }
        if bench.filesAreLimited == true { return limited(size, quota) }
        let age = "measured \(Quantity.duration(now - time)) ago"
        let of = "\(Quantity.bytes(size)) of its storageSize of \(Quantity.bytes(quota)), \(age)"
        let cure = "delete what nobody needs, or raise spec.storageSize; then frappectl disk measures anew"
        if size > quota { return "the files of bench \(bench.name) take more than they should: \(of); next: \(cure)" }
        if size > quota / 5 * 4 { return "the files of bench \(bench.name) take \(of); next: \(cure)" }
        return now - time > Self.old ? "the files of bench \(bench.name) were \(age); next: frappectl disk" : nil
    }

    /// Of one that is exceeded the plan tells.
    private func limited(_ size: Int, _ quota: Int) -> String? {
        guard size > quota / 5 * 4, size <= quota else { return nil }
        return "the sites of bench \(bench.name) have written \(Quantity.bytes(size)) and can write no more than its "
            + "storageSize of \(Quantity.bytes(quota)); next: delete what nobody needs, or raise "
            + "spec.storageSize; then frappectl up -f FILE"
    }
}
