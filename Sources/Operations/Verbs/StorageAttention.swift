import FrappeModel

/// What deserves a look of a bench whose manifest bounds its files: they are measured by `disk`, not by `status`.
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
        let age = "measured \(Quantity.duration(now - time)) ago"
        let of = "\(Quantity.bytes(size)) of its storageSize of \(Quantity.bytes(quota)), \(age)"
        let cure = "delete what nobody needs, or raise spec.storageSize; then frappectl disk measures anew"
        if size > quota { return "the files of bench \(bench.name) take more than they should: \(of); next: \(cure)" }
        if size > quota / 5 * 4 { return "the files of bench \(bench.name) take \(of); next: \(cure)" }
        return now - time > Self.old ? "the files of bench \(bench.name) were \(age); next: frappectl disk" : nil
    }
}
