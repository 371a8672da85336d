import FrappeModel
import Planning
import Rendering

/// Takes a site out of service, keeps its last dump and its directory, and drops its database.
///
/// In this order, each stage recorded, so that a kill at any moment loses nothing: unrouted, dumped, directory moved,
/// database dropped or, where the site has a server of its own, that server removed and its data moved, record removed.
/// A rerun goes on where it stopped; no other verb touches a site that is closing.
struct SiteArchive: Sendable {
    let host: HostContext
    let operation: Operation
    let convergence: Convergence
    let site: Site
    let record: SiteRecord

    private var mode: DatabaseMode { DatabaseMode(server: record.databaseServer) }
    private var needsDump: Bool { record.created && record.closing != .dumped }

    /// - Returns: where the dump, the directory and the data of its own server are; none for a site that never came to
    ///   be.
    func take() async throws -> [String] {
        try requireStorage()
        try await PublicURL.removeLeftover(of: site, host: host, operation: operation.id)
        let limits = FilesLimits(host: host)
        let (name, directory) = try await limits.lifted(of: site.bench) {
            if needsDump { try await closeAndDump(mode == .external ? nil : try console()) }
            let name = try archiveName()
            let directory = try await step("archive", "its directory is kept") { try await moveDirectory(name) }
            if let directory { try limits.release(directory, of: site.bench) }
            return (name, directory)
        }
        let kept = (directory.map { [$0] } ?? []) + (try await takeDatabase(name))
        host.secrets.remove(.databasePassword(of: site.name))
        host.secrets.remove(.databaseCertificates(of: site.name))
        try host.store.removeSite(site.name, manifests: site.manifestKeys)
        return kept
    }

    /// Fails where its files cannot be reached, or could not be kept afterwards.
    private func requireStorage() throws {
        if let trouble = try StorageLook(host).trouble(of: site.bench, on: nil) {
            throw OperationError.failed("\(trouble.reason); nothing was deleted", next: trouble.next)
        }
        let generation = host.layout.generation(of: site.bench)
        if HostFiles.isDirectory(generation) { _ = try archive.shelf(for: generation) }
        if mode == .dedicated { try databaseArchive(record.archive ?? "").requireShelf() }
    }

    private var archive: Archive { Archive(layout: host.layout) }

    private func databaseArchive(_ name: String) -> DatabaseArchive {
        DatabaseArchive(host: host, server: record.databaseServer, name: "\(name)-mariadb")
    }

    /// What becomes of the database; of one that others made nothing is taken away.
    private func takeDatabase(_ name: String) async throws -> [String] {
        switch mode {
        case .dedicated:
            return try await step("server", "its data is kept") {
                try await databaseArchive(name).take().map { [$0] } ?? []
            }
        case .shared:
            try await step("drop", "its dump is kept") { try await console().dropDatabase(record.databaseName) }
            return []
        case .external:
            if record.fillsDatabase == true, !record.created {
                try await step("clear", "it was empty before") { try await clearExternal() }
                return []
            }
            if record.created {
                host.progress(
                    .warning(
                        "the database \(record.databaseName) on \(record.databaseServer) is left as it is: "
                            + "it was not made by frappectl"))
            }
            return []
        }
    }

    /// What an unfinished site left in a database that was empty.
    private func clearExternal() async throws {
        guard let external = site.externalDatabase,
            let network = convergence.desired.networks.first(where: { $0.bench == site.bench })
        else { return }
        let bench = try desiredBench()
        let client = ExternalClient(
            host: host, operation: operation.id, rendering: convergence.rendering, bench: bench.bench,
            release: bench.release, network: network.name)
        let login = try ExternalLogin(external, of: site, record, SecretValues(kept: host.secrets))
        try await ExternalNewDatabase(site: site, login: login, client: client).undo(record)
    }

    private func console() throws -> DatabaseConsole {
        guard let server = runningDatabase else {
            throw OperationError.failed(
                "its database server \(record.databaseServer) does not run, so there is no last dump",
                next: "frappectl up, then this command again")
        }
        return DatabaseConsole(engine: host.engine, container: server)
    }

    /// Chosen once, so that a rerun goes on with the same directories.
    private func archiveName() throws -> String {
        var record = try host.store.sites()[site.name] ?? record
        if let chosen = record.archive { return chosen }
        let name = "\(Delete.stamp(host.now))-\(site.siteName)"
        record.archive = name
        try host.store.put(record)
        return name
    }

