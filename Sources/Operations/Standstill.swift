import CurlTransport
import FoundationEssentials
import FrappeModel
import Rendering
import StateStore

/// Remembers by fingerprints what was found where nothing was to be done.
///
/// A plan follows from what is stored and from what was looked at, and from nothing else. So while both are as they were
/// when the plan was empty it is empty again, without being made. Reality is looked at each time, as for any plan: the
/// Engine's lists, names on the disk, every file that nginx serves from, nginx itself.
struct Standstill: Sendable {
    let host: HostContext

    /// What all was like when nothing was to be done. Kept beside the state: losing it costs a slower run.
    struct Memory: Codable, Sendable {
        fileprivate var stored: String
        fileprivate var here: String
        fileprivate var engine: String
        fileprivate var version: String
        fileprivate var subjects: Subjects
        fileprivate var components: Int
        fileprivate var sites: Int
        fileprivate var notes: [String]

        /// What the Engine has now.
        func lists(_ engine: EngineAccess) async -> EngineLists? { await engine.plainLists(version: version) }

        /// What a run that finds nothing to do prints; nil where the Engine has something else now.
        func report(_ lists: EngineLists, seconds: Double) -> UpReport? {
            guard engine == lists.fingerprint else { return nil }
            let plan = Plan(unchangedComponents: components, unchangedSites: sites, notes: notes)
            return UpReport(plan: plan, siteCount: sites, seconds: seconds)
        }
    }

    /// What to look at that no list tells.
    struct Subjects: Codable, Sendable, Hashable {
        var benches: [ObjectName]
        /// Directories below each bench's `sites/`.
        var sites: [[String]]
        /// Of each bench.
        var storageSizes: [Int?]
        var certificates: Set<CertificateSource>
        /// When the next certificate of an authority is due, in seconds since 1970; nil where none ever is.
        var nextCertificate: Double?
        /// Logins of what others run, Redis and databases, and root's of our own.
        var logins: [SecretName]
        var isService: Bool
        /// Whether certificates are to be renewed every day.
        var isRenewed: Bool
        /// Where nginx listens.
        var address: String
        var port: Int
    }

    private var path: String { "\(host.layout.agent)/standstill.json" }

    func memory() -> Memory? {
        HostFiles.read(path).flatMap { try? JSONDecoder().decode(Memory.self, from: Data($0)) }
    }

    /// Whether all but the Engine is as it was, and nginx answers with the files that lie there.
    func isSame(as memory: Memory) async throws -> Bool {
        async let serving = servedGeneration(memory.subjects)
        if let next = memory.subjects.nextCertificate, host.now >= next { return false }
        guard memory.stored == (try stored()), memory.here == (try here(memory.subjects)) else { return false }
        return await serving == IngressStaging(prefix: host.layout.nginx).currentGeneration
    }

    private func servedGeneration(_ subjects: Subjects) async -> Int? {
        let address = ["0.0.0.0", "::"].contains(subjects.address) ? "127.0.0.1" : subjects.address
        let answer = await PlainExchange.get(
            "/\(host.layout.rootID)", host: IngressState.generationHost,
            at: .tcp(host: address, port: subjects.port, tls: false), timeout: .seconds(1))
        guard let answer, answer.status == 200 else { return nil }
        return Int(answer.text.filter { !$0.isWhitespace })
    }

    /// Everything as it was before a plan was made.
    struct Before: Sendable {
        fileprivate var stored: String
        fileprivate var here: String
        fileprivate var subjects: Subjects
        fileprivate var lists: EngineLists
    }

    /// Nil where what a plan is made of cannot be told by a fingerprint.
    func before(_ lists: EngineLists, _ set: ManifestSet) throws -> Before? {
        guard let subjects = try subjects(set), let here = try here(subjects) else { return nil }
        return Before(stored: try stored(), here: here, subjects: subjects, lists: lists)
    }

    /// Remembers that nothing was to be done, if nothing moved while that was found out.
    func remember(_ report: UpReport, _ before: Before, _ set: ManifestSet) throws {
        guard report.plan.isEmpty, set.warnings.isEmpty, report.kept.isEmpty,
            report.sites.allSatisfy({ $0.phase != .failed }),
            before.lists.containers.allSatisfy({ $0.state == .running && [.healthy, .none].contains($0.health) }),
            before.stored == (try stored()), before.here == (try here(before.subjects)),
            try host.store.facts(.draining, as: Double.self).isEmpty, let version = before.lists.version
        else { return }
        let memory = Memory(
            stored: before.stored, here: before.here, engine: before.lists.fingerprint,
            version: version, subjects: before.subjects,
            components: report.plan.unchangedComponents, sites: report.sites.count, notes: report.plan.notes)
        try HostFiles.replace(path, with: [UInt8](try JSONEncoder().encode(memory)), mode: 0o600, durable: false)
    }

