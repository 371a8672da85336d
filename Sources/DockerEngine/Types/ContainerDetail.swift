/// A container as inspection shows it.
package struct ContainerDetail: Hashable, Sendable, Decodable {
    package let id: String
    /// Without the leading slash.
    package let name: String
    /// The image's id.
    package let imageID: String
    package let created: Timestamp?
    package let restartCount: Int
    package let state: RunState
    package let config: Config
    package let limits: Limits
    package let isolation: Isolation
    package let networks: [String: NetworkAttachment]
    package let mounts: [MountPoint]

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = try object.decode(String.self, forKey: "Id")
        let path = object["Name", or: ""]
        name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        imageID = object["Image", or: ""]
        created = Timestamp(rfc3339: object["Created", or: ""])
        restartCount = object["RestartCount", or: 0]
        state = try object.decode(RunState.self, forKey: "State")
        config = try object.decode(Config.self, forKey: "Config")
        limits = try object.decode(Limits.self, forKey: "HostConfig")
        isolation = try object.decode(Isolation.self, forKey: "HostConfig")
        networks = object.object("NetworkSettings")?["Networks", or: [:]] ?? [:]
        mounts = object["Mounts", or: []]
    }

    /// Whether it runs, and how it ended.
    package struct RunState: Hashable, Sendable, Decodable {
        package let status: ContainerState
        package let pid: Int
        /// Meaningless while it runs.
        package let exitCode: Int
        /// Why it could not be started.
        package let error: String
        package let wasKilledForMemory: Bool
        package let startedAt: Timestamp?
        package let finishedAt: Timestamp?
        package let health: HealthReport?

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            status = ContainerState(rawValue: object["Status", or: ""]) ?? .unknown
            pid = object["Pid", or: 0]
            exitCode = object["ExitCode", or: 0]
            error = object["Error", or: ""]
            wasKilledForMemory = object["OOMKilled", or: false]
            startedAt = Timestamp(rfc3339: object["StartedAt", or: ""])
            finishedAt = Timestamp(rfc3339: object["FinishedAt", or: ""])
            health = object.optional("Health")
        }
    }

    /// What it was created with.
    package struct Config: Hashable, Sendable, Decodable {
        /// The reference it was created with.
        package let image: String
        package let labels: [String: String]
        package let environment: [String]
        package let command: [String]
        package let entrypoint: [String]
        package let user: String
        package let workingDirectory: String
        package let hasTerminal: Bool
        package let stopSignal: String?

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            image = object["Image", or: ""]
            labels = object["Labels", or: [:]]
            environment = object["Env", or: []]
            command = object["Cmd", or: []]
            entrypoint = object["Entrypoint", or: []]
            user = object["User", or: ""]
            workingDirectory = object["WorkingDir", or: ""]
            hasTerminal = object["Tty", or: false]
            stopSignal = object.optional("StopSignal")
        }
    }

    /// What it may use; 0 stands for no limit.
    package struct Limits: Hashable, Sendable, Decodable {
        package let memory: Int64
        package let memoryReservation: Int64
        package let memorySwap: Int64
        package let nanoCPUs: Int64
        /// Microseconds in each period.
        package let cpuQuota: Int64
        package let cpuPeriod: Int64
        package let cpuShares: Int64
        package let pids: Int64
        package let restartPolicy: String
        package let networkMode: String

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            memory = object["Memory", or: 0]
            memoryReservation = object["MemoryReservation", or: 0]
            memorySwap = object["MemorySwap", or: 0]
            nanoCPUs = object["NanoCpus", or: 0]
            cpuQuota = object["CpuQuota", or: 0]
            cpuPeriod = object["CpuPeriod", or: 0]
            cpuShares = object["CpuShares", or: 0]
            pids = object["PidsLimit", or: 0]
            restartPolicy = object.object("RestartPolicy")?["Name", or: ""] ?? ""
            networkMode = object["NetworkMode", or: ""]
        }
    }
}

extension ContainerDetail {
    /// What keeps it from the host, and what of the host it has.
    package struct Isolation: Hashable, Sendable, Decodable {
        package let isPrivileged: Bool
        package let securityOptions: [String]
        package let droppedCapabilities: [String]
        package let addedCapabilities: [String]
        /// Options by path.
        package let tmpfs: [String: String]
        /// By "8000/tcp".
        package let portBindings: [String: [Binding]]

        package struct Binding: Hashable, Sendable, Decodable {
            package let address: String
            package let port: String

            package init(from decoder: any Decoder) throws {
                let object = try decoder.object()
                address = object["HostIp", or: ""]
                port = object["HostPort", or: ""]
            }
        }

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            isPrivileged = object["Privileged", or: false]
            securityOptions = object["SecurityOpt", or: []]
            droppedCapabilities = object["CapDrop", or: []]
            addedCapabilities = object["CapAdd", or: []]
            tmpfs = object["Tmpfs", or: [:]]
            portBindings = object["PortBindings", or: [:]]
        }
    }
}

/// What the health check found lately.
package struct HealthReport: Hashable, Sendable, Decodable {
    package let status: Health
    package let failingStreak: Int
    /// Oldest first.
    package let probes: [Probe]

    package var lastOutput: String? { probes.last?.output }

    package struct Probe: Hashable, Sendable, Decodable {
        package let start: Timestamp?
        package let end: Timestamp?
        package let exitCode: Int
        package let output: String

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            start = Timestamp(rfc3339: object["Start", or: ""])
            end = Timestamp(rfc3339: object["End", or: ""])
            exitCode = object["ExitCode", or: 0]
            output = object["Output", or: ""]
        }
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        status = Health(rawValue: object["Status", or: ""]) ?? .none
        failingStreak = object["FailingStreak", or: 0]
        probes = object["Log", or: []]
    }
}
