import FrappeModel

/// What manifests say about each other: benches and Secrets that must exist, names that only one site may claim.
struct References {
    private let manifests: Manifests
    private let documents: [ManifestDocument]
    private let incomplete: Bool
    private let quiet: Set<ManifestKey>
    private let strict: Bool
    private(set) var problems: [ManifestProblem] = []
    private lazy var benchNames = manifests.benches.keys.sorted().map(\.description)
    private lazy var secretNames = manifests.secrets.keys.sorted().map(\.description)
    /// Who claims a name first, by name.
    private var claims: [String: (owner: String, place: SourceLocation)] = [:]
    private lazy var secretDocuments = Dictionary(
        documents.filter { $0.key.kind == .secret }.map { ($0.key.object, $0) }
    ) { first, _ in first }
    /// Passwords that were looked at already.
    private var passwords: Set<SecretKeyReference> = []
    /// Guesses that may still be made: each compares with every name.
    private var guesses = 20

    init(
        manifests: Manifests, documents: [ManifestDocument], incomplete: Bool, quiet: Set<ManifestKey>, strict: Bool
    ) {
        self.strict = strict
        self.manifests = manifests
        self.quiet = quiet
        self.documents = documents
        self.incomplete = incomplete
    }

    mutating func check() {
        for document in documents where document.key.kind == .site {
            guard let site = manifests.sites[document.key.object] else { continue }
            if !incomplete {
                checkBench(of: site, document)
                checkSecret(of: site, document)
                checkLogin(of: site, document)
                checkEncryptionKey(of: site, document)
                checkCertificate(site.certificate, document, paths: ["spec.tls", "spec.ingress.tls"])
            }
            checkClaims(of: site, document)
            checkProof(of: site, document)
        }
        for document in documents where document.key.kind == .domain { check(domain: document) }
        for document in documents where document.key.kind == .bench { checkRedis(of: document) }
        checkUnserved()
        guard !incomplete else { return }
        checkDetection()
        for document in documents where document.key.kind == .bench {
            checkPullSecrets(document)
            checkStorage(of: document)
        }
        for document in documents where document.key.kind == .server { checkRootPassword(document) }
    }

    /// An external Redis needs its Secret; what two benches in one have in common is told.
    private mutating func checkRedis(of document: ManifestDocument) {
        guard let redis = manifests.benches[document.key.object]?.redis.external else { return }
        let path = "spec.redisConfig.connectionSecretRef.name"
        if let wanted = redis.secret, !incomplete {
            if let secret = manifests.secrets[wanted] {
                if !secret.keys.contains("password") { note(document, path, "Secret \(wanted) has no key password") }
            } else {
                let hint = hint(for: wanted, secretNames, manifests.secrets.keys) ?? ""
                note(document, path, "there is no Secret \(wanted).\(hint)")
            }
        }
        let others = manifests.benches.values.filter {
            $0.name < document.key.object && $0.redis.external?.address == redis.address
        }
        guard let other = others.map(\.name).min() else { return }
        let host = "spec.redisConfig.host"
        problems += [
            ManifestProblem(
                severity: .warning, location: document.location(of: host), path: host,
                message: "bench \(other) uses this Redis too: jobs are kept apart by bench_id, realtime events and the "
                    + "index of assets are not")
        ].telling(document.key, unlessIn: quiet)
    }

    /// A class that this host does not have; where it has none at all, a class of some cluster is meant.
    private mutating func checkStorage(of document: ManifestDocument) {
        guard let name = manifests.benches[document.key.object]?.storageClassName else { return }
        let path = "spec.storageClassName"
        let known = manifests.host.storageClasses.map(\.name)
        guard known.isEmpty else {
            guard !known.contains(name) else { return }
            let all = ([StorageClass.rootName] + known.sorted()).prefix(12).joined(separator: ", ")
            let hint = Suggestion.hint(for: name, among: known)
            let bench = document.key.object
            return note(
                document, path,
                "bench \(bench) names storage class \(SafeText.quoted(name)), which Host does not have.\(hint) "
                    + "There is: \(all)")
        }
        let message = "Host has no storageClasses: this one means nothing here, and its files are below the root"
        problems += [
            ManifestProblem(
                severity: strict ? .error : .warning, location: document.locationOfKey(path), path: path,
                message: strict ? "strict: \(message)" : message)
        ].filter { _ in !quiet.contains(document.key) }
    }

    /// A name that is not to be served would go to whoever has the wildcard that covers it.
    private mutating func checkUnserved() {
        let wildcards = claims.filter { HostPattern.isWildcard($0.key) }.sorted { $0.key < $1.key }
        guard !wildcards.isEmpty else { return }
        for document in documents where document.key.kind == .site {
            guard let site = manifests.sites[document.key.object], !site.ingress.isEnabled else { continue }
            for name in site.plainNames {
                guard let other = wildcards.first(where: { HostPattern.covers($0.key, name) }) else { continue }
                note(
                    document, "spec.ingress.enabled",
                    "\(name) would then be served by \(other.value.owner), whose \(other.key) covers it "
                        + "(\(other.value.place)): rename the site or take that name away")
                break
            }
        }
    }

