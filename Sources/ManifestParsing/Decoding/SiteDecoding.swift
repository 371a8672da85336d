import FrappeModel

/// Reads a `FrappeSite`; its bench gives the suffix of its domain and the database server it has by default.
struct SiteDecoding {
    private(set) var fields: DocumentFields
    private let benches: [ObjectName: Bench]
    private let databases: [ObjectName: DatabaseDecoding]
    private let host: HostSettings

    /// `databases` has what each bench says about the databases of its sites.
    init(
        _ fields: DocumentFields, benches: [ObjectName: Bench], databases: [ObjectName: DatabaseDecoding],
        host: HostSettings
    ) {
        self.fields = fields
        self.benches = benches
        self.databases = databases
        self.host = host
    }

    mutating func site() -> Site {
        let bench = fields.reference("spec.benchRef") ?? ObjectName("", namespace: fields.name.namespace)
        let siteName = fields.text("spec.siteName") ?? ""
        let database = DatabaseDecoding(fields).over(databases[bench])
        DatabaseDecoding.check(&fields, mode: database.mode ?? .shared)
        database.checkLogin(&fields)
        let own = DedicatedDatabase.serverName(siteName: siteName, object: fields.name)
        let (domain, source) = domain(of: siteName, on: benches[bench])
        var site = Site(
            name: fields.name, bench: bench, siteName: siteName, domain: domain, domainSource: source,
            adminPassword: fields.reference("spec.adminPasswordSecretRef")
                .map { SecretKeyReference(secret: $0, key: "password") },
            apps: apps(),
            databaseServer: database.external?.serverName ?? database.sharedServer ?? own)
        site.dedicatedDatabase = database.mode == .dedicated ? database.dedicated : nil
        site.externalDatabase = database.external
        // 0 is no bound, as for MariaDB itself.
        site.maxStatementSeconds = database.maxStatementSeconds.flatMap { $0 == 0 ? nil : $0 }
        site.takesOver = takesOver(of: database)
        site.encryptionKey = encryptionKey()
        readCertificate(&site)
        site.ingress = annotations()
        site.ingress.isEnabled = fields["spec.ingress.enabled"] != .bool(false)
        site.wildcard = explicit.flatMap { HostPattern.isWildcard($0) ? $0 : nil }
        return site
    }

    private func encryptionKey() -> SecretKeyReference? {
        let path = "spec.encryptionKeySecretRef"
        guard let secret = fields.reference(path) else { return nil }
        var reference = SecretKeyReference(secret: secret, key: fields.text("\(path).key") ?? "encryption_key")
        reference.isOptional = fields["\(path).optional"] == .bool(true)
        return reference
    }

    private mutating func takesOver(of database: DatabaseDecoding) -> Bool {
        guard fields["spec.skipInit"] == .bool(true) else { return false }
        if database.mode != .external {
            fields.note(
                .error, "spec.skipInit",
                "is for an external database that has a site in it: on a server of ours there is none to take over")
        } else if fields["spec.encryptionKeySecretRef"] == nil {
            fields.note(
                .warning, "spec.skipInit",
                "without encryptionKeySecretRef passwords that the site keeps encrypted cannot be read")
        }
        return true
    }

    /// The Secret of `spec.tls`, or of `spec.ingress.tls`; without one, the account with which certificates are made.
    private mutating func readCertificate(_ site: inout Site) {
        for path in ["spec.tls", "spec.ingress.tls"] where fields[path] != nil {
            let isEnabled = fields["\(path).enabled"]
            guard isEnabled != .bool(false) else { continue }
            if let secret = fields.text("\(path).secretName") {
                site.certificate = ObjectName(secret, namespace: fields.name.namespace)
                return
            }
            let issuer = ["issuer", "certManagerIssuer"].map { "\(path).\($0)" }.first { fields[$0] != nil }
            guard isEnabled == .bool(true) || issuer != nil else { continue }
            site.certificateRequest = fields.certificateRequest(
                issuer ?? "\(path).enabled", isNamed: issuer != nil, of: host)
            return
        }
    }

    private mutating func annotations() -> SiteIngress {
        var ingress = SiteIngress()
        let path = "spec.ingress.annotations"
        for entry in fields[path]?.entries ?? [] {
            guard let text = entry.value.string else { continue }
            do throws(Complaint) {
                if try !Annotations.read(entry.key, text, into: &ingress) {
                    let hint = Suggestion.hint(for: entry.key, among: Annotations.names)
                    fields.note(.warning, "\(path).\(entry.key)", "means nothing on one host; ignored.\(hint)")
                }
            } catch {
                fields.note(.error, "\(path).\(entry.key)", error.message)
            }
        }
        return ingress
    }

    /// The explicit domain, else the name with the bench's suffix, else a name without dots with the host's domain; nil
    /// where that is the name itself.
    private mutating func domain(of siteName: String, on bench: Bench?) -> (String?, Site.DomainSource) {
        if let explicit, !HostPattern.isWildcard(explicit) {
            return (explicit == siteName ? nil : explicit, .explicit)
        }
        let (domain, source) = derived(siteName, bench)
        if domain != siteName, (try? Names.checkDNS(domain)) == nil {
            let owner = source == .suffix ? "the bench's suffix" : "the host's domain"
            fields.note(.error, "spec.siteName", "with \(owner) it is too long for a DNS name")
        }
        return (domain == siteName ? nil : domain, source)
    }

    private var explicit: String? { fields.text("spec.domain") }

    private func derived(_ siteName: String, _ bench: Bench?) -> (String, Site.DomainSource) {
        if let suffix = bench?.domainSuffix {
            let domain = suffixed(siteName, suffix)
            return (domain, domain == siteName ? .siteName : .suffix)
        }
        guard let hostDomain = host.domain, bench?.detectsDomain ?? true, !siteName.isEmpty, !siteName.contains("."),
            siteName != "localhost"
        else { return (siteName, .siteName) }
        return ("\(siteName).\(hostDomain)", .autoDetected)
    }

    private func suffixed(_ siteName: String, _ suffix: String) -> String {
        guard !siteName.isEmpty, !".\(siteName)".hasSuffix(suffix) else { return siteName }
        return siteName + suffix
    }

    private func apps() -> [String]? {
        guard let items = fields["spec.apps"]?.items else { return nil }
        return items.compactMap(\.string).filter { $0 != "frappe" }
    }
}
