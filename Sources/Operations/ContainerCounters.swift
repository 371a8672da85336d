import DockerEngine
import FoundationEssentials
import FrappeModel

/// The kernel's counters of a container at one moment, since it started: seconds and bytes.
struct ContainerCounters: Hashable, Sendable {
    /// Seconds since 1970.
    var time: Double
    var cpuSeconds: Double
    var memory: Int
    /// 0 for none.
    var memoryLimit: Int
    var processes: Int
    var received = 0
    var sent = 0
    /// Empty where it cannot be seen.
    var io = ContainerIO()

    /// Nil where the process is not of this machine's kernel, or not in a group of its own.
    ///
    /// - Parameters:
    ///   - process: the container's first.
    ///   - limit: of its memory, in bytes.
    static func read(process: Int, limit: Int?) -> ContainerCounters? {
        guard let memory = ContainerMemory.read(process: process)?.used, let cpu = cpuSeconds(process) else {
            return nil
        }
        var counters = ContainerCounters(
            time: Date().timeIntervalSince1970, cpuSeconds: cpu, memory: memory, memoryLimit: limit ?? 0,
            processes: ContainerMemory.Group(process: process, controller: "pids")?.text("pids.current")
                .flatMap { Int($0.trimmed) } ?? 0)
        (counters.received, counters.sent) = network(HostFiles.text("/proc/\(process)/net/dev") ?? "")
        counters.io = ContainerIO.read(process: process) ?? counters.io
        return counters
    }

    private static func cpuSeconds(_ process: Int) -> Double? {
        guard let group = ContainerMemory.Group(process: process, controller: "cpuacct") else { return nil }
        if group.isUnified {
            return ContainerMemory.value("usage_usec", in: group.text("cpu.stat")).map { Double($0) / 1e6 }
        }
        return group.text("cpuacct.usage").flatMap { Double($0.trimmed) }.map { $0 / 1e9 }
    }

    /// What came and went over all devices but the loopback.
    ///
    /// - Parameter text: that of `/proc/<pid>/net/dev`.
    static func network(_ text: String) -> (received: Int, sent: Int) {
        var sum = (received: 0, sent: 0)
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, String(parts[0]).trimmed != "lo" else { continue }
            let numbers = parts[1].split(separator: " ").compactMap { Int($0) }
            guard numbers.count >= 9 else { continue }
            sum.received += numbers[0]
            sum.sent += numbers[8]
        }
        return sum
    }
}

extension ContainerCounters {
    /// Nil for an answer of a container that does not run.
    init?(_ stats: ContainerStats) {
        guard let time = stats.time else { return nil }
        self.init(
            time: time.date.timeIntervalSince1970, cpuSeconds: Double(stats.cpuNanoseconds) / 1e9,
            memory: Int(clamping: stats.memory), memoryLimit: Int(clamping: stats.memoryLimit),
            processes: stats.processes, received: Int(clamping: stats.networkReceived),
            sent: Int(clamping: stats.networkSent))
        if stats.countsBlocks {
            io.processes[0] = .init(read: Int(clamping: stats.blockRead), written: Int(clamping: stats.blockWritten))
        }
    }
}
