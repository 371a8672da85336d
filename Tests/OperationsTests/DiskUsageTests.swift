import Testing

@testable import Operations

@Suite("What directories take")
struct DiskUsageTests {
    @Test("is read line by line, and what is no line of ours is passed over")
    func lines() {
        let usage = DiskUsage(lines: [
            "4096\t/measured/benches/shop/1/sites/one.localhost", "8192\t/measured/benches/shop",
            "12288\t/measured/benches", "1\t/etc/passwd", "rubbish", "x\t/measured/benches/shop/1",
            "7\t/measured/databases/a?9\t/measured/benches/shop",
        ])
        #expect(usage["benches/shop"] == 8192)
        #expect(usage["benches/shop/1"] == nil)
        #expect(usage.names(in: "benches") == ["shop"])
        #expect(usage.names(in: "benches/shop/1/sites") == ["one.localhost"])
    }

    @Test("of what is on other disks is told under the links to it")
    func linked() {
        let usage = DiskUsage(lines: [
            "1\t/measured/benches", "9\t/measured/benches-linked/shop/1/logs", "8\t/measured/benches-linked/shop",
            "7\t/measured/archived-linked/20260101-000000-bench-old", "6\t/measured/databases/.archived",
            "5\t/measured/databases/lost+found",
        ])
        #expect(usage["benches/shop/1/logs"] == 9)
        #expect(usage.names(in: "benches") == ["shop"])
        #expect(usage.names(in: "archived") == ["20260101-000000-bench-old"])
        #expect(usage.names(in: "databases") == [])
    }

    private func line(size: Int?, age: Double = 0, quota: Int? = 1000, limited: Bool = false) -> String? {
        let bench = HostStatus.BenchStatus(
            name: "shop", image: "", release: 1, healthy: 0, expected: 0, filesSize: size,
            filesMeasuredAt: size == nil ? nil : 10_000_000 - age, filesQuota: quota, filesAreLimited: limited,
            components: [], sites: [])
        return StorageAttention(bench: bench, now: 10_000_000).line
    }

    @Test("is told from four fifths of the storageSize on, when it was never measured, and when that is long ago")
    func attention() throws {
        #expect(line(size: 800) == nil)
        #expect(line(size: 5000, quota: nil) == nil)
        #expect(
            try #require(line(size: 801)).hasPrefix("the files of bench shop take 801 B of its storageSize of 1000 B"))
        #expect(try #require(line(size: 1001)).contains("take more than they should: 1001 B of its storageSize"))
        #expect(try #require(line(size: 1001)).contains("next: delete what nobody needs, or raise spec.storageSize"))
        #expect(try #require(line(size: nil)).hasSuffix("next: frappectl disk"))
        #expect(line(size: 800, limited: true) == nil)
        #expect(try #require(line(size: 801, limited: true)).contains("no more than its storageSize of 1000 B"))
        #expect(line(size: 1001, limited: true) == nil, "the plan tells")
        #expect(line(size: 1, age: 86_400) == nil)
        #expect(line(size: 1, age: 86_400 * 3) == "the files of bench shop were measured 3 d ago; next: frappectl disk")
    }
}
