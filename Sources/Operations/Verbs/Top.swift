import DockerEngine
import FrappeModel
import Rendering

/// What containers use, by the kernel's counters at two moments.
package struct TopReport: Codable, Sendable {
    package struct Machine: Codable, Sendable {
        package var cores: Int
        /// Of all cores together, from 0 to 1; nil where the kernel does not tell.
        package var busy: Double?
        package var load: Double
        /// Bytes.
        package var memory: Int
        package var memoryAvailable: Int
        /// Bytes that all containers together may be given, and the sum of what those that run are given.
        package var memoryBudget: Int
        package var memoryLimits: Int
    }

    /// What a component uses: bytes, and bytes a second.
    package struct Use: Codable, Sendable, Hashable {
        package var name: String
        package var component: String
        package var container: String
        /// Nil for what benches share.
        package var bench: String?
        /// 1.5 is one and a half cores.
        package var cpu: Double
        /// Cores; nil for no limit.
        package var cpuLimit: Double?
        package var memory: Int
        package var memoryLimit: Int
        package var processes: Int
        /// Nil where the kernel's figures are not ours to see.
        package var diskRead: Int?
        package var diskWritten: Int?
        package var networkReceived: Int
        package var networkSent: Int
    }

    package struct Total: Codable, Sendable, Hashable {
        package var cpu: Double
        package var memory: Int
        package var processes: Int
        package var diskRead: Int
        package var diskWritten: Int
        package var networkReceived: Int
        package var networkSent: Int
    }

    /// Between the two moments.
    package var seconds: Double
    package var machine: Machine
    package var components: [Use]
    package var total: Total
}

/// `top`: each call tells what was used since the one before.
package actor Top {
    private let host: HostContext
    private let bench: ObjectName?
    private var earlier: TopReading?
    /// Definitions never change: those of the containers that were seen.
    private var definitions: [String: ContainerDefinition] = [:]

    /// - Parameter bench: the one whose components are shown, nil for all and what they share.
    package init(_ host: HostContext, bench: ObjectName? = nil) throws {
        self.host = host
        self.bench = try bench.map { try host.bench($0) }
    }

    /// - Parameter interval: between the first two readings; later ones are as far apart as the calls are.
    package func report(interval: Double = 1) async throws -> TopReport {
        if earlier == nil {
            earlier = try await read()
            try await ContinuousClock().sleep(for: .seconds(interval))
        }
        let before = earlier
        let reading = try await read()
        earlier = reading
        return reading.report(since: before ?? reading)
    }

    private func read() async throws -> TopReading {
        let containers = try await host.engine.containers().filter { container in
            container.state == .running && (bench == nil || container.bench == bench)
        }
        let settings = try host.storedManifests().manifests.host
        var reading = TopReading(machine: machine(settings), processors: HostMachine.processors(), time: host.now)
        let engine = host.engine
        let seen = try await withThrowingTaskGroup(of: (ObservedContainer, ContainerCounters?).self) { group in
            for container in containers {
                group.addTask { (container, try await engine.counters(of: container.id)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try learnDefinitions(of: seen.map(\.0))
        for (container, counters) in seen {
            guard let counters else { continue }
            let limit = container.definitionHash.flatMap { definitions[$0]?.limits.cpu }
            reading.containers[container.id] = .init(
                container: container, counters: counters, cpuLimit: limit.map { Double($0) / 1000 })
        }
        return reading
    }

    private func learnDefinitions(of containers: [ObservedContainer]) throws {
        guard containers.contains(where: { $0.definitionHash.map { definitions[$0] == nil } ?? false }) else { return }
        definitions = try host.store.facts(.definition)
    }

    private func machine(_ settings: HostSettings) -> TopReport.Machine {
        let machine = host.machine
        return TopReport.Machine(
            cores: machine.cores, busy: nil, load: HostMachine.load(), memory: machine.memory,
            memoryAvailable: HostMachine.availableMemory(),
            memoryBudget: MemoryBudget(memory: machine.memory, host: settings).total, memoryLimits: 0)
    }
}

extension EngineAccess {
    /// Nil for a container that ended meanwhile.
    ///
    /// From the kernel itself where it is this machine's: the Engine tells a figure when its next second begins.
    func counters(of container: String) async throws -> ContainerCounters? {
        guard let state = try await state(of: container), state.isRunning else { return nil }
        return try await counters(of: container, state)
    }

    func counters(of container: String, _ state: ContainerCondition) async throws -> ContainerCounters? {
        if let counters = ContainerCounters.read(process: state.process, limit: state.memoryLimit) { return counters }
        let stats = try await callIfPresent { () async throws(EngineError) in try await client.stats(of: container) }
        return stats.flatMap { ContainerCounters($0) }
    }
}
