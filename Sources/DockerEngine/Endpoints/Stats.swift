extension EngineClient {
    /// What a container uses at this moment; counters run since its start.
    package func stats(of id: String) async throws(EngineError) -> ContainerStats {
        var call = EngineCall(.get, "containers", id, "stats")
        call.ask("stream", false)
        call.ask("one-shot", true)
        return try await value(call)
    }
}

/// The resources a container uses.
package struct ContainerStats: Hashable, Sendable, Decodable {
    /// Nil for a container that does not run.
    package let time: Timestamp?
    /// CPU time used by the container, and by the whole host, in nanoseconds.
    package let cpuNanoseconds: UInt64
    package let hostCPUNanoseconds: UInt64
    package let cpus: Int
    /// Bytes without the page cache that can be given up at once, as `docker stats` counts.
    package let memory: UInt64
    package let memoryLimit: UInt64
    package let processes: Int
    /// Bytes since the start.
    package let blockRead: UInt64
    package let blockWritten: UInt64
    /// False where the kernel's control groups count no blocks.
    package let countsBlocks: Bool
    package let networkReceived: UInt64
    package let networkSent: UInt64

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        time = Timestamp(rfc3339: object["read", or: ""])
        let cpu = object.object("cpu_stats")
        cpuNanoseconds = cpu?.object("cpu_usage")?["total_usage", or: 0] ?? 0
        hostCPUNanoseconds = cpu?["system_cpu_usage", or: 0] ?? 0
        cpus = cpu?["online_cpus", or: 0] ?? 0
        (memory, memoryLimit) = Self.memory(object.object("memory_stats"))
        processes = object.object("pids_stats")?["current", or: 0] ?? 0
        let blocks: [BlockCount] = object.object("blkio_stats")?["io_service_bytes_recursive", or: []] ?? []
        countsBlocks = !blocks.isEmpty
        blockRead = blocks.filter { $0.operation == "read" }.reduce(0) { $0 &+ $1.bytes }
        blockWritten = blocks.filter { $0.operation == "write" }.reduce(0) { $0 &+ $1.bytes }
        let networks: [String: NetworkCount] = object["networks", or: [:]]
        networkReceived = networks.values.reduce(0) { $0 &+ $1.received }
        networkSent = networks.values.reduce(0) { $0 &+ $1.sent }
    }

    /// The share of one CPU used since an earlier reading: 1.5 is one and a half CPUs.
    package func cpuShare(since earlier: ContainerStats) -> Double {
        guard let time, let before = earlier.time, time > before, cpuNanoseconds >= earlier.cpuNanoseconds else {
            return 0
        }
        let passed = time.nanosecondsSinceEpoch - before.nanosecondsSinceEpoch
        return Double(cpuNanoseconds - earlier.cpuNanoseconds) / Double(passed)
    }

    /// cgroup v1 calls the cache `total_inactive_file`, v2 `inactive_file`.
    private static func memory(_ object: JSONObject?) -> (used: UInt64, limit: UInt64) {
        let usage: UInt64 = object?["usage", or: 0] ?? 0
        let details = object?.object("stats")
        let cache: UInt64 = details?.optional("total_inactive_file") ?? details?.optional("inactive_file") ?? 0
        return (usage > cache ? usage - cache : usage, object?["limit", or: 0] ?? 0)
    }
}

private struct BlockCount: Decodable {
    let operation: String
    let bytes: UInt64

    init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        operation = object["op", or: ""].lowercased()
        bytes = object["value", or: 0]
    }
}

private struct NetworkCount: Decodable {
    let received: UInt64
    let sent: UInt64

    init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        received = object["rx_bytes", or: 0]
        sent = object["tx_bytes", or: 0]
    }
}
