import FrappeModel
import Rendering

/// The deep look: what lists do not tell of containers, and what only their own programs know.
///
/// It changes nothing, and what does not answer is told among the notes.
struct DeepObservation: Sendable {
    let engine: EngineAccess
    let layout: HostLayout
    let secrets: SecretStore
    let desired: DesiredState
    let observed: ObservedState
    /// How long one program inside a container may take.
    var limit = Duration.seconds(10)

    func look() async throws -> DeepLook {
        var look = try await engine.enforcedLimits()
        async let containers = inspected()
        async let databases = databases()
        async let redis = redis()
        async let configurations = ConfigurationLook(self).differences()
        look.containers = try await containers
        (look.databases, look.redis) = (await databases, await redis)
        look.configurations = await configurations
        look.modes = modes()
        look.notes = silent(look) + (await ExternalDatabaseNotes(self).notes())
        return look
    }

    /// A container that is to be and the one of that name that is.
    struct Pair: Sendable {
        let wanted: DesiredContainer
        let found: ObservedContainer
    }

    /// Whether they run or not.
    private var current: [Pair] {
        let byName = Dictionary(observed.containers.map { ($0.name, $0) }) { first, _ in first }
        return desired.containers.compactMap { wanted in byName[wanted.name].map { Pair(wanted: wanted, found: $0) } }
    }

    func running(_ component: Component) -> [Pair] {
        current.filter { $0.wanted.identity.component == component && $0.found.state == .running }
    }

    private func inspected() async throws -> [String: ContainerLook] {
        let images = try await Polling.all(Array(Set(current.map(\.found.imageID)))) { id in
            try await engine.environment(ofImage: id).map { (id, $0) }
        }
        return try await Polling.all(current) { pair in
            try await engine.look(at: pair.found.id, imageEnvironment: images[pair.found.imageID] ?? []).map {
                (pair.found.id, $0)
            }
        }
    }

    private func databases() async -> [String: DatabaseLook] {
        await answers(servers) { server in
            let console = DatabaseConsole(engine: engine, container: server.container.id)
            return (server.name, try await console.accounts())
        }
    }

    /// Those that run, also where they are to be replaced: their accounts are in the data, and stay.
    private var servers: [(name: String, container: ObservedContainer)] {
        let wanted = Set(desired.containers.filter { $0.identity.component == .mariadb }.map(\.identity.instance))
        return observed.containers.compactMap { container in
            guard container.state == .running, let identity = container.identity, identity.component == .mariadb,
                wanted.contains(identity.instance)
            else { return nil }
            return (identity.instance, container)
        }
    }

    /// Those with settings of a Redis.
    private var redisServers: [Pair] {
        (running(.redisCache) + running(.redisQueue)).filter { console(of: $0) != nil }
    }

    private func console(of pair: Pair) -> RedisConsole? {
        RedisConsole(engine: engine, container: pair.found.id, definition: pair.wanted.definition)
    }

    private func redis() async -> [String: RedisLook] {
        await answers(redisServers) { pair in
            guard let console = console(of: pair) else { throw CancellationError() }
            return (pair.found.id, try await console.look())
        }
    }

    /// Answers of those that give one in time.
    private func answers<Asked: Sendable, Key: Hashable & Sendable, Value: Sendable>(
        _ asked: [Asked], _ ask: @escaping @Sendable (Asked) async throws -> (Key, Value)
    ) async -> [Key: Value] {
        let answers = try? await Polling.all(asked) { one in await Bounded.calling(limit) { try await ask(one) } }
        return answers ?? [:]
    }

    private func modes() -> [ModeDifference] {
        FileLook(layout: layout, manifests: Manifests(), benches: [], databases: []).secrets().compactMap { facts in
            guard case .mode(let mode, let wanted) = facts.trouble else { return nil }
            return ModeDifference(path: facts.path, mode: mode, wanted: wanted)
        }
    }

    /// What is there and told nothing.
    private func silent(_ look: DeepLook) -> [String] {
        var notes: [String] = []
        for server in servers where look.databases[server.name] == nil {
            notes.append("accounts on \(server.name) were not looked at: it does not answer")
        }
        for pair in redisServers where look.redis[pair.found.id] == nil {
            notes.append("settings of \(pair.wanted.name) were not looked at: it does not answer")
        }
        for bench in desired.benches.keys.sorted()
        where look.configurations[bench] == nil && observed.configured[bench] != nil {
            notes.append("configuration files of bench \(bench) were not looked at: none of its containers answers")
        }
        return notes.sorted()
    }
}
