import FrappeModel

/// Each component as `status` shows it.
struct StatusComponents: Sendable {
    typealias Seen = (container: ObservedContainer, status: HostStatus.ComponentStatus)

    let host: HostContext
    let desired: DesiredState
    /// By container id.
    let ends: [String: ContainerEnds]

    func seen(_ containers: [ObservedContainer]) async throws -> [Seen] {
        try await withThrowingTaskGroup(of: Seen?.self) { group in
            for container in containers { group.addTask { try await component(container) } }
            var seen: [Seen] = []
            for try await one in group { if let one { seen.append(one) } }
            return seen.sorted { left, right in
                guard let first = left.container.identity, let second = right.container.identity else { return false }
                return first == second ? left.container.name < right.container.name : first < second
            }
        }
    }

    private func component(_ container: ObservedContainer) async throws -> Seen? {
        guard let identity = container.identity, let condition = try await host.engine.state(of: container.id) else {
            return nil
        }
        let usage = container.state == .running ? try await host.engine.counters(of: container.id, condition) : nil
        let memory = ContainerMemory.read(process: condition.process)
        let end = ends[container.id] ?? ContainerEnds()
        let kills = max(end.kills + (memory?.kills ?? 0), condition.wasKilledForMemory ? 1 : 0)
        var status = HostStatus.ComponentStatus(
            name: identity.description, component: identity.component.rawValue, container: container.name,
            state: container.state.rawValue, health: container.health.rawValue, status: container.status,
            restarts: condition.restartCount, isLooping: false, killedForMemory: kills > 0, memoryKills: kills,
            memory: usage?.memory, memoryPeak: memory?.peak, memoryLimit: condition.memoryLimit ?? usage?.memoryLimit,
            cpuSeconds: usage?.cpuSeconds, bench: identity.bench?.description)
        await addLoop(to: &status, condition, end)
        await addData(to: &status, container, identity)
        return (container, status)
    }

    /// What is kept on the disk, where a manifest says what it should stay below.
    private func addData(
        to status: inout HostStatus.ComponentStatus, _ container: ObservedContainer, _ identity: ContainerIdentity
    ) async {
        guard container.state == .running else { return }
        if identity.component == .mariadb, let quota = desired.databaseQuotas[identity.instance] {
            status.dataQuota = quota
            status.dataSize = try? await DatabaseConsole(engine: host.engine, container: container.id).dataSize()
        }
        if identity.component == .redisQueue, let bench = identity.bench,
            let quota = desired.benches[bench]?.bench.redis.storageSize,
            let wanted = desired.containers.first(where: { $0.identity == identity })
        {
            status.dataQuota = quota
            status.dataSize = try? await RedisConsole(
                engine: host.engine, container: container.id, definition: wanted.definition)?.journalSize()
        }
    }

    private func addLoop(
        to status: inout HostStatus.ComponentStatus, _ condition: ContainerCondition, _ end: ContainerEnds
    ) async {
        let isOver = !condition.isRunning && condition.hasStarted || condition.isRestarting
        status.lastExitCode = isOver ? condition.exitCode : end.lastExitCode
        let loop = RestartLoop(
            restarts: condition.restartCount, isRestarting: condition.isRestarting, startedAt: condition.startedAt,
            now: host.now)
        guard loop != nil else { return }
        status.isLooping = true
        // What it says while it starts once more is not why it ended.
        let start = condition.isRestarting ? nil : condition.startedAt
        status.lastLine = await host.engine.lastWords(of: condition.id, before: start)
    }
}