    private mutating func checkDetection() {
        guard manifests.host.domain == nil else { return }
        for document in documents where document.key.kind == .bench {
            let path = "spec.domainConfig.autoDetect"
            guard document.value["spec"]?["domainConfig"]?["autoDetect"] == .bool(true),
                document.value["spec"]?["domainConfig"]?["suffix"] == nil
            else { continue }
            let message = "there is no domain to append: write spec.domain into the Host manifest"
            problems += [
                ManifestProblem(
                    severity: .warning, location: document.location(of: path), path: path, message: message)
            ].telling(document.key, unlessIn: quiet)
        }
    }

    private mutating func check(domain document: ManifestDocument) {
        guard let domain = manifests.domains[document.key.object], !domain.domain.isEmpty else { return }
        if !incomplete, !domain.site.name.isEmpty, manifests.sites[domain.site] == nil {
            let names = manifests.sites.keys.sorted().map(\.description)
            let hint = hint(for: domain.site, names, manifests.sites.keys) ?? ""
            note(document, "spec.siteRef.name", "there is no FrappeSite \(domain.site).\(hint)")
        }
        if !incomplete { checkCertificate(domain.certificate, document, paths: ["spec.tls"]) }
        claim(domain.domain, by: "SiteDomain \(domain.name) of FrappeSite \(domain.site)", document, "spec.domain")
        guard domain.isPrimary, let site = manifests.sites[domain.site],
            let first = site.domains.first(where: \.isPrimary), first.name != domain.name
        else { return }
        note(
            document, "spec.redirectPrimary",
            "FrappeSite \(site.name) has a public name already: \(first.domain) of SiteDomain \(first.name)")
    }

    /// A certificate is two keys of a Secret, as in one of the type kubernetes.io/tls.
    private mutating func checkCertificate(_ wanted: ObjectName?, _ document: ManifestDocument, paths: [String]) {
        guard let wanted else { return }
        let parts = paths.first { path in
            path.split(separator: ".").reduce(document.value as ManifestValue?) { $0?[String($1)] }?["secretName"]
                != nil
        }
        let path = "\(parts ?? paths[0]).secretName"
        guard let secret = manifests.secrets[wanted] else {
            let hint = hint(for: wanted, secretNames, manifests.secrets.keys) ?? ""
            return note(document, path, "there is no Secret \(wanted).\(hint)")
        }
        let missing = ["tls.crt", "tls.key"].filter { !secret.keys.contains($0) }
        guard !missing.isEmpty else { return }
        note(document, path, "Secret \(wanted) has no key \(missing.joined(separator: " and no key "))")
    }

    /// Certificates are wanted, and there is no name that anybody would make one for.
    private mutating func checkProof(of site: Site, _ document: ManifestDocument) {
        guard site.certificateRequest?.account != nil, site.ingress.isEnabled,
            !site.hostNames.contains(where: { site.certificateRequest(for: $0) != nil })
        else { return }
        let path = document.value["spec"]?["tls"] == nil ? "spec.ingress.tls" : "spec.tls"
        problems += [
            ManifestProblem(
                severity: .warning, location: document.locationOfKey(path), path: path,
                message: "no authority can prove \(site.hostNames.joined(separator: ", ")): "
                    + "name a Secret with tls.crt and tls.key in secretName")
        ].telling(document.key, unlessIn: quiet)
    }

    private mutating func checkBench(of site: Site, _ document: ManifestDocument) {
        guard !site.bench.name.isEmpty, manifests.benches[site.bench] == nil else { return }
        let known = benchNames.isEmpty ? "" : " There are: \(benchNames.prefix(5).joined(separator: ", "))"
        let hint = hint(for: site.bench, benchNames, manifests.benches.keys)
        note(document, "spec.benchRef.name", "there is no FrappeBench \(site.bench).\(hint ?? known)")
    }

    private mutating func checkSecret(of site: Site, _ document: ManifestDocument) {
        guard let wanted = site.adminPassword else { return }
        let path = "spec.adminPasswordSecretRef.name"
        guard let secret = manifests.secrets[wanted.secret] else {
            let hint = hint(for: wanted.secret, secretNames, manifests.secrets.keys) ?? ""
            return note(document, path, "there is no Secret \(wanted.secret).\(hint)")
        }
        guard !secret.keys.contains(wanted.key) else { return checkPassword(wanted) }
        let keys = secret.keys.sorted().prefix(5).map { SafeText.plain($0) }.joined(separator: ", ")
        let has = keys.isEmpty ? "it has none" : "it has: \(keys)"
        note(document, path, "Secret \(wanted.secret) has no key \(wanted.key) (\(has))")
    }

    private mutating func checkRootPassword(_ document: ManifestDocument) {
        let server = manifests.servers[document.key.object.name]
        guard let wanted = server?.rootPassword, server?.name == document.key.object, !wanted.isOptional else { return }
        let path = "spec.rootPasswordSecretKeyRef.name"
        guard let secret = manifests.secrets[wanted.secret] else {
            let hint = hint(for: wanted.secret, secretNames, manifests.secrets.keys) ?? ""
            return note(document, path, "there is no Secret \(wanted.secret).\(hint)")
        }
        guard !secret.keys.contains(wanted.key) else { return checkPassword(wanted) }
        note(document, path, "Secret \(wanted.secret) has no key \(SafeText.plain(wanted.key))")
    }

