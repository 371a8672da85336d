import ComposeTemplates
import Foundation
import FrappeModel
import ManifestParsing
import Planning
import Rendering

/// `delete`: a manifest goes, and with it what it asked for; a site's last dump and directory are kept in archived/.
package struct Delete: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// - Parameter name: the object's, or of a site also its site name.
    /// - Returns: what was kept, as paths.
    package func run(_ kind: ManifestKind, _ name: ObjectName) async throws -> [String] {
        let documents = try host.store.documents()
        let bySiteName = documents.first {
            kind == .site && $0.key.kind == .site && $0.value["spec"]?["siteName"]?.string == name.name
        }
        let key = try bySiteName?.key ?? documents.named(name, kind).key
        return try await host.operation(subject: "\(key)", locks: [.host: .exclusive]) { operation in
            switch key.kind {
            case .site: try await deleteSite(key, operation)
            case .bench: try await deleteBench(key, operation)
            case .secret, .host: try deleteUnused(key)
            }
        }
    }

    private func deleteUnused(_ key: ManifestKey) throws -> [String] {
        let rest = try host.store.documents().filter { $0.key != key }
        // Refused with the manifest that still names it.
        _ = try ManifestSet.merge(stored: [], documents: rest)
        if key.kind == .secret {
            for document in try host.store.documents() where document.key == key {
                for name in ManifestParser.keptKeys(of: document) {
                    host.secrets.remove(.manifest(key.object, key: name))
                }
            }
        }
        try host.store.remove(key)
        return []
    }

    private func deleteBench(_ key: ManifestKey, _ operation: Operation) async throws -> [String] {
        let records = try host.store.sites().values.filter { $0.bench == key.object }.map(\.siteName).sorted()
        guard records.isEmpty else {
            throw OperationError.failed(
                "bench \(key.object) has sites: \(records.joined(separator: ", "))",
                next: records.map { "frappectl delete site \($0) --yes \($0)" }.joined(separator: "; "))
        }
        let pending = try host.store.documents().filter {
            $0.key.kind == .site && $0.value["spec"]?["benchRef"]?["name"]?.string == key.object.name
        }
        for document in pending { try host.store.remove(document.key) }
        try host.store.remove(key)
        let set = try ManifestSet.merge(stored: try host.store.documents(), files: [])
        _ = try await Up(host).converge(set, operation: operation)
        try host.store.removeReleases(of: key.object)
        try host.store.removeFacts(.configured, keys: [host.layout.slug(key.object)])
        return try archiveBench(key.object)
    }

    /// Its directory is moved, never removed: logs and what people put there stay readable.
    private func archiveBench(_ bench: ObjectName) throws -> [String] {
        let directory = host.layout.benchDirectory(bench)
        guard HostFiles.kind(directory) == .directory else { return [] }
        let target = "\(host.layout.archived)/\(Self.stamp(host.now))-bench-\(host.layout.slug(bench))"
        try HostFiles.move(directory, to: target)
        return [target]
    }

    static func stamp(_ time: Double) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return formatter.string(from: Date(timeIntervalSince1970: time))
    }
}

// Sites.
extension Delete {
    private func deleteSite(_ key: ManifestKey, _ operation: Operation) async throws -> [String] {
        let set = try ManifestSet.merge(stored: try host.store.documents(), files: [])
        guard let site = set.manifests.sites[key.object] else { return [] }
        guard let record = try host.store.sites()[key.object] else {
            try host.store.remove(key)
            return []
        }
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        let convergence = try await Convergence.prepare(host: host, set: set, releases: releases)
        let archive = try await SiteArchive(
            host: host, operation: operation, convergence: convergence, site: site, record: record
        ).take()
        try host.store.remove(key)
        let rest = try ManifestSet.merge(stored: try host.store.documents(), files: [])
        // What serves goes on serving even where the rest of the host has to wait for an `up`.
        _ = try await Up(host).converge(rest, operation: operation, scope: .bench(site.bench))
        host.secrets.remove(.databasePassword(of: site.name))
        return archive.map { [$0] } ?? []
    }
}

/// Takes a site out of service, keeps its last dump and its directory, and drops its database.
///
/// In this order, each stage recorded, so that a kill at any moment loses nothing: unrouted, dumped, directory moved,
/// database dropped, record removed. A rerun goes on where it stopped; no other verb touches a site that is closing.
struct SiteArchive: Sendable {
    let host: HostContext
    let operation: Operation
    let convergence: Convergence
    let site: Site
    let record: SiteRecord

