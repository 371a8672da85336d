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
        let set = try ManifestSet.merge(stored: try host.store.documents(), files: [])
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
        let set = try ManifestSet.merge(stored: try host.store.documents(), files: [])
        let name = set.manifests.sites[object]?.adminPassword.map { SecretName.manifest($0.secret, key: $0.key) }
        guard let password = host.secrets.text(name ?? .adminPassword(of: object)) else {
            throw OperationError.failed(
                "no password of \(status.siteName) is kept: it has not been made yet", next: "frappectl up")
        }
        return password
    }
}

/// `logs`: the output of a bench's containers.
package struct Logs: Sendable {
    let host: HostContext

    package struct Request: Sendable {
        package var bench: ObjectName
        package var components: [Component]
        package var follows: Bool
        package var tail: Int?
        /// Seconds since 1970.
        package var since: Double?

        package init(bench: ObjectName, components: [Component], follows: Bool, tail: Int?, since: Double?) {
            self.bench = bench
            self.components = components
            self.follows = follows
            self.tail = tail
            self.since = since
        }
    }

    package init(_ host: HostContext) { self.host = host }

    /// Gives each line with the name of the component it is from; ends when the containers do, or when cancelled.
    package func run(_ request: Request, line: @escaping @Sendable (_ component: String, _ text: String) -> Void)
        async throws
    {
        _ = try host.store.documents().named(request.bench, .bench)
        let containers = try await host.engine.containers().filter { container in
            guard let identity = container.identity else { return false }
            let wanted = request.components.isEmpty || request.components.contains(identity.component)
            // Of the servers that benches share, those in its network.
            let isShared = identity.bench == nil && container.networks.contains(host.layout.network(of: request.bench))
            return wanted && (identity.bench == request.bench || isShared && !request.components.isEmpty)
        }
        guard !containers.isEmpty else {
            throw OperationError.failed("no such container of \(request.bench) exists", next: "frappectl up")
        }
        let alone = containers.count == 1
        try await withThrowingTaskGroup(of: Void.self) { group in
            for container in containers.sorted(by: { $0.name < $1.name }) {
                let name = alone ? "" : container.identity?.description ?? container.name
                group.addTask {
                    try await host.engine.logs(
                        of: container.id, follows: request.follows, tail: request.tail, since: request.since
                    ) { line(name, $0) }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension EngineAccess {
    func logs(
        of container: String, follows: Bool, tail: Int?, since: Double?, line: @Sendable (String) -> Void
    ) async throws {
        var options = LogOptions(follows: follows, tail: tail)
        options.since = since.map { Timestamp(nanosecondsSinceEpoch: Int64($0 * 1e9)) }
        let lines = client.logs(of: container, options)
        try await cancellable { for try await entry in lines { line(TerminalText.plain(entry.text)) } }
    }
}