    /// A dump that fails brings the site back into service: nothing was deleted.
    ///
    /// - Parameter console: nil where the server is not ours: whether the database is there the dump itself tells.
    private func closeAndDump(_ console: DatabaseConsole?) async throws {
        guard directoryExists, try await console?.databaseExists(record.databaseName) ?? true else {
            throw OperationError.failed(
                "the directory or the database of \(site.siteName) is missing, so no last dump can be made; nothing was deleted",
                next: "look at \(host.layout.sites(of: site.bench)) and at database \(record.databaseName)")
        }
        try await ensureRoom(console)
        try await step("close", "no request is to reach it") { try await mark(.unrouted) }
        do {
            try await step("dump", "its last dump is kept") { try await dump() }
        } catch {
            // Where the Engine cannot be asked now, the next deletion removes them.
            try? await removeHalfDump()
            await bringBack()
            throw error
        }
        try await mark(.dumped)
    }

    /// Where that cannot be written down, the deletion is under way still, and the first cause is the one to tell.
    private func bringBack() async {
        do { try await mark(nil) } catch {
            let reason = ErrorWords(error).reason
            host.progress(
                .warning("\(site.siteName) is not back in service, the same command ends its deletion: \(reason)"))
        }
    }

    private func mark(_ stage: SiteRecord.Closing?) async throws {
        var record = record
        record.closing = stage
        try host.store.put(record)
        if stage != .dumped { try await convergence.proxy.route(nil) }
    }

    private var directoryExists: Bool {
        HostFiles.kind("\(host.layout.sites(of: site.bench))/\(site.siteName)") == .directory
    }

    private func step<Result>(_ kind: String, _ cause: String, _ work: () async throws -> Result) async throws -> Result
    {
        let step = Step(
            id: "\(kind) \(site.siteName)", action: .verifySite(site), bench: site.bench,
            subject: "site \(site.siteName)",
            cause: cause)
        host.progress(.preparing(subject: step.subject, text: "\(kind): \(cause)"))
        return try await operation.step(step.id, kind: "site-\(kind)", subject: step.subject, cause: cause, work)
    }

    private var runningDatabase: String? {
        convergence.observed.containers.first {
            $0.identity?.component == .mariadb && $0.identity?.instance == record.databaseServer && $0.state == .running
        }?.name
    }

    private var once: OneShot {
        OneShot(
            host: host, operation: operation.id,
            name: host.layout.objectName("once", host.layout.shortID(site.name), "delete-site"), step: "delete-site",
            labels: [Label.bench: site.bench.name, Label.namespace: site.bench.namespace, Label.site: site.siteName])
    }

    private func desiredBench() throws -> DesiredBench {
        guard let bench = convergence.desired.benches[site.bench] else {
            throw OperationError.failed(
                "bench \(site.bench) was never up: its image is not known yet", next: "frappectl up")
        }
        return bench
    }

    /// A whole backup by bench itself, inside the site's own directory, which is kept next.
    private func dump() async throws {
        let definition = try convergence.rendering.commands(.maintenance, of: try desiredBench())
        let path = "/home/frappe/frappe-bench/sites/\(Self.dumpDirectory(of: site))"
        let work = BenchCommands(
            remove: [],
            commands: [
                .init(
                    shown: "backup --with-files",
                    arguments: ["frappe", "--site", site.siteName, "backup", "--with-files", "--backup-path", path])
            ], marker: nil)
        let (code, lines) = try await once.complete(
            definition, files: [OneShotInput.path: try OneShotInput.encode(work)],
            output: { [host, site] line in
                host.progress(.preparing(subject: "site \(site.siteName)", text: TerminalText.plain(line)))
            })
        guard code == 0 else {
            throw OperationError.failed(
                "the last dump of \(site.siteName) failed (\(code)); nothing was deleted\n"
                    + lines.map { "    | \($0)" }.joined(separator: "\n"),
                next: "mend what these lines tell, then this command again")
        }
    }

