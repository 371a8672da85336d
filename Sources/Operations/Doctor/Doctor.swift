import Diagnosis
import FrappeModel
import Planning
import Rendering

/// What `doctor` found; the stable schema of its `--json`.
package struct DoctorReport: Codable, Sendable {
    package var root: String
    package var seconds: Double
    package var failures: Int
    package var warnings: Int
    package var findings: [Finding]
}

/// `doctor`: looks at everything an installation stands on, changes nothing, and works where nothing else does.
///
/// It opens no installation as other verbs do: that would make directories and migrate the database.
package struct Doctor: Sendable {
    let root: Root
    let socket: String
    /// How long any one look may take; a look that needs another's answer comes after it.
    private let limit = Duration.milliseconds(500)
    /// The same for what others have to answer.
    private let patience = Duration.milliseconds(1000)

    package init(root path: String, socket: String) throws {
        root = try Root(path)
        self.socket = socket
    }

    package func run() async -> DoctorReport {
        let start = ContinuousClock.now
        let findings = await look()
        return DoctorReport(
            root: root.path, seconds: (ContinuousClock.now - start).seconds,
            failures: findings.count { $0.level == .fail }, warnings: findings.count { $0.level == .warn },
            findings: findings)
    }

    private func look() async -> [Finding] {
        let root = root
        async let engineLook = EngineLook.take(socket: socket, within: patience)
        async let stateLook = Bounded.blocking(limit) { StateLook.take(root) }
        async let kernel = Bounded.blocking(limit) { MachineDiagnosis.kernel(MachineLook.kernel()) }
        let (engine, state) = (await engineLook, await stateLook)
        let known =
            state ?? StateLook(facts: .init(root: root.path, database: "", state: .unreadable(user: DoctorUser.name)))
        async let machine = machine(engine, known)
        async let services = services(engine, known)
        async let drift = drift(engine, known)
        var findings = EngineDiagnosis.findings(engine.facts)
        findings += state.map { self.state($0) } ?? [.unknown("state", "the state database")]
        findings += await machine
        findings += await kernel ?? [.unknown("kernel", "the kernel's settings")]
        findings += await services
        findings += await drift
        return findings
    }

    /// A look into every container, which takes longer than the others.
    private func drift(_ engine: EngineLook, _ state: StateLook) async -> [Finding] {
        guard engine.answers else { return [] }
        let look = DriftLook(socket: socket, engine: engine, state: state)
        let findings = await Bounded.calling(.seconds(4)) { try await look.findings() ?? [] }
        return findings ?? [.unknown("drift", "what was changed from outside")]
    }

    private func state(_ look: StateLook) -> [Finding] {
        let findings = InstallationDiagnosis.state(look.facts)
        guard let problem = look.problem else { return findings }
        return findings + [
            Finding(
                .fail, "state", "what was applied is no longer accepted", reason: problem,
                next: "mend the file, then: frappectl up -f FILE")
        ]
    }

    private func machine(_ engine: EngineLook, _ state: StateLook) async -> [Finding] {
        let docker = engine.system?.rootDirectory ?? "/var/lib/docker"
        let root = root.path
        async let disk = Bounded.blocking(limit) {
            MachineDiagnosis.disk(
                MachineLook.disks(HostDisks.places(root: root, docker: docker, state.manifests)))
        }
        async let storage = Bounded.blocking(limit) {
            state.storageTroubles.map { InstallationDiagnosis.storage($0.bench, $0.trouble) }
        }
        async let memory = Bounded.blocking(limit) {
            let commitment = MemoryLimits.commitment(state)
            return MachineDiagnosis.memory(MachineLook.memory(limits: commitment?.limits, budget: commitment?.budget))
        }
        async let clock = Bounded.blocking(limit) {
            MachineDiagnosis.clock(
                ClockFacts(isSynchronised: MachineLook.clockIsSynchronised(), engineAhead: engine.facts.clockAhead))
        }
        async let owners = Bounded.blocking(limit) { FileLook(state, engine)?.troubles() }
        var findings = await disk ?? [.unknown("disk", "the disk")]
        findings += await storage ?? [.unknown("storage", "the disks of benches")]
        findings += await memory ?? [.unknown("memory", "the memory")]
        findings += await clock ?? [.unknown("clock", "the clock")]
        guard let paths = await owners else { return findings + [.unknown("owners", "owners and modes")] }
        return findings + (paths.map(InstallationDiagnosis.owners) ?? [])
    }

    private func services(_ engine: EngineLook, _ state: StateLook) async -> [Finding] {
        let root = root.path
        let look = ServiceLook(engine: engine, state: state)
        async let subnets = Bounded.blocking(limit) { look.subnets().map(NetworkDiagnosis.findings) ?? [] }
        // Apart from the look at all sockets, which can take long: what was not seen in time is not taken for absent.
        let master = await Bounded.blocking(limit) { PortLook.master(root: root) }
        let isRunning = master.map { $0 != nil } ?? true
        let ports = await Bounded.blocking(limit) { PortLook(engine: engine, state: state, master: master ?? nil) }
        async let nginx = look.nginx(within: limit, isRunning: isRunning)
        async let sites = isRunning ? look.sites(within: patience) : []
        var findings =
            ports.map { PortDiagnosis.ports($0.ports()) + PortDiagnosis.listeners($0.listeners()) }
            ?? [.unknown("ports", "who listens")]
        findings += await subnets ?? [.unknown("subnets", "the host's networks")]
        findings += ServiceDiagnosis.nginx(await nginx)
        findings += ServiceDiagnosis.certificates(look.orderedNames, certbot: Certbot.find())
        findings += ServiceDiagnosis.images(look.images())
        findings += ServiceDiagnosis.containers(look.containers())
        return findings + ServiceDiagnosis.sites(await sites)
    }
}

/// What our containers may use at most, as the manifests say, and what there is for them.
enum MemoryLimits {
    static func commitment(_ state: StateLook) -> MemoryCommitment? {
        guard state.contents?.releases.isEmpty == false else { return nil }
        return (try? DriftLook.desired(state)).flatMap(\.self).flatMap(MemoryCommitment.init)
    }
}

extension FileLook {
    /// Nil where there is nothing to look at.
    init?(_ state: StateLook, _ engine: EngineLook) {
        guard let layout = state.layout, let contents = state.contents else { return nil }
        let benches = contents.releases.keys.filter { HostFiles.kind(layout.generation(of: $0)) == .directory }
        self.init(
            layout: layout, manifests: state.manifests, benches: benches.sorted(),
            databases: Set(contents.sites.filter(\.created).map(\.databaseServer).filter { !ExternalDatabase.owns($0) })
                .sorted())
    }
}
