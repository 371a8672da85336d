import Foundation
import FrappeModel
import ManifestParsing

/// `site rename`: another name for a site that exists, with its directory, its routes and what its links begin with.
package struct SiteRename: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// - Parameters:
    ///   - redirects: whether names that it loses lead to its public name from now on.
    ///   - drain: seconds in which its jobs and requests may end.
    package func run(_ name: String, to newName: String, redirects: Bool, drain: Int) async throws -> UpReport {
        try await host.operation(subject: "site \(name)", locks: [.host: .exclusive]) { operation in
            try await settle(operation)
            if let record = try target(name, newName) {
                try await rename(record, to: newName, redirects: redirects, drain: drain, operation)
            }
            return try await Up(host).converge(try host.storedManifests(), operation: operation)
        }
    }

    /// The site to rename; nil where an earlier run did that.
    private func target(_ name: String, _ newName: String) throws -> SiteRecord? {
        let records = try host.store.sites().values
        if let record = records.first(where: { $0.siteName == name }) { return record }
        if records.contains(where: { $0.siteName == newName && $0.renamedFrom == name }) { return nil }
        throw OperationError.unknown("site", name, known: records.map(\.siteName).sorted())
    }

    private func rename(
        _ record: SiteRecord, to newName: String, redirects: Bool, drain: Int, _ operation: Operation
    ) async throws {
        var record = record
        let renaming = SiteRecord.Renaming(newName: newName, redirects: redirects)
        guard record.isServed else {
            throw OperationError.failed(
                "\(record.siteName) was never made whole, or is being deleted",
                next: "frappectl up, then this command again")
        }
        guard record.siteName != newName else {
            throw OperationError.usage("\(newName) is its name already\n  next: frappectl site show \(newName)")
        }
        _ = try renaming.change(of: record.object, in: try host.store.documents())
        try refuseWhatIsInTheWay(record, newName)
        let convergence = try await prepare()
        try convergence.requireRunning(record.bench)
        record.renaming = renaming
        try host.store.put(record)
        try await RenameSite(
            host: host, operation: operation, convergence: convergence, record: record, renaming: renaming
        ).run(drain: drain)
    }

    private func refuseWhatIsInTheWay(_ record: SiteRecord, _ newName: String) throws {
        let directory = "\(host.layout.sites(of: record.bench))/\(newName)"
        guard HostFiles.kind(directory) == .none else {
            throw OperationError.failed(
                "the directory \(directory) is in the way", next: "move it out of there, then this command again")
        }
        // What guards a site must not be left behind with its old name.
        let (old, new) = (
            "\(host.layout.snippets)/sites/\(record.siteName)", "\(host.layout.snippets)/sites/\(newName)"
        )
        let isEmpty = (try? FileManager.default.contentsOfDirectory(atPath: old))?.isEmpty == true
        guard HostFiles.kind(old) == .none || isEmpty || HostFiles.kind(new) != .none else {
            throw OperationError.failed(
                "\(old) holds additions to nginx's configuration that go by the site's name",
                next: "cp -r \(old) \(new), then this command again")
        }
    }

    private func prepare() async throws -> Convergence {
        let set = try host.storedManifests()
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        return try await Convergence.prepare(host: host, set: set, releases: releases)
    }
}

// Renames that were interrupted.
extension SiteRename {
    /// Finishes or undoes them, before anything else looks at these sites.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    func settle(_ operation: Operation) async throws -> Bool {
        let pending = try StorageLook.reachable(try pending(), host) { $0.0.bench }
        for (record, renaming) in pending {
            host.progress(
                .warning(
                    "the rename of \(record.renamedFrom ?? record.siteName) to \(renaming.newName) was interrupted; "
                        + "going on from there"))
            try await RenameSite(
                host: host, operation: operation, convergence: try await prepare(), record: record, renaming: renaming
            ).settle()
        }
        return !pending.isEmpty
    }

    /// Verbs about one bench leave that to those about the host.
    func refusePending(of bench: ObjectName) throws {
        guard let (record, renaming) = try pending().first(where: { $0.0.bench == bench }) else { return }
        throw OperationError.failed(
            "the rename of \(record.siteName) to \(renaming.newName) was interrupted",
            next: "frappectl up, which finishes or undoes it, then this command again")
    }

    private func pending() throws -> [(SiteRecord, SiteRecord.Renaming)] {
        try host.store.sites().values.sorted { $0.siteName < $1.siteName }.compactMap { record in
            record.renaming.map { (record, $0) }
        }
    }
}

extension SiteRecord.Renaming {
    /// What a rename changes among the manifests.
    struct Change {
        var documents: [ManifestDocument]
        /// A further name of the site that becomes its own.
        var removed: [ManifestKey]
    }

    /// The manifest with the new name and, where they are to be kept, the names that the site would lose.
    func change(of object: ObjectName, in stored: [ManifestDocument]) throws -> Change {
        var document = try stored.named(object, .site)
        let before = try ManifestSet.merge(stored: stored, files: []).manifests.sites[object]
        document.value.set(["spec", "siteName"], to: .string(newName))
        document.locations["spec.siteName"] = SourceLocation(place: "site rename")
        let removed = before?.domains.filter { $0.domain == newName }.map { ManifestKey(.domain, $0.name) } ?? []
        let rest = stored.filter { !removed.contains($0.key) }
        let after = try ManifestSet.merge(stored: rest, documents: [document]).manifests.sites[object]
        let kept = redirects ? before?.plainNames.filter { after?.hostNames.contains($0) == false } ?? [] : []
        return Change(
            documents: [document] + kept.map { SiteDomains.redirect($0, to: object) }, removed: removed)
    }
}

extension Convergence {
    /// Jobs drain only where workers run, and nothing moves without the image.
    fileprivate func requireRunning(_ bench: ObjectName) throws {
        let needed = desired.containers.filter {
            $0.identity.bench == bench && [.redisQueue, .web].contains($0.identity.component)
        }
        let running = Set(observed.containers.filter { $0.state == .running }.map(\.name))
        guard !needed.isEmpty, needed.allSatisfy({ running.contains($0.name) }) else {
            throw OperationError.failed(
                "bench \(bench) does not run as it should", next: "frappectl up, then this command again")
        }
    }
}
