import FrappeModel
import Rendering
import StateStore

/// Looks at what is: two list calls of the Engine, a few names on the disk, what was recorded.
///
/// What more is looked at belongs to `Standstill` too.
struct Observation: Sendable {
    let host: HostContext
    private var disk: DiskLook { DiskLook(layout: host.layout) }

    /// - Parameter lists: the Engine's, where they were read a moment ago.
    func observe(benches: some Collection<ObjectName>, lists: EngineLists? = nil) async throws -> ObservedState {
        async let reading = known(lists)
        var state = ObservedState()
        state.sitePhases = try host.store.sites()
        state.definitions = try host.store.facts(.definition)
        let sites = Dictionary(grouping: state.sitePhases.values, by: \.bench)
        for bench in benches {
            state.siteDirectories[bench] = disk.directories(among: sites[bench, default: []].map(\.siteName), of: bench)
        }
        state.configured = try configured(benches)
        state.databaseDirectories = disk.databases
        state.extractedAssets = disk.assets
        let lists = try await reading
        state.containers = lists.containers
        state.networks = lists.networks
        let draining = try draining(among: state.containers)
        state.draining = Set(draining.keys)
        state.justTold = Set(
            draining.filter { (0..<Double(ContainerSteps.drainWait)).contains(host.now - $0.value) }.keys)
        return state
    }

    /// The names of web containers whose sockets are not there; asked once the containers are proven, since one that is
    /// starting makes its socket meanwhile.
    func withoutSocket(among containers: [ObservedContainer]) -> Set<String> {
        Set(containers.filter(lacksSocket).map(\.name))
    }

    private func known(_ lists: EngineLists?) async throws -> EngineLists {
        if let lists { return lists }
        return try await EngineLists.read(host.engine)
    }

    /// Whether a web container serves at a socket that is not there any more: its probe does not ask there.
    private func lacksSocket(_ container: ObservedContainer) -> Bool {
        guard container.state == .running, let identity = container.identity, identity.component == .web,
            let bench = container.bench, let hash = container.definitionHash
        else { return false }
        return HostFiles.kind("\(host.layout.run(of: bench))/\(HostLayout.socketFile(identity, hash: hash))") == .none
    }

    /// What was configured counts only while its directories are there.
    private func configured(_ benches: some Collection<ObjectName>) throws -> [ObjectName: String] {
        let recorded = try host.store.facts(.configured, as: String.self)
        var result: [ObjectName: String] = [:]
        for bench in benches where disk.hasSites(bench) {
            result[bench] = recorded[host.layout.slug(bench)]
        }
        return result
    }

    /// When containers were told to go, as long as a long job may take; those that are gone are forgotten.
    private func draining(among containers: [ObservedContainer]) throws -> [String: Double] {
        let recorded = try host.store.facts(.draining, as: Double.self)
        let present = Set(containers.map(\.id))
        let longest = Double(ContainerSteps.longestJob)
        return recorded.filter { present.contains($0.key) && host.now - $0.value < longest }
    }
}
