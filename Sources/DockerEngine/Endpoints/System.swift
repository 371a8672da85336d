extension EngineClient {
    /// Whether the Engine answers.
    package func ping() async throws(EngineError) {
        try await answer(EngineCall(.get, "_ping"))
    }

    package func version() async throws(EngineError) -> EngineVersion {
        try await value(EngineCall(.get, "version"))
    }

    /// The Engine's own view of its host (`/info`).
    package func system() async throws(EngineError) -> EngineSystem {
        try await value(EngineCall(.get, "info"))
    }
}

/// Which Engine this is.
package struct EngineVersion: Hashable, Sendable, Decodable {
    package let version: String
    package let apiVersion: String
    package let minimumAPIVersion: String
    package let operatingSystem: String
    package let architecture: String
    package let kernel: String

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        version = object["Version", or: ""]
        apiVersion = object["ApiVersion", or: ""]
        minimumAPIVersion = object["MinAPIVersion", or: ""]
        operatingSystem = object["Os", or: ""]
        architecture = object["Arch", or: ""]
        kernel = object["KernelVersion", or: ""]
    }
}

/// What the Engine says of its host.
package struct EngineSystem: Hashable, Sendable, Decodable {
    package let id: String
    package let hostName: String
    package let cpus: Int
    /// Bytes.
    package let memory: Int64
    /// Where images and containers are stored.
    package let rootDirectory: String
    package let storageDriver: String
    package let cgroupVersion: String
    package let operatingSystem: String
    package let architecture: String
    package let securityOptions: [String]
    package let warnings: [String]
    /// Whether containers go on while the Engine itself is restarted.
    package let keepsContainersRunning: Bool
    package let logDriver: String
    /// Limits that its kernel enforces.
    package let limitsMemory: Bool
    package let limitsSwap: Bool
    package let limitsCPU: Bool
    package let limitsProcesses: Bool
    /// The Engine's clock; nil when it does not tell.
    package let time: Timestamp?

    package var isRootless: Bool { securityOptions.contains { $0.contains("rootless") } }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = object["ID", or: ""]
        hostName = object["Name", or: ""]
        cpus = object["NCPU", or: 0]
        memory = object["MemTotal", or: 0]
        rootDirectory = object["DockerRootDir", or: ""]
        storageDriver = object["Driver", or: ""]
        cgroupVersion = object["CgroupVersion", or: ""]
        operatingSystem = object["OperatingSystem", or: ""]
        architecture = object["Architecture", or: ""]
        securityOptions = object["SecurityOptions", or: []]
        warnings = object["Warnings", or: []]
        keepsContainersRunning = object["LiveRestoreEnabled", or: false]
        logDriver = object["LoggingDriver", or: ""]
        limitsMemory = object["MemoryLimit", or: true]
        limitsSwap = object["SwapLimit", or: true]
        limitsCPU = object["CpuCfsQuota", or: true]
        limitsProcesses = object["PidsLimit", or: true]
        time = Timestamp(rfc3339: object["SystemTime", or: ""])
    }
}
