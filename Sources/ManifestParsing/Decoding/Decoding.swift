import FrappeModel

/// Turns documents that were held against their tables into typed manifests, and checks what no table can say.
struct Decoding {
    private let documents: [ManifestDocument]
    private let incomplete: Bool
    private let quiet: Set<ManifestKey>
    private let strict: Bool
    private(set) var manifests = Manifests()
    private(set) var problems: [ManifestProblem] = []
    private var configMaps: [ObjectName: [String: String]] = [:]

    init(documents: [ManifestDocument], incomplete: Bool, quiet: Set<ManifestKey>, strict: Bool) {
        self.strict = strict
        self.quiet = quiet
        self.documents = documents
        self.incomplete = incomplete
    }

    mutating func run() {
        for fields in documents(of: .configMap) { decode(ConfigMapDecoding(fields)) }
        for fields in documents(of: .host) { decode(HostDecoding(fields)) }
        takeOperatorSettings()
        for fields in documents(of: .secret) { decode(SecretDecoding(fields)) }
        for fields in documents(of: .server) {
            decode(ServerDecoding(fields, configMaps: incomplete ? nil : configMaps))
        }
        for fields in documents(of: .bench) { decode(BenchDecoding(fields)) }
        let databases = Dictionary(
            documents(of: .bench).map { ($0.name, DatabaseDecoding($0)) }
        ) { first, _ in first }
        for fields in documents(of: .site) {
            decode(
                SiteDecoding(fields, benches: manifests.benches, databases: databases, host: manifests.host))
        }
        leaveOutServers(databases)
        for fields in documents(of: .domain) { decode(DomainDecoding(fields, manifests)) }
        attachDomains()
        var references = References(
            manifests: manifests, documents: documents, incomplete: incomplete, quiet: quiet, strict: strict)
        references.check()
        problems += references.problems
    }

    /// Where all sites of a bench use databases of others, and its manifest does not ask for a server, none is run.
    private mutating func leaveOutServers(_ databases: [ObjectName: DatabaseDecoding]) {
        let sites = Dictionary(grouping: manifests.sites.values, by: \.bench)
        for (bench, sites) in sites
        where databases[bench]?.server == nil && databases[bench]?.mode == nil
            && sites.allSatisfy({ $0.externalDatabase != nil })
        {
            manifests.benches[bench]?.databaseServer = nil
        }
    }

    private mutating func take(_ fields: DocumentFields) {
        problems += fields.problems.telling(fields.document.key, unlessIn: quiet)
    }

    private func documents(of kind: ManifestKind) -> [DocumentFields] {
        documents.filter { $0.key.kind == kind }.map(DocumentFields.init)
    }

    /// The operator's settings stand behind those of Host.
    private mutating func takeOperatorSettings() {
        let settings = configMaps.filter { $0.key.name == ConfigMapFields.operatorSettings }.min { $0.key < $1.key }
        let suffix = settings?.value[ConfigMapFields.domainSuffix].flatMap(Names.domain(ofSuffix:))
        manifests.host.domain = manifests.host.domain ?? suffix
    }

    private mutating func decode(_ decoding: ConfigMapDecoding) {
        var decoding = decoding
        configMaps[decoding.fields.name] = decoding.texts()
        take(decoding.fields)
    }

    private mutating func decode(_ decoding: HostDecoding) {
        var decoding = decoding
        manifests.host = decoding.host()
        take(decoding.fields)
    }

    private mutating func decode(_ decoding: SecretDecoding) {
        var decoding = decoding
        let secret = decoding.secret()
        manifests.secrets[secret.name] = secret
        take(decoding.fields)
    }

    private mutating func decode(_ decoding: ServerDecoding) {
        var decoding = decoding
        let server = decoding.server()
        take(decoding.fields)
        if let other = manifests.servers[server.name.name], other.name != server.name {
            problems.append(
                ManifestProblem(
                    severity: .error, location: decoding.fields.document.location(of: "metadata.name"),
                    path: "metadata.name",
                    message: "a server is known by its name alone on one host, and MariaDB \(other.name) has it"))
        }
        manifests.servers[server.name.name] = server
    }

    private mutating func decode(_ decoding: BenchDecoding) {
        var decoding = decoding
        let bench = decoding.bench()
        manifests.benches[bench.name] = bench
        take(decoding.fields)
    }

