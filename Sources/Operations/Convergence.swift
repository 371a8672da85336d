import FrappeModel
import Planning
import Rendering
import StateStore

/// One look at what is to be and what is, the plan between them, and its execution.
struct Convergence: Sendable {
    let host: HostContext
    let set: ManifestSet
    let rendering: DesiredRendering
    let desired: DesiredState
    let observed: ObservedState
    let plan: Plan
    let proxy: Proxy

    /// The key of the bytes that sizes were derived from.
    static let memoryFact = "memory"

    /// - Parameters:
    ///   - stores: false to look only, as `plan` does.
    ///   - deep: whether to take the deep look.
    ///   - lists: the Engine's, where they were read a moment ago.
    static func prepare(
        host: HostContext, set: ManifestSet, releases: [ObjectName: Release], stores: Bool = true, deep: Bool = false,
        lists: EngineLists? = nil
    ) async throws -> Convergence {
        let certificates = try IssuedCertificates(host: host).records()
        let set = set.keepingServers(try host.store.sites()).serving(certificates)
        let manifests = set.manifests
        let sized: [String: Int] = try host.store.facts(.machine)
        let machine = host.machine.sized(before: sized[memoryFact])
        var rendering = try DesiredRendering(
            manifests: manifests, releases: releases, layout: host.layout, machine: machine,
            edgeConfiguration: { try Proxy.edgeConfiguration(sites: $0, bench: $1, port: manifests.host.httpPort) })
        let redis = try host.store.facts(.redis, as: ExternalRedisRecord.self)
        for bench in manifests.benches.keys { rendering.redisRevisions[bench] = redis["\(bench)"]?.revision }
        async let observing = Observation(host: host).observe(
            benches: Array(manifests.benches.keys), lists: lists)
        let first = try await render(
            rendering, sizedMemory: sized[memoryFact], host: host, stores: stores, lost: PortConflicts())
        var observed = try await observing
        let conflicts = PortConflicts(first.desired, observed.containers)
        let (desired, passedOver) =
            conflicts.isEmpty
            ? first
            : try await render(
                rendering, sizedMemory: sized[memoryFact], host: host, stores: stores, lost: conflicts)
        observed.storageTroubles = try StorageLook(host).troubles(manifests)
        observed.filesLimits = try FilesLimits(host: host).observe(manifests)
        observed.certificates = certificates
        observed.now = host.now
        observed.lostPorts = passedOver.merging(conflicts.holders) { $1 }
        observed.containers = try await prove(observed.containers, desired: desired, host: host)
        observed.withoutSocket = Observation(host: host).withoutSocket(among: observed.containers)
        let proxy = Proxy(host: host, manifests: manifests, desired: desired)
        observed.routeDrift = desired.benches.isEmpty ? nil : try await proxy.drift(observed)
        observed.routeNotes = proxy.notes
        let values = SecretValues(set, host.secrets)
        observed.changedLogins = ExternalLogins.changed(manifests, observed.sitePhases, values, host.secrets)
        observed.rootPasswordCauses = RootPassword.causes(manifests, values, host.secrets)
        if !desired.benches.isEmpty { observed.serviceDrift = try proxy.serviceDrift() }
        observed.renewalDrift = RenewalTimer.drift(isWanted: RenewalTimer.isWanted(manifests), host)
        if deep {
            observed.deep = try await DeepObservation(
                engine: host.engine, layout: host.layout, secrets: host.secrets, desired: desired, observed: observed
            ).look()
        }
        let planner = Planner(
            desired: desired, observed: observed, knownBenches: Set(manifests.benches.keys), locations: set.locations)
        return Convergence(
            host: host, set: set, rendering: rendering, desired: desired, observed: observed, plan: planner.plan(),
            proxy: proxy)
    }

    /// Renders with what was handed out before; only where more is needed are the host's own subnets and ports read.
    ///
    /// - Returns: what is to be, and who holds ports that would have been the next ones.
    private static func render(
        _ rendering: DesiredRendering, sizedMemory: Int?, host: HostContext, stores: Bool, lost: PortConflicts
    ) async throws -> (desired: DesiredState, passedOver: [String: String]) {
        let stored = Allocations(
            subnets: try host.store.facts(.subnet), ports: try host.store.facts(.port))
        var known = stored
        known.ports = stored.ports.filter { lost.holders[$0.key] == nil }
        var allocations = known
        var desired = try rendering.desired(&allocations)
        if allocations != known {
            var fresh = known
            fresh.takenSubnets = try await host.engine.allSubnets().filter { known.subnets[$0.key] == nil }.flatMap(
                \.value)
            fresh.takenSubnets += HostNetwork.routes()
            fresh.takenPorts = HostNetwork.listeningPorts()
            desired = try rendering.desired(&fresh)
            allocations = fresh
        }
        if stores {
            try host.store.put(allocations.subnets.filter { known.subnets[$0.key] != $0.value }, topic: .subnet)
            try host.store.put(allocations.ports.filter { known.ports[$0.key] != $0.value }, topic: .port)
            let memory = rendering.machine.memory
            if sizedMemory != memory { try host.store.put([memoryFact: memory], topic: .machine) }
        }
        return (desired, allocations.passedOver(since: known, in: rendering.manifests.host.upstreamPorts))
    }

    /// What is to be, with what it needs handed out and kept.
    static func allocated(_ rendering: DesiredRendering, host: HostContext) async throws -> DesiredState {
        let sized: [String: Int] = try host.store.facts(.machine)
        return try await render(
            rendering, sizedMemory: sized[memoryFact], host: host, stores: true, lost: PortConflicts()
        ).desired
    }