    private mutating func checkPullSecrets(_ document: ManifestDocument) {
        for (index, name) in (manifests.benches[document.key.object]?.pullSecrets ?? []).enumerated() {
            let path = "spec.imageConfig.pullSecrets[\(index)].name"
            guard let secret = manifests.secrets[name] else {
                let hint = hint(for: name, secretNames, manifests.secrets.keys) ?? ""
                note(document, path, "there is no Secret \(name).\(hint)")
                continue
            }
            guard !secret.keys.contains(".dockerconfigjson") else { continue }
            note(document, path, "Secret \(name) has no key .dockerconfigjson (type kubernetes.io/dockerconfigjson)")
        }
    }

    private mutating func checkEncryptionKey(of site: Site, _ document: ManifestDocument) {
        let path = "spec.encryptionKeySecretRef"
        guard let wanted = site.encryptionKey, !wanted.isOptional else { return }
        guard let secret = manifests.secrets[wanted.secret] else {
            let hint = hint(for: wanted.secret, secretNames, manifests.secrets.keys) ?? ""
            return note(document, "\(path).name", "there is no Secret \(wanted.secret).\(hint)")
        }
        guard !secret.keys.contains(wanted.key) else { return }
        note(document, "\(path).name", "Secret \(wanted.secret) has no key \(SafeText.plain(wanted.key))")
    }

    /// The login of an external database: what its Secret has to have.
    private mutating func checkLogin(of site: Site, _ document: ManifestDocument) {
        guard let external = site.externalDatabase else { return }
        let path = "spec.dbConfig.connectionSecretRef.name"
        let isOwn = document.value["spec"]?["dbConfig"]?["connectionSecretRef"] != nil
        let place = isOwn ? document : documents.first { $0.key == ManifestKey(.bench, site.bench) } ?? document
        guard let secret = manifests.secrets[external.secret] else {
            let hint = hint(for: external.secret, secretNames, manifests.secrets.keys) ?? ""
            return note(place, path, "there is no Secret \(external.secret).\(hint)")
        }
        var needed: [ExternalDatabase.Key] = [.username, .password]
        if external.host == nil { needed.append(.host) }
        let missing = needed.map(\.rawValue).filter { !secret.keys.contains($0) }
        if !missing.isEmpty {
            note(place, path, "Secret \(external.secret) has no key \(missing.joined(separator: " and no key "))")
        }
        let pair: Set<String> = [
            ExternalDatabase.Key.certificate.rawValue, ExternalDatabase.Key.privateKey.rawValue,
        ]
        let given = pair.intersection(secret.keys)
        if given.count == 1 {
            note(place, path, "Secret \(external.secret) has \(given.joined()) alone: a certificate needs its key")
        }
    }

    /// Its value, where the document has it; one that is kept elsewhere is looked at when it is used.
    private mutating func checkPassword(_ wanted: SecretKeyReference) {
        guard passwords.insert(wanted).inserted, let document = secretDocuments[wanted.secret],
            let value = SecretDocument.values(of: document)[wanted.key]
        else { return }
        do throws(Complaint) {
            try Names.checkPassword(value)
        } catch {
            let part = document.value["stringData"]?[wanted.key] == nil ? "data" : "stringData"
            note(document, "\(part).\(wanted.key)", error.message)
        }
    }

    /// The same name in another namespace, or a similar one.
    private mutating func hint(
        for name: ObjectName, _ names: [String], _ objects: some Collection<ObjectName>
    ) -> String? {
        guesses -= 1
        guard guesses >= 0 else { return nil }
        if let other = objects.filter({ $0.name == name.name }).min() {
            return " It is in namespace \(other.namespace): add namespace: \(other.namespace)"
        }
        return Suggestion.closest(to: name.description, among: names).map { " Did you mean \($0)?" }
    }

    private mutating func checkClaims(of site: Site, _ document: ManifestDocument) {
        guard !site.siteName.isEmpty else { return }
        claim(site.siteName, by: "FrappeSite \(site.name)", document, "spec.siteName")
        let isWritten = site.domainSource == .explicit
        if let domain = site.domain {
            claim(domain, by: "FrappeSite \(site.name)", document, isWritten ? "spec.domain" : "spec.siteName")
        }
        if let wildcard = site.wildcard { claim(wildcard, by: "FrappeSite \(site.name)", document, "spec.domain") }
    }

    private mutating func claim(_ name: String, by owner: String, _ document: ManifestDocument, _ path: String) {
        guard let other = claims[name] else {
            claims[name] = (owner, document.location(of: path))
            return
        }
        note(document, path, "\(SafeText.quoted(name)) belongs to \(other.owner) already, at \(other.place)")
    }

    private mutating func note(_ document: ManifestDocument, _ path: String, _ message: String) {
        let location = document.location(of: path)
        problems.append(.init(severity: .error, location: location, path: path, message: message))
    }
}