    private mutating func decode(_ decoding: SiteDecoding) {
        var decoding = decoding
        let site = decoding.site()
        manifests.sites[site.name] = site
        take(decoding.fields)
    }

    private mutating func decode(_ decoding: DomainDecoding) {
        var decoding = decoding
        let domain = decoding.domain()
        manifests.domains[domain.name] = domain
        take(decoding.fields)
    }

    /// Gives each site its further names, in the order of the names.
    private mutating func attachDomains() {
        for domain in manifests.domains.values.sorted(by: { $0.domain < $1.domain }) where !domain.domain.isEmpty {
            manifests.sites[domain.site]?.domains.append(domain)
        }
    }
}

/// The values of one document by dotted path, and the problems found while reading them.
struct DocumentFields {
    let document: ManifestDocument
    private(set) var problems: [ManifestProblem] = []

    init(_ document: ManifestDocument) {
        self.document = document
    }

    var name: ObjectName { document.key.object }

    subscript(_ path: String) -> ManifestValue? {
        path.split(separator: ".").reduce(document.value as ManifestValue?) { $0?[String($1)] }
    }

    /// The text at a path if it is fit for its type.
    func text(_ path: String) -> String? {
        guard let value = self[path], let text = value.amountText, isValid(value, path) else { return nil }
        return text
    }

    func integer(_ path: String) -> Int? {
        guard let value = self[path], case .integer(let number) = value, isValid(value, path) else { return nil }
        return number
    }

    /// The bytes of an amount of memory.
    func bytes(_ path: String) -> Int? {
        guard let text = self[path]?.amountText else { return nil }
        return try? Amount.bytes(text)
    }

    func milliCPU(_ path: String) -> Int? {
        self[path]?.amountText.flatMap { try? Amount.milliCPU($0) }
    }

    /// The requests and limits at a path.
    func resources(_ path: String) -> GivenResources {
        GivenResources(
            requestedCPU: milliCPU("\(path).requests.cpu"), requestedMemory: bytes("\(path).requests.memory"),
            limitCPU: milliCPU("\(path).limits.cpu"), limitMemory: bytes("\(path).limits.memory"))
    }

    /// Tells of limits below their requests.
    mutating func checkResources(_ path: String) {
        let given = resources(path)
        for (name, request, limit) in [
            ("cpu", given.requestedCPU, given.limitCPU), ("memory", given.requestedMemory, given.limitMemory),
        ] {
            guard let request, let limit, limit < request else { continue }
            let written = self["\(path).requests.\(name)"]?.amountText ?? ""
            note(.error, "\(path).limits.\(name)", "the limit is below the request of \(SafeText.plain(written))")
        }
    }

    private func isValid(_ value: ManifestValue, _ path: String) -> Bool {
        let names = path.split(separator: ".").map(String.init)
        guard let field = ManifestSchema.root(of: document.key.kind).descend(names)?.field else { return false }
        return (try? ValueCheck.check(value, is: field.type)) != nil
    }

    /// The object that a reference names, in the document's own namespace unless it says another.
    func reference(_ path: String) -> ObjectName? {
        guard let name = text("\(path).name") else { return nil }
        return ObjectName(name, namespace: text("\(path).namespace") ?? document.key.object.namespace)
    }

    mutating func note(_ severity: ManifestProblem.Severity, _ path: String, _ message: String) {
        let location = document.location(of: path)
        problems.append(.init(severity: severity, location: location, path: path, message: message))
    }
}

extension DocumentFields {
    /// How a certificate is made: with the account that is named, else the first of the host.
    mutating func certificateRequest(_ path: String, isNamed: Bool, of host: HostSettings) -> CertificateRequest {
        guard let standard = host.acmeAccounts.first else {
            note(
                .warning, path,
                "no certificate is made: write who makes them into spec.acmeAccounts of the Host manifest, "
                    + "or name a Secret with tls.crt and tls.key in secretName")
            return CertificateRequest(account: nil)
        }
        guard isNamed, let name = text(path) else { return CertificateRequest(account: standard) }
        if let account = host.acmeAccounts.first(where: { $0.name == name }) {
            return CertificateRequest(account: account)
        }
        let known = host.acmeAccounts.map(\.name)
        let hint = Suggestion.hint(for: name, among: known)
        note(
            .warning, path,
            "acmeAccounts of Host has no \(SafeText.quoted(name)): \(standard.name) is asked instead.\(hint)")
        return CertificateRequest(account: standard)
    }
}