    /// The Engine's own probes come late: containers that it still calls starting or unhealthy are asked now, but not
    /// those that were a moment ago, nor those that are cut off from their network, which would only let us wait.
    private static func prove(
        _ containers: [ObservedContainer], desired: DesiredState, host: HostContext
    ) async throws -> [ObservedContainer] {
        let wanted = Dictionary(desired.containers.map { ($0.identity, $0) }) { first, _ in first }
        // By what it is made of: somebody may have renamed it.
        @Sendable func definition(of container: ObservedContainer) -> ContainerDefinition? {
            guard let identity = container.identity, let wanted = wanted[identity],
                wanted.definitionHash == container.definitionHash
            else { return nil }
            return wanted.definition
        }
        let holding = host.proofs.holding(containers, at: host.now) { container in
            guard let definition = definition(of: container),
                definition.network.map({ container.networks.contains($0) }) ?? true
            else { return nil }
            return definition.healthCheck?.interval
        }
        return try await withThrowingTaskGroup(of: ObservedContainer.self) { group in
            for container in containers {
                group.addTask {
                    if holding.contains(container.id) {
                        var proven = container
                        proven.health = .healthy
                        return proven
                    }
                    guard container.state == .running, container.health != .healthy,
                        let definition = definition(of: container), let probe = definition.healthCheck?.probe
                    else { return container }
                    var proven = container
                    // For a moment after its start the Engine says nothing of the health of one that has a check.
                    if proven.health == .none { proven.health = .starting }
                    guard definition.network.map({ container.networks.contains($0) }) ?? true else { return proven }
                    if try await host.engine.passes(probe, in: container.id) { proven.health = .healthy }
                    return proven
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    func plan(_ scope: Scope) -> Plan {
        var part = plan
        part.steps.removeAll { !scope.covers($0) }
        // A certificate that waits for other changes waits for `up`, and holds up nothing meanwhile.
        let foreign = Set(plan.steps.map(\.id)).subtracting(part.steps.map(\.id))
        part.steps.removeAll { step in
            (scope == .certificates || step.action.isOrder) && !step.needs.isDisjoint(with: foreign)
        }
        return part
    }

    /// Benches whose containers that serve were all proven by this look.
    var provenBenches: Set<ObjectName> {
        let wanted = Set(desired.containers.map(\.name))
        return Set(desired.benches.keys).filter { bench in
            observed.containers.filter { container in
                container.bench == bench && wanted.contains(container.name) && container.state == .running
                    && [.web, .socketio].contains(container.identity?.component)
            }.allSatisfy { $0.health == .healthy }
        }
    }

    /// - Parameter plan: that of the scope, or a part of it.
    func execute(_ plan: Plan, _ operation: Operation, _ scope: Scope) async throws {
        guard !plan.isEmpty else { return }
        if scope != .certificates { try refuseForeignNeeds(of: plan) }
        try DiskRoom.toChange(host).ensure(root: host.layout.root)
        let fresh = desired.containers.filter { observed.definitions[$0.definitionHash] == nil }
        try host.store.put(
            Dictionary(fresh.map { ($0.definitionHash, $0.definition) }) { first, _ in first }, topic: .definition)
        let digests = desired.benches.values.compactMap { bench in
            bench.release.digest.map { (bench.release.imageID, $0) }
        }
        try await ImagePull(host: host).ensure(
            images(of: plan), digests: Dictionary(digests) { first, _ in first },
            pullSecrets: Set(desired.benches.values.flatMap(\.bench.pullSecrets)).sorted(), operation: operation)
        let steps = StepWork(convergence: self, operation: operation)
        defer { host.proofs.save(at: host.now) }
        try await Executor(operation: operation) { step, proof in try await steps.perform(step, proof) }.run(plan)
    }

    /// What the plan makes containers of.
    private func images(of plan: Plan) -> Set<String> {
        Set(
            plan.steps.compactMap { step in
                switch step.action {
                case .start(let container), .startBeside(let container, _), .replace(let container, _):
                    container.definition.image
                case .prepareDatabase(let server): rendering.databaseImage(server: server)
                case .prepareBench(let bench), .configureBench(let bench), .extractAssets(let bench):
                    desired.benches[bench]?.release.imageID
                default: nil
                }
            })
    }

    /// A verb about one bench does not mend what benches share: others may be at work there.
    private func refuseForeignNeeds(of part: Plan) throws {
        let own = Set(part.steps.map(\.id))
        let needed = part.steps.reduce(into: Set<String>()) { $0.formUnion($1.needs.union($1.provenAfter)) }
            .subtracting(own)
        let awaited = part.steps.reduce(into: Set<String>()) { $0.formUnion($1.after) }.subtracting(own)
        let missing = plan.steps.first { step in
            // Root is not let in before that is done.
            if case .setRootPassword = step.action, awaited.contains(step.id) { return true }
            return needed.contains(step.id)
        }
        guard let missing else { return }
        throw OperationError.failed(
            "\(missing.subject) \(missing.cause)", next: "frappectl up, then this command again")
    }

    /// The sites as recorded: what a run that changed nothing prints.
    func knownSites() -> [SiteStatus] {
        set.manifests.sites.values.sorted { $0.siteName < $1.siteName }.map { site in
            SiteStatus(site: site, record: observed.sitePhases[site.name], manifests: set.manifests)
        }
    }

    /// The sites as their own pages answer now.
    func observedSites() async throws -> [SiteStatus] {
        try await SiteProbe(host: host, manifests: set.manifests).statuses()
    }
}