    /// What is intended and recorded, and what we make of it: this program, this machine.
    private func stored() throws -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(try host.store.fingerprint())
        fingerprint.add([host.layout.root, host.layout.rootID, ProgramFile.identity])
        fingerprint.add(host.machine.memory)
        fingerprint.add(host.machine.cores)
        return fingerprint.text
    }

    private func subjects(_ set: ManifestSet) throws -> Subjects? {
        let manifests = set.manifests
        guard manifests.host.ingressMode == .own, !HostFiles.isDirectory(host.layout.snippets) else { return nil }
        let records = try host.store.sites().values
        let benches = manifests.benches.keys.sorted()
        let certificates = manifests.sites.values.flatMap { site in
            site.hostNames.compactMap { site.certificate(for: $0) }
        }
        let issued = try IssuedCertificates(host: host).records()
        let turns = manifests.sites.values.flatMap { site in
            site.hostNames.compactMap { name in
                site.certificateRequest(for: name).flatMap { request in
                    (issued[name] ?? CertificateRecord()).nextChange(for: request.account, after: host.now)
                }
            }
        }
        let logins = Set(
            manifests.benches.values.compactMap(\.redis.external?.secret)
                + manifests.sites.values.compactMap(\.externalDatabase?.secret))
        return Subjects(
            benches: benches,
            sites: benches.map { bench in records.filter { $0.bench == bench }.map(\.siteName).sorted() },
            storageSizes: benches.map { manifests.benches[$0]?.storageSize },
            certificates: Set(certificates), nextCertificate: turns.min(),
            logins: logins.sorted().flatMap { secret in
                ExternalDatabase.Key.allCases.map { .manifest(secret, key: $0.rawValue) }
            } + RootPassword.files(manifests, host.secrets),
            isService: manifests.host.isIngressService, isRenewed: RenewalTimer.isWanted(manifests),
            address: manifests.host.listenAddress, port: manifests.host.httpPort)
    }
}

// Reality, as far as the Engine does not tell it.
extension Standstill {
    private func here(_ subjects: Subjects) throws -> String? {
        guard let proxy = try proxy(subjects) else { return nil }
        var fingerprint = Fingerprint()
        let look = DiskLook(layout: host.layout)
        for (bench, sites) in zip(subjects.benches, subjects.sites) {
            fingerprint.add(look.hasSites(bench) ? 1 : 0)
            fingerprint.add(look.directories(among: sites, of: bench).sorted())
            fingerprint.add(look.sockets(of: bench))
        }
        let benches = zip(subjects.benches, subjects.storageSizes).map { (name: $0, size: $1) }
        let limits = try FilesLimits(host: host).observe(benches)
        for (bench, size) in benches {
            guard let found = limits[bench] else { continue }
            fingerprint.add([bench.description, "\(found.limit ?? 0)"])
            fingerprint.add(found.isToBecome(size) ? 1 : 0)
        }
        fingerprint.add(look.databases.sorted())
        fingerprint.add(look.assets.sorted())
        fingerprint.add(proxy)
        for login in subjects.logins { fingerprint.add(host.secrets.value(login) ?? []) }
        return fingerprint.text
    }

    /// Nil where nginx does not run, or would not at the next boot.
    private func proxy(_ subjects: Subjects) throws -> String? {
        guard !HostFiles.isDirectory(host.layout.snippets) else { return nil }
        let ingress = try? Ingress(
            settings: IngressSettings(
                prefix: host.layout.nginx, logsDirectory: host.layout.logs, rootIdentifier: host.layout.rootID)
        ) { _, _ in (0, "") }
        guard let ingress, let master = ingress.masterProcess else { return nil }
        var fingerprint = Fingerprint()
        fingerprint.add(ingress.nginx.executable)
        fingerprint.add(IngressSettings.defaultWorkerUser() ?? "")
        fingerprint.add(Systemd.isPossible ? 1 : 0)
        if subjects.isService, Systemd.isPossible {
            let service = try IngressService(layout: host.layout, nginx: ingress.nginx.executable)
            guard service.drift(master: master) == nil else { return nil }
        }
        guard RenewalTimer.drift(isWanted: subjects.isRenewed, host) == nil else { return nil }
        for source in subjects.certificates.sorted(by: { $0.words < $1.words }) {
            for name in source.values {
                guard let value = host.secrets.value(name) else { return nil }
                fingerprint.add(value)
            }
        }
        ingress.staging.add(to: &fingerprint)
        return fingerprint.text
    }
}

extension EngineLists {
    /// All but the Engine's words, which count the time.
    var fingerprint: String {
        var fingerprint = Fingerprint()
        fingerprint.add(containers.count)
        for container in containers.sorted(by: { $0.id < $1.id }) {
            fingerprint.add([
                container.id, container.name, container.state.rawValue, container.health.rawValue, container.imageID,
            ])
            fingerprint.add(container.networks.sorted())
            add(container.labels, to: &fingerprint)
        }
        fingerprint.add(networks.count)
        for network in networks.sorted(by: { $0.id < $1.id }) {
            fingerprint.add([network.id, network.name])
            fingerprint.add(network.subnets)
            add(network.labels, to: &fingerprint)
        }
        return fingerprint.text
    }

    private func add(_ labels: [String: String], to fingerprint: inout Fingerprint) {
        fingerprint.add(labels.count)
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) { fingerprint.add([name, value]) }
    }
}
