import DockerEngine
import FoundationEssentials
import FrappeModel

/// What an inspection tells about a container at this moment.
struct ContainerCondition: Sendable {
    let id: String
    let isOurs: Bool
    let isRunning: Bool
    /// Between two starts, after it ended by itself.
    let isRestarting: Bool
    let isPaused: Bool
    let isDead: Bool
    let isHealthy: Bool
    /// False for one that was only created.
    let hasStarted: Bool
    /// Seconds since 1970, by the Engine's clock; nil for one that never was.
    let startedAt: Double?
    /// The same of its last end.
    let finishedAt: Double?
    let exitCode: Int
    let restartCount: Int
    let wasKilledForMemory: Bool
    /// The main process's id on the host, 0 while there is none.
    let process: Int
    /// Bytes; nil for no limit.
    let memoryLimit: Int?

    init(_ detail: ContainerDetail, rootID: String) {
        id = detail.id
        isOurs = detail.config.labels[Label.root] == rootID
        isRunning = detail.state.status == .running || detail.state.status == .restarting
        isRestarting = detail.state.status == .restarting
        isPaused = detail.state.status == .paused
        isDead = detail.state.status == .dead
        isHealthy = detail.state.health?.status == .healthy
        hasStarted = detail.state.status != .created
        startedAt = detail.state.startedAt.map { $0.date.timeIntervalSince1970 }
        finishedAt = detail.state.finishedAt.map { $0.date.timeIntervalSince1970 }
        exitCode = detail.state.exitCode
        restartCount = detail.restartCount
        wasKilledForMemory = detail.state.wasKilledForMemory
        process = detail.state.pid
        memoryLimit = detail.limits.memory > 0 ? Int(detail.limits.memory) : nil
    }
}

/// How a command inside a container ended.
struct ExecAnswer: Sendable {
    let exitCode: Int
    let output: String
    let errors: String
}

// Containers.
extension EngineAccess {
    func state(of container: String) async throws -> ContainerCondition? {
        let detail = try await callIfPresent { () async throws(EngineError) in
            try await client.inspectContainer(container)
        }
        return detail.map { ContainerCondition($0, rootID: rootID) }
    }

    func create(name: String, definition: ContainerDefinition, labels: [String: String]) async throws -> String {
        var spec = ContainerSpec(definition)
        spec.labels = labels.merging([Label.root: rootID]) { $1 }
        let complete = spec
        return try await call { () async throws(EngineError) in
            try await client.createContainer(name: name, complete).id
        }
    }

    /// Where a container runs that the Engine lost sight of, it is ended first; containerd forgets it some time later.
    func start(_ container: String) async throws {
        let isStarted = try await Polling.until(within: .seconds(20)) {
            do {
                try await call { () async throws(EngineError) in try await client.startContainer(container) }
                return true
            } catch EngineError.failed(status: 500, message: let message, request: _)
                where Self.tellsLostTask(message)
            {
                guard let id = try await state(of: container)?.id else { return true }
                try await LostTask(container: id).end()
                return false
            }
        }
        guard isStarted else {
            throw StepReason(
                description:
                    "containerd still has a task of \(container), which the Engine lost sight of when it was killed",
                next: "systemctl restart containerd docker, then frappectl up")
        }
    }

    /// Removes a container that the Engine takes for one that never ran, and ends it where it runs all the same.
    func removeWhole(_ container: String) async throws {
        guard let state = try await state(of: container) else { return }
        try await remove(state.id)
        if !state.isRunning { try await LostTask(container: state.id).end() }
    }

    /// Stops it within its own grace, and starts it; one that does not run is left for its start.
    func restart(_ container: String) async throws {
        guard try await state(of: container)?.isRunning == true else { return }
        try await call { () async throws(EngineError) in try await client.restartContainer(container) }
    }

    /// How it ends next, nil where that does not come in time.
    func nextExitCode(of container: String, atMost limit: Duration) async -> Int? {
        try? await Polling.limited(to: limit) { try await client.waitForContainer(container, until: .nextExit).code }
    }

