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
}
