extension ContainerSpec {
    /// A directory, volume or memory file system inside a container.
    package struct Mount: Hashable, Sendable, Codable {
        package enum Kind: String, Sendable, Codable {
            case bind, volume, tmpfs
        }

        package var type: Kind
        /// A path of the host or a volume's name.
        package var source: String?
        package var target: String
        package var isReadOnly: Bool?
        package var bindOptions: BindOptions?
        package var tmpfsOptions: TmpfsOptions?

        package init(_ type: Kind, source: String? = nil, target: String, isReadOnly: Bool? = nil) {
            self.type = type
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
        }

        enum CodingKeys: String, CodingKey {
            case type = "Type"
            case source = "Source"
            case target = "Target"
            case isReadOnly = "ReadOnly"
            case bindOptions = "BindOptions"
            case tmpfsOptions = "TmpfsOptions"
        }
    }

    package struct BindOptions: Hashable, Sendable, Codable {
        /// private, rprivate, shared, rshared, slave or rslave.
        package var propagation: String?
        package var isNonRecursive: Bool?
        /// Known to the Engine from API 1.42 on; older ones refuse a missing source.
        package var createsMountpoint: Bool?

        package init(propagation: String? = nil, isNonRecursive: Bool? = nil, createsMountpoint: Bool? = nil) {
            self.propagation = propagation
            self.isNonRecursive = isNonRecursive
            self.createsMountpoint = createsMountpoint
        }

        enum CodingKeys: String, CodingKey {
            case propagation = "Propagation"
            case isNonRecursive = "NonRecursive"
            case createsMountpoint = "CreateMountpoint"
        }
    }

    package struct TmpfsOptions: Hashable, Sendable, Codable {
        package var sizeBytes: Int64?
        /// Permissions, as a number.
        package var mode: Int?

        package init(sizeBytes: Int64? = nil, mode: Int? = nil) {
            self.sizeBytes = sizeBytes
            self.mode = mode
        }

        enum CodingKeys: String, CodingKey {
            case sizeBytes = "SizeBytes"
            case mode = "Mode"
        }
    }

    /// Where the host publishes a port.
    package struct PortBinding: Hashable, Sendable, Codable {
        package var hostIP: String?
        /// A number as text, as the Engine has it.
        package var hostPort: String?

        package init(hostIP: String? = nil, hostPort: Int? = nil) {
            self.hostIP = hostIP
            self.hostPort = hostPort.map(String.init)
        }

        enum CodingKeys: String, CodingKey {
            case hostIP = "HostIp"
            case hostPort = "HostPort"
        }
    }

    package struct RestartPolicy: Hashable, Sendable, Codable {
        package enum Name: String, Sendable, Codable {
            case no, always
            case unlessStopped = "unless-stopped"
            case onFailure = "on-failure"
        }

        package var name: Name
        package var maximumRetries: Int?

        package init(_ name: Name, maximumRetries: Int? = nil) {
            self.name = name
            self.maximumRetries = maximumRetries
        }

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case maximumRetries = "MaximumRetryCount"
        }
    }

    package struct LogConfig: Hashable, Sendable, Codable {
        package var driver: String
        package var options: [String: String]

        package init(driver: String, options: [String: String] = [:]) {
            self.driver = driver
            self.options = options
        }

        enum CodingKeys: String, CodingKey {
            case driver = "Type"
            case options = "Config"
        }
    }

    package struct Ulimit: Hashable, Sendable, Codable {
        package var name: String
        package var soft: Int64
        package var hard: Int64

        package init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case soft = "Soft"
            case hard = "Hard"
        }
    }
}

/// New limits for a container that exists; what is nil stays as it is.
package struct ContainerLimits: Hashable, Sendable, Encodable {
    package var memory: Int64?
    package var memorySwap: Int64?
    package var memoryReservation: Int64?
    package var nanoCPUs: Int64?
    /// Microseconds of each period; -1 for no limit.
    package var cpuQuota: Int64?
    package var cpuShares: Int64?
    package var pidsLimit: Int64?
    package var restartPolicy: ContainerSpec.RestartPolicy?

    package init() {}

    enum CodingKeys: String, CodingKey {
        case memory = "Memory"
        case memorySwap = "MemorySwap"
        case memoryReservation = "MemoryReservation"
        case nanoCPUs = "NanoCpus"
        case cpuQuota = "CpuQuota"
        case cpuShares = "CpuShares"
        case pidsLimit = "PidsLimit"
        case restartPolicy = "RestartPolicy"
    }
}