    /// A dump that filled the disk leaves no room for what serves.
    private func removeHalfDump() async throws {
        let work = BenchCommands(remove: [Self.dumpDirectory(of: site)], commands: [], marker: nil)
        var definition = try convergence.rendering.commands(.maintenance, of: try desiredBench())
        definition.network = nil
        definition.aliases = []
        _ = try await once.run(definition, files: [OneShotInput.path: try OneShotInput.encode(work)])
        try await once.remove()
    }

    /// Fails while the site still serves where its dump has no room: uploaded files are kept as they are, tables become
    /// text that is compressed to a quarter of their files at most.
    private func ensureRoom(_ console: DatabaseConsole?) async throws {
        let sites = host.layout.sites(of: site.bench)
        let tables = try await console?.dataSize(of: record.databaseName) ?? 0
        let files = try await filesSize()
        try DiskRoom(needs: [
            .init(what: "the last dump of \(site.siteName)", path: sites, bytes: tables / 4 + files),
            .init(what: "the journal", path: host.layout.root, bytes: DiskRoom.change),
        ]).ensure(root: host.layout.root)
    }

    /// Bytes of uploaded files; counted inside, since no tree that containers write is walked from the host.
    private func filesSize() async throws -> Int {
        let directory = "/generation/sites/\(site.siteName)"
        let bench = try desiredBench()
        var definition = try convergence.rendering.oneShot(
            "prepare", for: .maintenance, bench: bench.bench, release: bench.release)
        definition.entrypoint = ["du"]
        definition.command = [
            "--summarize", "--total", "--block-size=1", "\(directory)/public/files", "\(directory)/private/files",
        ]
        // A site without one of the directories is no reason to keep it.
        _ = try await once.run(definition)
        let total = await once.lastLines().last { $0.hasSuffix("total") }
        try await once.remove()
        return total.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
    }

    private static func dumpDirectory(of site: Site) -> String { "\(site.siteName)/private/last-backup" }

    /// Moved out of the tree that containers write by a container that has only its parent mounted, into a directory of
    /// ours, and with that to archived/: whoever runs frappectl without root may not move a directory of uid 1000.
    private func moveDirectory(_ name: String) async throws -> String? {
        let generation = host.layout.generation(of: site.bench)
        let parking = "archived/kept-\(site.siteName)"
        // A rerun may come after all of it was moved.
        defer {
            HostFiles.removeEmptyDirectory("\(generation)/\(parking)")
            HostFiles.removeEmptyDirectory("\(generation)/archived")
        }
        // Earlier builds parked the site one directory above.
        for origin in ["sites", "archived"] where HostFiles.kind("\(generation)/\(origin)/\(site.siteName)") != .none {
            try HostFiles.makeDirectory("\(generation)/archived", mode: 0o700)
            try HostFiles.makeDirectory("\(generation)/\(parking)", mode: 0o700)
            try await move("/generation/\(origin)/\(site.siteName)", to: "/generation/\(parking)/\(site.siteName)")
        }
        guard HostFiles.kind("\(generation)/\(parking)/\(site.siteName)") == .directory else {
            return try movedBefore(name, from: generation)
        }
        let kept = try archive.keep("\(generation)/\(parking)", as: name)
        return "\(kept)/\(site.siteName)"
    }

    /// Where an earlier run moved it; its database is not dropped while nobody knows where its last dump is.
    private func movedBefore(_ name: String, from generation: String) throws -> String? {
        let kept = try archive.kept(name, from: generation).map { "\($0)/\(site.siteName)" }
        if let kept, HostFiles.kind(kept) == .directory { return kept }
        guard record.created else { return nil }
        throw OperationError.failed(
            "the directory of \(site.siteName) with its last dump is neither in \(generation) nor in archived/; "
                + "its database is not dropped", next: "mount its disk, then this command again")
    }

    private func move(_ source: String, to target: String) async throws {
        let bench = try desiredBench()
        var definition = try convergence.rendering.oneShot(
            "prepare", for: .maintenance, bench: bench.bench, release: bench.release)
        definition.entrypoint = ["mv", "--no-target-directory"]
        definition.command = [source, target]
        let (code, lines) = try await once.complete(definition)
        guard code == 0 else {
            throw OperationError.failed(
                "the directory of \(site.siteName) could not be moved\n"
                    + lines.map { "    | \($0)" }.joined(separator: "\n"), next: "df -h \(host.layout.root)")
        }
    }
}
