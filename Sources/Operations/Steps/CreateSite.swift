import FrappeModel
import ManifestParsing
import Rendering

/// Makes a site so that a failure or a kill at any moment is undone and a retry works.
///
/// The record is written before the first effect, and only where nothing of that name is in the way: what a record in
/// the phase Provisioning names is therefore ours to undo. A marker in the site's directory, written by the one-shot
/// container as its last deed, tells a finished site from rubbish.
struct CreateSite: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering
    let bench: DesiredBench
    let site: Site
    let database: any NewDatabase
    let progress: @Sendable (String) -> Void

    static let marker = ".frappectl-created"

    func run() async throws {
        let record = try await recordIntent()
        guard !record.created, record.closing == nil else { return }
        if isComplete { return try await finish(record) }
        if case .finished(exitCode: 0) = try await once.awaitLeftover(output: progress), isComplete {
            return try await finish(record)
        }
        try await undo(record)
        do {
            let intended = try recordBeginning(record)
            try await create(intended)
            try await finish(intended)
        } catch let reason as StepReason {
            // What cannot be undone now is undone by the next run; the first cause is the one to tell.
            let current = try host.store.sites()[site.name] ?? record
            do { try await undo(current) } catch  where !(error is CancellationError) {}
            try put(try host.store.sites()[site.name] ?? current, .failed, reason.description)
            throw reason
        }
    }

    /// From here on the site is somebody's: it is never undone again.
    private func finish(_ record: SiteRecord) async throws {
        try await database.finish(record)
        var record = record
        record.created = true
        record.fillsDatabase = nil
        if site.externalDatabase == nil { record.maxStatementSeconds = site.maxStatementSeconds }
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

    private func recordIntent() async throws -> SiteRecord {
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
        let claim = try await database.claim(taken: Set(records.values.map(\.databaseName)))
        var fresh = SiteRecord(
            object: site.name, siteName: site.siteName, bench: site.bench, phase: .provisioning,
            databaseName: claim.name, databaseServer: claim.server)
        fresh.databaseUser = claim.user
        fresh.fillsDatabase = claim.fills.map { _ in false }
        try host.store.put(fresh)
        return fresh
    }

    /// Before the container that does it, whose result a later run may take when the manifest has another URL, and
    /// which may leave something in a database that is not ours.
    private func recordBeginning(_ record: SiteRecord) throws -> SiteRecord {
        var record = record
        record.publicURL = publicURL
        if record.fillsDatabase != nil { record.fillsDatabase = true }
        try host.store.put(record)
        return record
    }

    private func put(_ record: SiteRecord, _ phase: SitePhase, _ reason: String?) throws {
        var record = record
        // A deletion that was given up leaves the name it had chosen.
        record.archive = nil
        record.phase = phase
        record.reason = reason
        try host.store.put(record)
    }

    private func create(_ record: SiteRecord) async throws {
        let adminPassword = try SiteSecrets(host: host).adminPassword(of: site)
        let encryptionKey = try SiteSecrets(host: host).encryptionKey(of: site)
        progress(
            DatabaseMode(server: record.databaseServer) == .external
                ? "using database \(record.databaseName)" : "creating database \(record.databaseName)")
        let options = try await database.make(record)
        let redaction = Redaction(
            secrets: options.secrets + [adminPassword] + [encryptionKey].compactMap(\.self))
        let work = NewSiteWork(
            site: site, bench: bench, record: record, options: options, adminPassword: adminPassword,
            encryptionKey: encryptionKey, publicURL: publicURL)
        var files = work.files
        files[OneShotInput.path] = try OneShotInput.encode(work.commands)
        try await runNewSite(files, redaction)
    }

    private func runNewSite(_ files: [String: [UInt8]], _ redaction: Redaction) async throws {
        let progress = self.progress
        let definition = try rendering.commands(.siteInit, of: bench)
        let code = try await once.run(definition, files: files) { progress(redaction($0)) }
        guard code == 0, isComplete else {
            throw StepReason(
                description: "the site could not be made: new-site exited with \(code)",
                logs: await once.failureLines().map { redaction($0) },
                next: "mend what these lines tell, then frappectl up; "
                    + "or give it up: frappectl delete site \(site.siteName) --yes \(site.siteName)")
        }
    }

    private var publicURL: String {
        rendering.manifests.publicURL(of: site)
    }

    /// Takes away what a failed or interrupted creation left: container, database, accounts, directory.
    private func undo(_ record: SiteRecord) async throws {
        try await once.remove()
        try await database.undo(record)
        if record.fillsDatabase == true {
            var record = record
            record.fillsDatabase = false
            try host.store.put(record)
        }
        guard directoryExists else { return }
        progress("removing what an earlier try left")
        let work = BenchCommands(remove: [site.siteName], commands: [], marker: nil)
        var definition = try rendering.commands(.siteInit, of: bench)
        definition.network = nil
        definition.aliases = []
        let code = try await once.run(definition, files: [OneShotInput.path: try OneShotInput.encode(work)])
        guard code == 0, !directoryExists else {
            throw StepReason(
                description: "what an earlier try left in sites/\(site.siteName) could not be removed",
                logs: await once.failureLines(),
                next: "rm -r \(host.layout.sites(of: site.bench))/\(site.siteName), then frappectl up")
        }
        try await once.remove()
    }
}
