import FrappeModel
import Rendering
import StateStore

/// Looks at what is: two list calls of the Engine, a few names on the disk, what was recorded.
struct Observation: Sendable {
    let host: HostContext

    func observe(benches: some Collection<ObjectName>) async throws -> ObservedState {
        async let containers = host.engine.containers()
        async let networks = host.engine.networks()
        var state = ObservedState()
        state.sitePhases = try host.store.sites()
        state.definitions = try host.store.facts(.definition)
        for bench in benches { look(at: bench, into: &state) }
        state.configured = try configured(benches)
        state.databaseDirectories = directories(in: host.layout.databases).filter {
            HostFiles.kind(host.layout.database($0)) == .directory
        }
        state.extractedAssets = Set(
            directories(in: host.layout.assets).filter { !$0.hasSuffix(".partial") }.map { "sha256:\($0)" })
        state.containers = try await containers
        state.networks = try await networks
        state.draining = try draining(among: state.containers)
        return state
    }

    private func look(at bench: ObjectName, into state: inout ObservedState) {
        let sites = host.layout.sites(of: bench)
        let names = state.sitePhases.values.filter { $0.bench == bench }.map(\.siteName)
        state.siteDirectories[bench] = Set(names.filter { HostFiles.kind("\(sites)/\($0)") == .directory })
    }

    /// What was configured counts only while its directories are there.
    private func configured(_ benches: some Collection<ObjectName>) throws -> [ObjectName: String] {
        let recorded = try host.store.facts(.configured, as: String.self)
        var result: [ObjectName: String] = [:]
        for bench in benches where HostFiles.kind(host.layout.sites(of: bench)) == .directory {
            result[bench] = recorded[host.layout.slug(bench)]
        }
        return result
    }

    private func directories(in parent: String) -> Set<String> {
        Set(HostFiles.names(in: parent).filter { HostFiles.kind("\(parent)/\($0)") == .directory })
    }

    /// Containers told to go, as long as a long job may take; those that are gone are forgotten.
    private func draining(among containers: [ObservedContainer]) throws -> Set<String> {
        let recorded = try host.store.facts(.draining, as: Double.self)
        let present = Set(containers.map(\.id))
        let longest = Double(ContainerSteps.longestJob)
        return Set(recorded.filter { present.contains($0.key) && host.now - $0.value < longest }.keys)
    }
}
