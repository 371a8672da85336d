import Foundation
import FrappeModel
import ManifestParsing

/// `delete`: a manifest goes, and with it what it asked for; a site's last dump and directory are kept in archived/.
package struct Delete: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// - Parameter name: the object's, or of a site also its site name.
    /// - Returns: what was kept, as paths.
    package func run(_ kind: ManifestKind, _ name: ObjectName) async throws -> [String] {
        if kind == .bench, try BenchDeparture(host: host).pending().contains(name) {
            return try await host.operation(subject: "bench \(name)", locks: [.host: .exclusive], finishDeletion)
        }
        let documents = try host.store.documents()
        let bySiteName = documents.first {
            kind == .site && $0.key.kind == .site && $0.value["spec"]?["siteName"]?.string == name.name
        }
        let key = try bySiteName?.key ?? documents.named(name, kind).key
        return try await host.operation(subject: "\(key)", locks: [.host: .exclusive]) { operation in
            try await SiteRename(host).settle(operation)
            switch key.kind {
            case .site: return try await deleteSite(key, operation)
            case .bench: return try await deleteBench(key, operation)
            case .domain: return try await deleteDomain(key, operation)
            case .server: return try deleteServer(key)
            default: return try deleteUnused(key)
            }
        }
    }

    private func deleteUnused(_ key: ManifestKey) throws -> [String] {
        let rest = try host.store.documents().filter { $0.key != key }
        // Refused with the manifest that still names it.
        let set = try ManifestSet.merge(stored: [], documents: rest)
        if key.kind == .host { try StorageCheck(host: host, set: set).refuse() }
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

    /// A server that holds databases would go on with another image and other settings.
    private func deleteServer(_ key: ManifestKey) throws -> [String] {
        let sites = try host.store.sites().values.filter { $0.databaseServer == key.object.name }.map(\.siteName)
            .sorted()
        guard sites.isEmpty else {
            throw OperationError.failed(
                "\(key) holds the databases of \(sites.joined(separator: ", "))",
                next: sites.map { "frappectl delete site \($0) --yes \($0)" }.joined(separator: "; "))
        }
        return try deleteUnused(key)
    }

    /// A name goes, and with it its route.
    private func deleteDomain(_ key: ManifestKey, _ operation: Operation) async throws -> [String] {
        try host.store.remove(key)
        let rest = try host.storedManifests()
        _ = try await Up(host).converge(rest, operation: operation, orders: false)
        return []
    }

    private func deleteBench(_ key: ManifestKey, _ operation: Operation) async throws -> [String] {
        let records = try host.store.sites().values.filter { $0.bench == key.object }.map(\.siteName).sorted()
        guard records.isEmpty else {
            throw OperationError.failed(
                "bench \(key.object) has sites: \(records.joined(separator: ", "))",
                next: records.map { "frappectl delete site \($0) --yes \($0)" }.joined(separator: "; "))
        }
        try BenchDeparture(host: host).refuseMountPoint(key.object)
        let stored = try host.storedManifests()
        // Sites that were never made: a namesake of another namespace keeps its own.
        let sites = stored.manifests.sites.values.filter { $0.bench == key.object }
        try host.store.removeBench(key.object, manifests: sites.flatMap(\.manifestKeys) + [key])
        return try await finishDeletion(operation)
    }

    private func finishDeletion(_ operation: Operation) async throws -> [String] {
        let set = try host.storedManifests()
        return try await Up(host).converge(set, operation: operation, orders: false).kept
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
    /// The server that was made for a site which itself was never begun.
    private func archiveUnusedServer(of site: Site, _ operation: Operation) async throws -> [String] {
        guard site.dedicatedDatabase != nil else { return [] }
        let archive = DatabaseArchive(
            host: host, server: site.databaseServer, name: "\(Self.stamp(host.now))-\(site.siteName)-mariadb")
        return try await operation.step(
            "server \(site.siteName)", kind: "site-server", subject: "mariadb \(site.databaseServer)",
            cause: "its data is kept"
        ) { try await archive.take().map { [$0] } ?? [] }
    }

    /// Goes on with deletions that were interrupted; only a database that runs can be dumped.
    ///
    /// - Returns: where the sites were kept; nil where there was none.
    func finishSites(_ operation: Operation) async throws -> [String]? {
        let named = Set(try host.store.documents().map(\.key))
        let closing = try host.store.sites().values.filter {
            $0.closing != nil && named.contains(ManifestKey(.site, $0.object))
        }.sorted { $0.siteName < $1.siteName }
        let reachable = try StorageLook.reachable(closing, host) { $0.bench }
        guard !reachable.isEmpty else { return nil }
        var kept: [String] = []
        for record in reachable {
            host.progress(.warning("the deletion of \(record.siteName) was interrupted; going on from there"))
            kept += try await deleteSite(ManifestKey(.site, record.object), operation)
        }
        return kept
    }

    private func deleteSite(_ key: ManifestKey, _ operation: Operation) async throws -> [String] {
        let set = try host.storedManifests()
        guard let site = set.manifests.sites[key.object] else { return [] }
        guard let record = try host.store.sites()[key.object] else {
            let kept = try await archiveUnusedServer(of: site, operation)
            try host.store.remove(site.manifestKeys)
            return kept
        }
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        let convergence = try await Convergence.prepare(host: host, set: set, releases: releases)
        let archive = try await SiteArchive(
            host: host, operation: operation, convergence: convergence, site: site, record: record
        ).take()
        let rest = try host.storedManifests()
        // What serves goes on serving even where the rest of the host has to wait for an `up`; but a bench whose last
        // site of an external database went may want a server of the host.
        let scope: Scope = site.externalDatabase == nil ? .bench(site.bench) : .host
        _ = try await Up(host).converge(rest, operation: operation, scope: scope, orders: false)
        return archive
    }
}

extension Site {
    /// Its manifest and those of its further names, which go with it.
    var manifestKeys: [ManifestKey] { [ManifestKey(.site, name)] + domains.map { ManifestKey(.domain, $0.name) } }
}