    func unpause(_ container: String) async throws {
        try await call { () async throws(EngineError) in try await client.unpauseContainer(container) }
    }

    /// - Parameter atMost: how long it may take to end by itself; nil for the container's own grace.
    func stop(_ container: String, atMost: Duration?) async throws {
        _ = try await callIfPresent { () async throws(EngineError) in
            try await client.stopContainer(container, timeout: atMost)
        }
    }

    func kill(_ container: String, signal: String) async throws {
        do {
            _ = try await callIfPresent { () async throws(EngineError) in
                try await client.killContainer(container, signal: signal)
            }
        } catch EngineError.conflict {
            // It does not run any more.
        }
    }

    /// Removes a container with its anonymous volumes; one that is not there is as good.
    func remove(_ container: String) async throws {
        do {
            _ = try await callIfPresent { () async throws(EngineError) in
                try await client.removeContainer(container, force: true)
            }
        } catch EngineError.conflict(_, let message) where message.contains("already in progress") {
            _ = try await callIfPresent { () async throws(EngineError) in
                try await client.waitForContainer(container, until: .removed)
            }
        }
    }

    func exitCode(of container: String) async throws -> Int {
        try await call { () async throws(EngineError) in try await client.waitForContainer(container).code }
    }

    /// Waits until the container ends, but no longer than `limit`; whether it ended.
    @discardableResult
    func awaitExit(of container: String, atMost limit: Duration) async throws -> Bool {
        let ended: Void? = try await Polling.limited(to: limit) {
            _ = try await callIfPresent { () async throws(EngineError) in
                try await client.waitForContainer(container)
            }
        }
        return ended != nil
    }
}

extension ContainerSpec {
    init(_ definition: ContainerDefinition) {
        self.init(image: definition.image, command: definition.command, host: HostConfig(definition))
        entrypoint = definition.entrypoint
        environment = definition.environment.map { "\($0.key)=\($0.value)" }.sorted()
        user = definition.user
        workingDirectory = definition.workingDirectory
        stopSignal = definition.stopSignal
        stopTimeout = definition.stopGracePeriod
        exposedPorts = Set(definition.publishedPorts.map { "\($0.container)/tcp" })
        if let check = definition.healthCheck {
            healthcheck = Healthcheck(
                test: check.test, interval: .seconds(check.interval), timeout: .seconds(check.timeout),
                startPeriod: .seconds(check.startPeriod), retries: check.retries)
        }
        if let network = definition.network {
            networking = NetworkingConfig(endpoints: [network: EndpointSettings(aliases: definition.aliases)])
        }
    }
}

extension ContainerSpec.HostConfig {
    init(_ definition: ContainerDefinition) {
        self.init()
        mounts = definition.mounts.map {
            .init(.bind, source: $0.source, target: $0.target, isReadOnly: $0.readOnly)
        }
        tmpfs = definition.temporaryFileSystems
        portBindings = Dictionary(
            definition.publishedPorts.map {
                ("\($0.container)/tcp", [.init(hostIP: "127.0.0.1", hostPort: Int($0.host))])
            }
        ) { first, _ in first }
        restartPolicy = .init(definition.restart == .unlessStopped ? .unlessStopped : .no)
        networkMode = definition.network ?? "none"
        usesInit = definition.initProcess
        securityOptions = definition.securityOptions
        droppedCapabilities = definition.droppedCapabilities
        addedCapabilities = definition.addedCapabilities
        pidsLimit = definition.limits.processes.map(Int64.init)
        memory = definition.limits.memory.map(Int64.init)
        memorySwap = definition.limits.memoryAndSwap.map(Int64.init)
        memoryReservation = definition.limits.memoryReservation.map(Int64.init)
        cpuShares = definition.limits.cpuShares.map(Int64.init)
        nanoCPUs = definition.limits.cpu.map { Int64($0) * 1_000_000 }
        if let driver = definition.logDriver { log = .init(driver: driver, options: definition.logOptions) }
    }
}
