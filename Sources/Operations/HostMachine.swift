#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The machine's memory and disk as they are now, in bytes.
enum HostMachine {
    static func availableMemory() -> Int {
        let lines = String(decoding: HostFiles.read("/proc/meminfo") ?? [], as: UTF8.self).split(separator: "\n")
        let fields = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 1024
    }

    /// Of the last minute.
    static func load() -> Double {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? averages[0] : 0
    }

    static func disk(_ path: String) -> (total: Int, free: Int) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return (0, 0) }
        return (Int(facts.f_blocks) * Int(facts.f_frsize), Int(facts.f_bavail) * Int(facts.f_frsize))
    }

    /// What all processors did since the machine started, in ticks.
    static func processors() -> (busy: Int, all: Int)? {
        let line = HostFiles.text("/proc/stat")?.split(separator: "\n").first ?? ""
        // user nice system idle iowait irq softirq steal; guests are counted within user and nice.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        guard ticks.count == 8 else { return nil }
        let all = ticks.reduce(0, +)
        return (all - ticks[3] - ticks[4], all)
    }
}
