import CTimex
import Diagnosis
import FoundationEssentials
import FrappeModel
import Glibc

/// The machine's own facts, from /proc and the file systems.
enum MachineLook {
    static func memory(limits: Int?, budget: Int?) -> MemoryFacts {
        var values: [Substring: Int] = [:]
        for line in text("/proc/meminfo").split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 1, let amount = Int(fields[1]) { values[fields[0].dropLast()] = amount * 1024 }
        }
        return MemoryFacts(
            total: values["MemTotal"] ?? 0, available: values["MemAvailable"] ?? 0, swap: values["SwapTotal"] ?? 0,
            limits: limits, budget: budget)
    }

    static func kernel() -> KernelFacts {
        KernelFacts(
            overcommit: HostFiles.read("/proc/sys/vm/overcommit_memory").map {
                String(decoding: $0, as: UTF8.self).trimmed
            },
            hugePages: HostFiles.read("/sys/kernel/mm/transparent_hugepage/enabled")
                .map { String(decoding: $0, as: UTF8.self).trimmed })
    }

    /// The kernel says whether something has told it the right time.
    static func clockIsSynchronised() -> Bool {
        var clock = timex()
        return adjtimex(&clock) != TIME_ERROR && clock.status & STA_UNSYNC == 0
    }

    /// The file systems of the paths, each once; a path that is not there yet stands for the directory above it.
    static func disks(_ places: [(name: String, path: String)]) -> [DiskFacts] {
        var disks: [(device: dev_t, facts: DiskFacts)] = []
        for place in places {
            guard let path = nearest(place.path) else { continue }
            var status = stat()
            var space = statvfs()
            guard stat(path, &status) == 0, statvfs(path, &space) == 0 else { continue }
            if let known = disks.firstIndex(where: { $0.device == status.st_dev }) {
                disks[known].facts.name += " and \(place.name)"
                continue
            }
            let unit = Int(space.f_frsize)
            let facts = DiskFacts(
                name: place.name, path: path, total: Int(space.f_blocks) * unit, free: Int(space.f_bavail) * unit,
                inodes: Int(space.f_files), freeInodes: Int(space.f_favail))
            disks.append((status.st_dev, facts))
        }
        return disks.map(\.facts)
    }

    private static func nearest(_ path: String) -> String? {
        var path = path
        while !IngressDisk.exists(path) {
            guard let slash = path.lastIndex(of: "/"), path != "/" else { return nil }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    private static func text(_ path: String) -> String {
        String(decoding: HostFiles.read(path) ?? [], as: UTF8.self)
    }
}
