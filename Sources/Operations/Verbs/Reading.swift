import DockerEngine
import FrappeModel
import ManifestParsing
import StateStore

/// `get`: manifests as they were applied, with status as the operator words it.
package struct Get: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package func documents(_ kind: ManifestKind, name: ObjectName?) throws -> [ManifestDocument] {
        let all = try host.store.documents()
        if let name { return [try all.named(name, kind)] }
        return all.filter { $0.key.kind == kind }
    }
}

extension Get {
    /// The documents as the operator takes them, with the status of what they describe as it words it.
    package func withStatus(_ documents: [ManifestDocument]) async throws -> [ManifestDocument] {
        let sites = documents.contains { $0.key.kind == .site } ? try await Sites(host).list() : []
        // Manifests can be had without an Engine too: what cannot be seen is not told.
        let benches = documents.contains { $0.key.kind == .bench } ? try? await Status(host).run().benches : nil
        let releases = try host.store.releases()
        return documents.map { document in
            let object = document.key.object
            var document = StrictForm.completed(document)
            switch document.key.kind {
            case .site:
                let status = sites.first { $0.name == object.name && $0.namespace == object.namespace }
                if let status { document.value.set(["status"], to: Self.status(status)) }
            case .bench:
                let seen = benches?.first { $0.name == object.description }
                document.value.set(["status"], to: Self.status(releases[object], seen: seen))
            default: break
            }
            return document
        }
    }

    private static func status(_ site: SiteStatus) -> ManifestValue {
        var status = ManifestValue.map([])
        status.set(["phase"], to: .string(site.phase.rawValue))
        status.set(["siteURL"], to: .string(site.url))
        status.set(["resolvedDomain"], to: .string(site.resolvedDomain))
        status.set(["domainSource"], to: .string(domainSource(site.domainSource)))
        if let database = site.databaseName { status.set(["databaseName"], to: .string(database)) }
        var ready = ManifestValue.map([])
        ready.set(["type"], to: .string("Ready"))
        ready.set(["status"], to: .string(site.phase == .ready ? "True" : "False"))
        ready.set(["reason"], to: .string(site.phase.rawValue))
        if let reason = site.reason { ready.set(["message"], to: .string(reason)) }
        status.set(["conditions"], to: .list([ready]))
        return status
    }

    private static func domainSource(_ source: String) -> String {
        switch Site.DomainSource(rawValue: source) {
        case .explicit: "explicit"
        case .suffix: "bench-suffix"
        case .autoDetected: "auto-detected"
        case .siteName, nil: "sitename-default"
        }
    }
}

/// `history`: operations with their steps, newest first.
package struct History: Sendable {
    let host: HostContext

    package struct Entry: Codable, Sendable {
        package var operation: OperationRecord
        package var steps: [StepRecord]
    }

    package init(_ host: HostContext) { self.host = host }

    package func run(limit: Int) throws -> [Entry] {
        try host.store.history(limit: limit).map { Entry(operation: $0.operation, steps: $0.steps) }
    }
}

/// `site list` and `site show`.
package struct Sites: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package func list() async throws -> [SiteStatus] {
        let set = try host.storedManifests()
        return try await SiteProbe(host: host, manifests: set.manifests).statuses()
    }

    package func show(_ name: String) async throws -> SiteStatus {
        let all = try await list()
        guard let site = all.first(where: { $0.siteName == name || $0.name == name || $0.resolvedDomain == name })
        else {
            throw OperationError.unknown("site", name, known: all.map(\.siteName))
        }
        return site
    }

    /// The password that was made for, or given to, the site's Administrator.
    package func adminPassword(of status: SiteStatus) throws -> String {
        let object = ObjectName(status.name, namespace: status.namespace)
        let set = try host.storedManifests()
        let name = set.manifests.sites[object]?.adminPassword.map { SecretName.manifest($0.secret, key: $0.key) }
        guard let password = host.secrets.text(name ?? .adminPassword(of: object)) else {
            throw OperationError.failed(
                "no password of \(status.siteName) is kept: it has not been made yet", next: "frappectl up")
        }
        return password
    }
}
