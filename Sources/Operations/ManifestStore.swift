import FrappeModel
import ManifestParsing

/// Files read together with what is stored, checked as one, before anything is touched.
package struct ManifestSet: Sendable {
    package var manifests: Manifests
    /// What is stored, with what was read in its place.
    package var documents: [ManifestDocument]
    /// What was read now.
    package var changed: [ManifestDocument]
    package var warnings: [ManifestProblem]

    package var locations: [ManifestKey: [String: SourceLocation]] {
        Dictionary(documents.map { ($0.key, $0.locations) }) { _, last in last }
    }

    /// - Parameter strict: whether what the operator's schema refuses is a problem.
    /// - Throws: `OperationError.badManifests` with every problem of every file.
    package static func merge(
        stored: [ManifestDocument], files: [(name: String, text: String)], strict: Bool = false
    ) throws(OperationError) -> ManifestSet {
        var read: [ManifestDocument] = []
        var problems: [ManifestProblem] = []
        for file in files {
            let (documents, found) = ManifestParser.documents(
                text: file.text, file: file.name, strict: strict)
            read += documents
            problems += found
        }
        return try merge(stored: stored, documents: read, problems: problems, strict: strict)
    }

    package static func merge(
        stored: [ManifestDocument], documents: [ManifestDocument], problems: [ManifestProblem] = [],
        strict: Bool = false
    ) throws(OperationError) -> ManifestSet {
        let (all, clashes) = ManifestParser.merge(stored: stored, new: documents)
        let unreadable = problems.contains { $0.severity == .error }
        let quiet = Set(stored.map(\.key)).subtracting(documents.map(\.key))
        let (manifests, found) = ManifestParser.manifests(
            from: all, incomplete: unreadable, quiet: quiet, strict: strict)
        let every = problems + clashes + found
        guard !every.contains(where: { $0.severity == .error }) else {
            throw .badManifests(every, documents: all)
        }
        return ManifestSet(manifests: manifests, documents: all, changed: documents, warnings: every)
    }
}

extension HostContext {
    /// Everything that is stored, checked as one.
    func storedManifests() throws -> ManifestSet {
        let set = try ManifestSet.merge(stored: try store.documents(), files: []).keepingServers(try store.sites())
        return set.serving(try IssuedCertificates(host: self).records())
    }

    /// Stores what was read: the values of Secrets in `agent/secrets/`, everything else in the state database.
    func store(_ set: ManifestSet) throws {
        let given = set.changed.filter { $0.key.kind == .secret }
        for secret in given { try requireKept(of: secret) }
        for secret in given { try putValues(of: secret) }
        let documents = set.changed.map(ManifestParser.redacted)
        let known = try Dictionary(store.documents().map { ($0.key, $0) }) { _, last in last }
        let changed = documents.filter { known[$0.key] != $0 }
        if !changed.isEmpty { try store.put(changed) }
        // Last, when no manifest that is stored names them any more.
        for secret in given { removeSurplus(of: secret) }
    }
}

extension ManifestSet {
    /// Names are served over TLS with the certificates that authorities made for them.
    func serving(_ records: [String: CertificateRecord]) -> ManifestSet {
        var set = self
        set.manifests = manifests.serving(records)
        return set
    }

    /// A server that a site has for itself is called after the site, and keeps its name when the site gets another one.
    func keepingServers(_ records: [ObjectName: SiteRecord]) -> ManifestSet {
        var set = self
        for (name, site) in manifests.sites where site.dedicatedDatabase != nil {
            if let kept = records[name]?.databaseServer {
                if DedicatedDatabase.owns(kept) { set.manifests.sites[name]?.databaseServer = kept }
            } else if records.values.contains(where: { $0.databaseServer == site.databaseServer }) {
                set.manifests.sites[name]?.databaseServer = DedicatedDatabase.serverName(
                    siteName: site.siteName, object: name, isTaken: true)
            }
        }
        return set
    }
}

extension HostContext {
    /// A Secret that was given back without its values keeps those that are here.
    private func requireKept(of document: ManifestDocument) throws {
        let given = ManifestParser.secretValues(of: document).keys
        for key in ManifestParser.keptKeys(of: document).subtracting(given).sorted()
        where secrets.value(.manifest(document.key.object, key: key)) == nil {
            throw OperationError.failed(
                "\(document.key) says that the value of \(key) is kept here, and it is not",
                next: "give the Secret with its value under stringData: frappectl up -f FILE")
        }
    }

    private func putValues(of document: ManifestDocument) throws {
        for (key, value) in ManifestParser.secretValues(of: document)
        where secrets.value(.manifest(document.key.object, key: key)) != value {
            try secrets.put(value, as: .manifest(document.key.object, key: key))
        }
    }

    private func removeSurplus(of document: ManifestDocument) {
        let keys = ManifestParser.keptKeys(of: document).union(ManifestParser.secretValues(of: document).keys)
        for key in secrets.keys(of: document.key.object) where !keys.contains(key) {
            secrets.remove(.manifest(document.key.object, key: key))
        }
    }
}
