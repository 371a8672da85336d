import FrappeModel

/// What manifests say about each other: benches and Secrets that must exist, names that only one site may claim.
struct References {
    private let manifests: Manifests
    private let documents: [ManifestDocument]
    private let incomplete: Bool
    private(set) var problems: [ManifestProblem] = []

    init(manifests: Manifests, documents: [ManifestDocument], incomplete: Bool) {
        self.manifests = manifests
        self.documents = documents
        self.incomplete = incomplete
    }

    mutating func check() {
        for document in documents where document.key.kind == .site {
            guard let site = manifests.sites[document.key.object] else { continue }
            if !incomplete {
                checkBench(of: site, document)
                checkSecret(of: site, document)
            }
            checkClaims(of: site, document)
        }
    }

    private mutating func checkBench(of site: Site, _ document: ManifestDocument) {
        guard !site.bench.name.isEmpty, manifests.benches[site.bench] == nil else { return }
        let elsewhere = manifests.benches.keys.filter { $0.name == site.bench.name }.min()
        let hint = elsewhere.map { " It is in namespace \($0.namespace): add namespace: \($0.namespace)" }
        let names = manifests.benches.keys.sorted().map(\.description)
        let known = names.isEmpty ? "" : " (there are: \(names.prefix(5).joined(separator: ", ")))"
        let guess = Suggestion.hint(for: site.bench.description, among: names)
        let message = "there is no FrappeBench \(site.bench).\(hint ?? (guess.isEmpty ? known : guess))"
        note(document, "spec.benchRef.name", message)
    }

    private mutating func checkSecret(of site: Site, _ document: ManifestDocument) {
        guard let wanted = site.adminPassword else { return }
        let path = "spec.adminPasswordSecretRef.name"
        guard let secret = manifests.secrets[wanted.secret] else {
            let names = manifests.secrets.keys.sorted().map(\.description)
            let hint = Suggestion.hint(for: wanted.secret.description, among: names)
            return note(document, path, "there is no Secret \(wanted.secret).\(hint)")
        }
        guard !secret.keys.contains(wanted.key) else { return }
        let keys = secret.keys.sorted().prefix(5).map { SafeText.plain($0) }.joined(separator: ", ")
        let has = keys.isEmpty ? "it has none" : "it has: \(keys)"
        note(document, path, "Secret \(wanted.secret) has no key \(wanted.key) (\(has))")
    }

    /// Who claims a name first, by name.
    private var claims: [String: (site: ObjectName, place: SourceLocation)] = [:]

    private mutating func checkClaims(of site: Site, _ document: ManifestDocument) {
        guard !site.siteName.isEmpty else { return }
        claim(site.siteName, for: site, document, "spec.siteName")
        guard let domain = site.domain else { return }
        let isWritten = document.value["spec"]?["domain"]?.string != nil
        claim(domain, for: site, document, isWritten ? "spec.domain" : "spec.siteName")
    }

    private mutating func claim(_ name: String, for site: Site, _ document: ManifestDocument, _ path: String) {
        guard let other = claims[name] else {
            claims[name] = (site.name, document.location(of: path))
            return
        }
        note(document, path, "\(SafeText.quoted(name)) belongs to FrappeSite \(other.site) already, at \(other.place)")
    }

    private mutating func note(_ document: ManifestDocument, _ path: String, _ message: String) {
        let location = document.location(of: path)
        problems.append(.init(severity: .error, location: location, path: path, message: message))
    }
}