    /// - Returns: where the dump and the directory are; nil for a site that never came to be.
    func take() async throws -> String? {
        guard let server = runningDatabase else {
            throw OperationError.failed(
                "its database server \(record.databaseServer) does not run, so there is no last dump",
                next: "frappectl up, then delete again")
        }
        let console = DatabaseConsole(engine: host.engine, container: server)
        if record.created, record.closing != .dumped {
            try await closeAndDump(console)
        }
        let kept = try await step("archive", "its directory is kept") { try await moveDirectory() }
        try await step("drop", "its dump is kept") { try await console.dropDatabase(record.databaseName) }
        try host.store.removeSite(site.name)
        return kept
    }

    /// A dump that fails brings the site back into service: nothing was deleted.
    private func closeAndDump(_ console: DatabaseConsole) async throws {
        guard directoryExists, try await console.databaseExists(record.databaseName) else {
            throw OperationError.failed(
                "the directory or the database of \(site.siteName) is missing, so no last dump can be made; nothing was deleted",
                next: "look at \(host.layout.sites(of: site.bench)) and at database \(record.databaseName)")
        }
        try await step("close", "no request is to reach it") { try await mark(.unrouted) }
        do {
            try await step("dump", "its last dump is kept") { try await dump() }
        } catch {
            try await mark(nil)
            throw error
        }
        try await mark(.dumped)
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
            throw OperationError.failed("bench \(site.bench) has no release", next: "frappectl up")
        }
        return bench
    }

    private func definition() throws -> ContainerDefinition {
        let bench = try desiredBench()
        var definition = try convergence.rendering.oneShot("once", bench: bench.bench, release: bench.release)
        definition.workingDirectory = "/home/frappe/frappe-bench/sites"
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-u", "-c", ComposeTemplate.commands]
        return definition
    }

    /// A whole backup by bench itself, inside the site's own directory, which is kept next.
    private func dump() async throws {
        let definition = try definition()
        let path = "/home/frappe/frappe-bench/sites/\(site.siteName)/private/last-backup"
        let work = BenchCommands(
            remove: [],
            commands: [
                .init(
                    shown: "backup --with-files",
                    arguments: ["frappe", "--site", site.siteName, "backup", "--with-files", "--backup-path", path])
            ], marker: nil)
        let code = try await once.run(
            definition, files: [OneShotInput.path: try OneShotInput.encode(work)],
            output: { [host, site] line in
                host.progress(.preparing(subject: "site \(site.siteName)", text: TerminalText.plain(line)))
            })
        guard code == 0 else {
            let lines = await once.lastLines()
            try await once.remove()
            throw OperationError.failed(
                "the last dump of \(site.siteName) failed (\(code)); nothing was deleted\n"
                    + lines.map { "    | \($0)" }.joined(separator: "\n"),
                next: "mend the cause, then delete again")
        }
        try await once.remove()
    }

    /// Moved out of the tree that containers write by a container that has only its parent mounted, then to archived/.
    private func moveDirectory() async throws -> String? {
        let name = "\(Delete.stamp(host.now))-\(site.siteName)"
        let generation = host.layout.generation(of: site.bench)
        let parking = "\(generation)/archived"
        try HostFiles.makeDirectory(parking, mode: 0o700)
        if HostFiles.kind("\(host.layout.sites(of: site.bench))/\(site.siteName)") != .none {
            try await moveOut(to: "/generation/archived/\(site.siteName)")
        }
        guard HostFiles.kind("\(parking)/\(site.siteName)") == .directory else { return nil }
        let target = "\(host.layout.archived)/\(name)"
        try HostFiles.move("\(parking)/\(site.siteName)", to: target)
        return target
    }

    private func moveOut(to target: String) async throws {
        let bench = try desiredBench()
        var definition = try convergence.rendering.oneShot("prepare", bench: bench.bench, release: bench.release)
        definition.entrypoint = ["mv", "--no-target-directory"]
        definition.command = ["/generation/sites/\(site.siteName)", target]
        let code = try await once.run(definition)
        let lines = await once.lastLines()
        try await once.remove()
        guard code == 0 else {
            throw OperationError.failed(
                "the directory of \(site.siteName) could not be moved\n"
                    + lines.map { "    | \($0)" }.joined(separator: "\n"), next: "df -h \(host.layout.root)")
        }
    }
}
