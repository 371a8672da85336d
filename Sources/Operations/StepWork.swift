import FrappeModel
import Rendering

/// The work behind each kind of step.
struct StepWork: Sendable {
    let convergence: Convergence
    let operation: Operation
    private let trouble = AuthorityTrouble()

    init(convergence: Convergence, operation: Operation) {
        self.convergence = convergence
        self.operation = operation
    }

    var host: HostContext { convergence.host }
    private var containers: ContainerSteps { ContainerSteps(host: host) }
    private var preparation: PrepareSteps {
        PrepareSteps(host: host, operation: operation.id, rendering: convergence.rendering)
    }

    /// - Parameter proof: lets what a step started wait for what its proof needs.
    func perform(_ step: Step, _ proof: @escaping ProofTurn = {}) async throws {
        let host = self.host
        let progress: @Sendable (String) -> Void = {
            host.progress(.stepProgress(id: step.id, text: TerminalText.plain($0)))
        }
        switch step.action {
        case .createNetwork(let network): try await host.engine.create(network)
        case .removeNetwork(let network): try await host.engine.removeNetwork(network.id)
        case .prepareDatabase(let server): try await preparation.prepareDatabase(server)
        case .prepareBench(let bench): try await preparation.prepareBench(try desired(bench))
        case .requireStorage(let trouble): throw StepReason(description: trouble.reason, next: trouble.next)
        case .limitFiles(let bench, let bytes): try FilesLimits(host: host).set(bench, to: bytes)
        case .configureBench(let bench): try await preparation.configureBench(try desired(bench))
        case .extractAssets(let bench): try await preparation.extractAssets(try desired(bench))
        case .start(let container), .startBeside(let container, _):
            try await start(container, proof, progress: progress)
        case .replace(let container, let old):
            try ensureSecrets(of: container)
            try await containers.replace(container, old: old, proof, progress: progress)
        case .attach(let attachment): try await attach(attachment)
        case .reconnect(let container, let attachment):
            try await attach(attachment)
            if container.identity.component.keepsConnections { try await restart(container, proof, progress: progress) }
        case .restart(let container): try await restart(container, proof, progress: progress)
        case .rejoin(let container, let attachment):
            try await host.engine.disconnect(container.name, from: attachment.network)
            try await attach(attachment)
            if container.identity.component.keepsConnections { try await restart(container, proof, progress: progress) }
        case .rename(let container, let name): try await host.engine.rename(container.id, to: name)
        case .setLimits(let container, let found): try await host.engine.update(found.id, to: container.definition)
        case .setRedis(let container, let settings):
            try await RedisConsole(
                engine: host.engine, container: container.name, definition: container.definition)?.set(settings)
        case .detach(let container, let network): try await host.engine.disconnect(container.id, from: network)
        case .remove(let container): try await containers.remove(container)
        case .discard(let container): try await containers.discard(container)
        case .drain(let container): try await containers.drain(container, progress: progress)
        case .createSite(let site): try await createSite(site, progress: progress)
        case .configureSite(let site):
            try await PublicURL(
                host: host, operation: operation.id, rendering: convergence.rendering, bench: try desired(site.bench),
                site: site
            ).write(progress: progress)
        case .setRootPassword(let server, let container):
            try await RootPassword(host: host, server: server, container: container.name).set(convergence.set.manifests)
        case .grant(let site, let database, let subnet): try await grant(site, database, subnet)
        case .limitStatements(let site, let database, let subnet): try await limitStatements(site, database, subnet)
        case .restoreConfiguration(let site, let keys):
            try await RestoreConfiguration(
                host: host, operation: operation.id, rendering: convergence.rendering, bench: try desired(site.bench),
                site: site
            ).write(keys, progress: progress)
        case .setMode(let path, let mode): try HostFiles.setMode(path, to: mode)
        case .route(let bench): try await convergence.proxy.route(bench)
        case .installService: try await convergence.proxy.installService()
        case .scheduleRenewal(let drift): try await schedule(drift)
        case .verifySite(let site): try await verify(site, progress: progress)
        case .obtainCertificate(let order): try await IssuedCertificates(host: host).obtain(order, trouble)
        }
    }

    private func schedule(_ drift: RenewalDrift) async throws {
        let timer = RenewalTimer(host)
        if drift.isWanted { try await timer?.install() } else { try await timer?.remove() }
    }

    func desired(_ bench: ObjectName) throws -> DesiredBench {
        guard let desired = convergence.desired.benches[bench] else {
            throw StepReason(description: "bench \(bench) was never up: its image is not known yet")
        }
        return desired
    }

    private func start(
        _ container: DesiredContainer, _ proof: ProofTurn, progress: @escaping @Sendable (String) -> Void
    ) async throws {
        try ensureSecrets(of: container)
        try await containers.start(container, proof, progress: progress)
    }

    private func restart(
        _ container: DesiredContainer, _ proof: ProofTurn, progress: @escaping @Sendable (String) -> Void
    ) async throws {
        try await host.engine.restart(container.name)
        try await start(container, proof, progress: progress)
    }

    private func ensureSecrets(of container: DesiredContainer) throws {
        guard container.identity.component == .mariadb else { return }
        try preparation.ensureDatabaseSecrets(container.identity.instance)
    }

    private func attach(_ attachment: NetworkAttachment) async throws {
        guard let container = convergence.desired.containers.first(where: { $0.identity == attachment.container })
        else {
            throw StepReason(description: "\(attachment.container) is no longer in the manifests")
        }
        try await host.engine.connect(container.name, to: attachment.network, aliases: attachment.aliases)
    }

    /// A site is Ready when its own page has answered through the proxy, its application and its database.
    private func verify(_ site: Site, progress: @escaping @Sendable (String) -> Void) async throws {
        guard var record = try host.store.sites()[site.name] else { return }
        let answer = await SiteProbe(host: host, manifests: convergence.set.manifests).waitUntilReady(site)
        record.phase = answer == nil ? .ready : .failed
        record.reason = answer
        try host.store.put(record)
        if let answer {
            throw StepReason(
                description: answer, next: "frappectl logs \(site.bench) web; mend the cause, then frappectl up")
        }
    }
}
