extension ContainerSpec {
    /// What the host grants a container.
    package struct HostConfig: Hashable, Sendable, Codable {
        /// "source:target[:ro]" each.
        package var binds: [String]?
        package var mounts: [Mount]?
        /// Options by path, like "size=64m".
        package var tmpfs: [String: String]?
        /// By "8000/tcp".
        package var portBindings: [String: [PortBinding]]?
        package var restartPolicy: RestartPolicy?
        package var networkMode: String?
        /// Runs a small init as process 1, which reaps orphans.
        package var usesInit: Bool?
        package var securityOptions: [String]?
        package var droppedCapabilities: [String]?
        package var addedCapabilities: [String]?
        package var pidsLimit: Int64?
        /// Bytes.
        package var memory: Int64?
        /// Memory and swap together, in bytes; -1 for unlimited swap.
        package var memorySwap: Int64?
        package var memoryReservation: Int64?
        package var cpuShares: Int64?
        /// Billionths of a CPU.
        package var nanoCPUs: Int64?
        package var log: LogConfig?
        package var isReadOnly: Bool?
        /// Bytes.
        package var sharedMemory: Int64?
        package var ulimits: [Ulimit]?
        /// "name:address" each.
        package var extraHosts: [String]?
        package var removesItself: Bool?
        package var oomScoreAdjustment: Int?
        package var sysctls: [String: String]?

        package init() {}

        enum CodingKeys: String, CodingKey {
            case binds = "Binds"
            case mounts = "Mounts"
            case tmpfs = "Tmpfs"
            case portBindings = "PortBindings"
            case restartPolicy = "RestartPolicy"
            case networkMode = "NetworkMode"
            case usesInit = "Init"
            case securityOptions = "SecurityOpt"
            case droppedCapabilities = "CapDrop"
            case addedCapabilities = "CapAdd"
            case pidsLimit = "PidsLimit"
            case memory = "Memory"
            case memorySwap = "MemorySwap"
            case memoryReservation = "MemoryReservation"
            case cpuShares = "CpuShares"
            case nanoCPUs = "NanoCpus"
            case log = "LogConfig"
            case isReadOnly = "ReadonlyRootfs"
            case sharedMemory = "ShmSize"
            case ulimits = "Ulimits"
            case extraHosts = "ExtraHosts"
            case removesItself = "AutoRemove"
            case oomScoreAdjustment = "OomScoreAdj"
            case sysctls = "Sysctls"
        }
    }
}
