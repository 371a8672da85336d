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
