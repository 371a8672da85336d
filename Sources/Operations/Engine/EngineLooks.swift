import DockerEngine
import FrappeModel

// What the deep look asks the Engine, and what it mends there.
extension EngineAccess {
    /// A deep look that says which limits the kernel knows, and nothing else yet.
    func enforcedLimits() async throws -> DeepLook {
        let system = try await call { () async throws(EngineError) in try await client.system() }
        var look = DeepLook()
        look.enforced.memory = system.limitsMemory
        look.enforced.swap = system.limitsSwap
        look.enforced.cpu = system.limitsCPU
        look.enforced.processes = system.limitsProcesses
        look.cores = max(1, system.cpus)
        return look
    }

    /// Nil for a container that has gone meanwhile.
    func look(at container: String, imageEnvironment: [String]) async throws -> ContainerLook? {
        let detail = try await callIfPresent { () async throws(EngineError) in
            try await client.inspectContainer(container)
        }
        return detail.map { ContainerLook($0, imageEnvironment: Set(imageEnvironment)) }
    }

    /// Nil for an image that has gone.
    func environment(ofImage id: String) async throws -> [String]? {
        try await callIfPresent { () async throws(EngineError) in try await client.inspectImage(id) }?
            .config.environment
    }

    /// Gives a container the limits and the restart policy of its definition, while it runs.
    func update(_ container: String, to definition: ContainerDefinition) async throws {
        let host = ContainerSpec.HostConfig(definition)
        var limits = ContainerLimits()
        limits.memory = host.memory
        limits.memorySwap = host.memorySwap
        limits.memoryReservation = host.memoryReservation
        limits.cpuShares = host.cpuShares
        limits.pidsLimit = host.pidsLimit
        limits.restartPolicy = host.restartPolicy
        try await mendCPU(of: container, to: host.nanoCPUs, in: &limits)
        let complete = limits
        try await call { () async throws(EngineError) in
            _ = try await client.updateContainer(container, complete)
        }
    }

    /// The Engine takes no limit away: as many cores as there are stand for none. It knows two ways to set one, and
    /// does not mix them.
    private func mendCPU(of container: String, to wanted: Int64?, in limits: inout ContainerLimits) async throws {
        let now = try await call { () async throws(EngineError) in try await client.inspectContainer(container).limits }
        if now.cpuQuota > 0 {
            var quota = ContainerLimits()
            quota.cpuQuota = -1
            let complete = quota
            try await call { () async throws(EngineError) in
                _ = try await client.updateContainer(container, complete)
            }
        }
        if let wanted, wanted > 0 {
            limits.nanoCPUs = wanted
        } else if now.nanoCPUs > 0 {
            let cores = try await call { () async throws(EngineError) in try await client.system().cpus }
            limits.nanoCPUs = Int64(max(1, cores)) * 1_000_000_000
        }
    }

    func rename(_ container: String, to name: String) async throws {
        try await call { () async throws(EngineError) in try await client.renameContainer(container, to: name) }
    }
}

extension ContainerLook {
    init(_ detail: ContainerDetail, imageEnvironment: Set<String>) {
        self.init()
        image = detail.config.image
        imageID = detail.imageID
        user = detail.config.user
        entrypoint = detail.config.entrypoint
        command = detail.config.command
        workingDirectory = detail.config.workingDirectory
        for entry in detail.config.environment where !imageEnvironment.contains(entry) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            environment[String(parts[0])] = Self.hash(parts.count > 1 ? String(parts[1]) : "")
        }
        mounts = Set(
            detail.mounts.filter { $0.type == "bind" }.map {
                .init(source: $0.source, target: $0.destination, readOnly: !$0.isWritable)
            })
        temporaryFileSystems = Set(detail.isolation.tmpfs.keys)
        publishedPorts = Set(
            detail.isolation.portBindings.flatMap { port, bindings in
                bindings.map { "\($0.address):\($0.port)->\(port.split(separator: "/").first ?? "")" }
            })
        securityOptions = Set(detail.isolation.securityOptions)
        droppedCapabilities = Set(detail.isolation.droppedCapabilities.map(Self.capability))
        addedCapabilities = Set(detail.isolation.addedCapabilities.map(Self.capability))
        isPrivileged = detail.isolation.isPrivileged
        restart = detail.limits.restartPolicy
        limits = ContainerDefinition.Limits(detail.limits)
        aliases = detail.networks.mapValues { Set($0.aliases) }
    }

    /// Engines write `CHOWN` or `CAP_CHOWN`.
    private static func capability(_ name: String) -> String {
        name.hasPrefix("CAP_") ? String(name.dropFirst("CAP_".count)) : name
    }
}

extension ContainerDefinition.Limits {
    init(_ limits: ContainerDetail.Limits) {
        func some(_ value: Int64) -> Int? { value > 0 ? Int(value) : nil }
        self.init()
        memory = some(limits.memory)
        memoryAndSwap = some(limits.memorySwap)
        memoryReservation = some(limits.memoryReservation)
        cpuShares = some(limits.cpuShares)
        processes = some(limits.pids)
        cpu =
            limits.nanoCPUs > 0
            ? Int(limits.nanoCPUs / 1_000_000)
            : limits.cpuQuota > 0
                ? Int(limits.cpuQuota * 1000 / (limits.cpuPeriod > 0 ? limits.cpuPeriod : 100_000)) : nil
    }
}
