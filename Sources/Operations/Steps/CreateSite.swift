import FrappeModel
import ManifestParsing
import Rendering

/// Makes a site so that a failure or a kill at any moment is undone and a retry works.
///
/// The record is written before the first effect, and only where no database of that name exists: what a record in
/// the phase Provisioning names is therefore ours to undo. A marker in the site's directory, written by the one-shot
/// container as its last deed, tells a finished site from rubbish.
struct CreateSite: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering
    let bench: DesiredBench
    let site: Site
    /// The container of the site's database server.
    let databaseContainer: String
    let subnet: IPv4Network
    let progress: @Sendable (String) -> Void

    static let marker = ".frappectl-created"

    func run() async throws {
        let console = DatabaseConsole(engine: host.engine, container: databaseContainer)
        let record = try await recordIntent(console)
        guard !record.created, record.closing == nil else { return }
        if isComplete { return try await finish(record, console) }
        if case .finished(exitCode: 0) = try await once.awaitLeftover(output: progress), isComplete {
            return try await finish(record, console)
        }
        try await undo(record, console)
        do {
            let intended = try recordPublicURL(record)
            try await create(intended, console)
            try await finish(intended, console)
        } catch let reason as StepReason {
            // What cannot be undone now is undone by the next run; the first cause is the one to tell.
            do { try await undo(record, console) } catch  where !(error is CancellationError) {}
            try put(record, .failed, reason.description)
            throw reason
        }
    }

    /// From here on the site is somebody's: it is never undone again.
    private func finish(_ record: SiteRecord, _ console: DatabaseConsole) async throws {
        try await mendAccounts(record, console)
        var record = record
        record.created = true
        record.archive = nil
        record.phase = .provisioning
        try host.store.put(record)
        try await once.remove()
    }

    /// Whether every command of the one-shot container succeeded.
    private var isComplete: Bool {
        HostFiles.kind(of: Self.marker, in: site.siteName, of: host.layout.sites(of: site.bench)) == .file
    }

    private var directoryExists: Bool {
        HostFiles.kind("\(host.layout.sites(of: site.bench))/\(site.siteName)") != .none
    }

    private var once: OneShot {
        OneShot(
            host: host, operation: operation,
            name: host.layout.objectName("once", host.layout.shortID(site.name), "new-site"), step: "new-site",
            labels: [
                Label.bench: site.bench.name, Label.namespace: site.bench.namespace, Label.site: site.siteName,
            ])
    }

    private func recordIntent(_ console: DatabaseConsole) async throws -> SiteRecord {
        let records = try host.store.sites()
        if let known = records[site.name] {
            if !known.created, known.closing == nil { try put(known, .provisioning, nil) }
            return known
        }
        guard !directoryExists else {
            throw StepReason(
                description: "the directory sites/\(site.siteName) exists and was not made by frappectl: left as it is",
                next: "move it out of \(host.layout.sites(of: site.bench)), then frappectl up")
        }
        let name = Self.freeDatabaseName(site, taken: Set(records.values.map(\.databaseName)))
        guard try await !console.databaseExists(name) else {
            throw StepReason(
                description:
                    "a database \(name) exists on \(site.databaseServer) and was not made for this site: left as it is",
                next: "drop it there (frappectl db --admin) or give the site another metadata.name, then frappectl up")
        }
        let fresh = SiteRecord(
            object: site.name, siteName: site.siteName, bench: site.bench, phase: .provisioning, databaseName: name,
            databaseServer: site.databaseServer)
        try host.store.put(fresh)
        return fresh
    }

    /// Before the container that writes it, whose result a later run may take when the manifest has another one.
    private func recordPublicURL(_ record: SiteRecord) throws -> SiteRecord {
        var record = record
        record.publicURL = publicURL
        try host.store.put(record)
        return record
    }

    static func freeDatabaseName(_ site: Site, taken: Set<String>) -> String {
        let name = DatabaseName.make(object: site.name, siteName: site.siteName)
        guard taken.contains(name) else { return name }
        let numbered = (2...).lazy.map { "\(name.prefix(DatabaseName.longest - 4))_\($0)" }
        return numbered.first { !taken.contains($0) } ?? name
    }

    private func put(_ record: SiteRecord, _ phase: SitePhase, _ reason: String?) throws {
        var record = record
        // A deletion that was given up leaves the name it had chosen.
        record.archive = nil
        record.phase = phase
        record.reason = reason
        try host.store.put(record)
    }

    private func create(_ record: SiteRecord, _ console: DatabaseConsole) async throws {
        let password = try host.secrets.valueOrNew(.databasePassword(of: site.name), length: 32)
        let adminPassword = try adminPassword()
        var redaction = Redaction(secrets: [password, adminPassword])
        progress("creating database \(record.databaseName)")
        var newSite = [
            "frappe", "new-site", site.siteName, "--db-name", record.databaseName, "--db-password", password,
        ]
        if bench.release.facts.newSiteSkipsDatabase {
            try await console.createDatabase(record.databaseName, password: password, subnet: subnet)
            newSite += ["--no-setup-db"]
        } else {
            let administratorPassword = SecretStore.password(length: 32)
            try await console.createAdministrator(administrator, password: administratorPassword, subnet: subnet)
            newSite += ["--db-root-username", administrator, "--db-root-password", administratorPassword]
            redaction = Redaction(secrets: redaction.secrets + [administratorPassword])
        }
        let work = work(record, newSite: newSite, adminPassword: adminPassword)
        try await runNewSite(try OneShotInput.encode(work), redaction)
    }

    private func runNewSite(_ input: [UInt8], _ redaction: Redaction) async throws {
        let progress = self.progress
        let definition = try rendering.commands(of: bench)
        let code = try await once.run(definition, files: [OneShotInput.path: input]) { progress(redaction($0)) }
        guard code == 0, isComplete else {
            throw StepReason(
                description: "the site could not be made: new-site exited with \(code)",
                logs: await once.lastLines().map { redaction($0) },
                next: "mend what these lines tell, then frappectl up; "
                    + "or give it up: frappectl delete site \(site.siteName) --yes \(site.siteName)")
        }
    }

    /// The account that older images need for one `new-site`.
    private var administrator: String { "frappectl_\(host.layout.shortID(site.name))" }

    /// What `new-site` of an older image left: its own accounts, pinned to one container's address.
    private func mendAccounts(_ record: SiteRecord, _ console: DatabaseConsole) async throws {
        guard !bench.release.facts.newSiteSkipsDatabase else { return }
        guard let password = host.secrets.text(.databasePassword(of: site.name)) else { return }
        try await console.removeAccounts(administrator)
        try await console.mendAccounts(record.databaseName, password: password, subnet: subnet)
    }

    private func adminPassword() throws -> String {
        if let reference = site.adminPassword {
            let name = SecretName.manifest(reference.secret, key: reference.key)
            guard let value = host.secrets.text(name) else {
                throw StepReason(
                    description: "the Secret \(reference.secret) has no key \(reference.key)",
                    next: "apply it: frappectl up -f FILE with the Secret in it")
            }
            if let problem = host.secrets.value(name).flatMap(ManifestParser.passwordProblem) {
                throw StepReason(
                    description: "the value of \(reference.key) in Secret \(reference.secret) \(problem)",
                    next: "frappectl up -f FILE with the Secret and another password in it")
            }
            return value
        }
        return try host.secrets.valueOrNew(.adminPassword(of: site.name))
    }

    private var apps: [String] {
        (site.apps ?? bench.bench.apps).filter { $0 != "frappe" }
    }

    private func work(_ record: SiteRecord, newSite: [String], adminPassword: String) -> BenchCommands {
        var newSite = newSite + ["--db-host", record.databaseServer, "--db-port", "3306"]
        newSite += ["--admin-password", adminPassword]
        for app in apps { newSite += ["--install-app", app] }
        let site = ["frappe", "--site", self.site.siteName]
        return BenchCommands(
            remove: [],
            commands: [
                .init(shown: "new-site \(self.site.siteName)", arguments: newSite),
                .publicURL(publicURL, of: self.site.siteName),
                .init(shown: "scheduler enable", arguments: site + ["scheduler", "enable"]),
            ],
            marker: "\(self.site.siteName)/\(Self.marker)")
    }

    private var publicURL: String {
        rendering.manifests.publicURL(of: site)
    }

    /// Takes away what a failed or interrupted creation left: container, database, accounts, directory.
    private func undo(_ record: SiteRecord, _ console: DatabaseConsole) async throws {
        try await once.remove()
        try await console.dropDatabase(record.databaseName)
        try await console.removeAccounts(administrator)
        guard directoryExists else { return }
        progress("removing what an earlier try left")
        let work = BenchCommands(remove: [site.siteName], commands: [], marker: nil)
        var definition = try rendering.commands(of: bench)
        definition.network = nil
        definition.aliases = []
        let code = try await once.run(definition, files: [OneShotInput.path: try OneShotInput.encode(work)])
        guard code == 0, !directoryExists else {
            throw StepReason(
                description: "what an earlier try left in sites/\(site.siteName) could not be removed",
                logs: await once.lastLines(),
                next: "rm -r \(host.layout.sites(of: site.bench))/\(site.siteName), then frappectl up")
        }
        try await once.remove()
    }
}
