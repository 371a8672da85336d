import Diagnosis
import FrappeModel
import Planning
import Rendering

/// The deep look as `doctor` takes it: with what the state database tells, and without an installation opened.
struct DriftLook: Sendable {
    let socket: String
    let engine: EngineLook
    let state: StateLook

    /// Nil where nothing of ours runs, or nothing is known of what should.
    func findings() async throws -> [Finding]? {
        guard engine.answers, let layout = state.layout, let contents = state.contents, !contents.releases.isEmpty,
            let desired = try Self.desired(state)
        else { return nil }
        var observed = ObservedState()
        observed.containers = engine.containers.filter { $0.labels[Label.root] == layout.rootID }
            .map(ObservedContainer.init)
        guard observed.containers.contains(where: { $0.state == .running }) else { return nil }
        observed.sitePhases = Dictionary(contents.sites.map { ($0.object, $0) }) { first, _ in first }
        observed.deep = try await DeepObservation(
            engine: EngineAccess(socketPath: socket, rootID: layout.rootID), layout: layout,
            secrets: SecretStore(directory: layout.secrets), desired: desired, observed: observed, limit: .seconds(3)
        ).look()
        // Modes are told with owners.
        observed.deep?.modes = []
        let known = Set(state.manifests.benches.keys)
        return DriftDiagnosis.findings(Planner(desired: desired, observed: observed, knownBenches: known).deepPlan())
    }

    /// What is to be, from what was recorded.
    static func desired(_ state: StateLook) throws -> DesiredState? {
        guard let contents = state.contents, let layout = state.layout else { return nil }
        let port = state.manifests.host.httpPort
        let rendering = try DesiredRendering(
            manifests: state.manifests, releases: contents.releases, layout: layout,
            machine: Machine.current.sized(before: contents.machine[Convergence.memoryFact]),
            edgeConfiguration: { try Proxy.edgeConfiguration(sites: $0, bench: $1, port: port) })
        var allocations = Allocations(subnets: contents.subnets, ports: contents.ports)
        return try rendering.desired(&allocations)
    }
}
