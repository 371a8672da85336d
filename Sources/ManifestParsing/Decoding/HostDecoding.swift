import FrappeModel

/// Reads a `Host`.
struct HostDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
    }

    mutating func host() -> HostSettings {
        var host = HostSettings()
        host.ingressMode = fields.text("spec.ingress.mode").flatMap(HostSettings.IngressMode.init) ?? host.ingressMode
        host.listenAddress = fields.text("spec.ingress.address") ?? host.listenAddress
        host.httpPort = fields.integer("spec.ingress.httpPort") ?? host.httpPort
        host.httpsPort = fields.integer("spec.ingress.httpsPort") ?? host.httpsPort
        host.trustedProxies = fields["spec.ingress.trustedProxies"]?.items?.compactMap(\.string) ?? []
        if case .bool(let flag)? = fields["spec.ingress.service"] { host.ingressService = flag }
        host.includingConfiguration = fields.text("spec.ingress.include.configuration")
        host.includeFile = fields.text("spec.ingress.include.file")
        host.upstreamPorts = fields["spec.upstreamPorts"].flatMap(Ports.read) ?? host.upstreamPorts
        host.mariadbImage = fields.text("spec.images.mariadb") ?? host.mariadbImage
        host.redisImage = fields.text("spec.images.redis") ?? host.redisImage
        host.subnets = fields.text("spec.subnets").flatMap(IPv4Network.init) ?? host.subnets
        host.mariadbMemory = fields.bytes("spec.mariadb.memory")
        host.mariadbSettings = ServerDecoding.settings("spec.mariadb.myCnf", &fields)
        host.memoryBudget = fields.bytes("spec.memoryBudget")
        host.domain = fields.text("spec.domain").flatMap(Names.domain(ofSuffix:))
        host.storageClasses = storageClasses()
        host.acmeAccounts = acmeAccounts()
        checkPorts(host)
        checkSubnets(host.subnets)
        return host
    }

    private mutating func acmeAccounts() -> [ACMEAccount] {
        var accounts: [ACMEAccount] = []
        for (index, item) in (fields["spec.acmeAccounts"]?.items ?? []).enumerated() {
            guard let name = item["name"]?.string else { continue }
            let place = "spec.acmeAccounts[\(index)]"
            if accounts.contains(where: { $0.name == name }) {
                fields.note(.error, "\(place).name", "\(SafeText.quoted(name)) is given twice")
            }
            accounts.append(
                ACMEAccount(
                    name: name, server: item["server"]?.string ?? ACMEAccount.letsEncrypt,
                    email: item["email"]?.string, caFile: item["caFile"]?.string))
        }
        return accounts
    }

    private mutating func storageClasses() -> [StorageClass] {
        var classes: [StorageClass] = []
        for (index, item) in (fields["spec.storageClasses"]?.items ?? []).enumerated() {
            guard let name = item["name"]?.string, let path = item["path"]?.string else { continue }
            let storage = StorageClass(name: name, path: "/" + path.split(separator: "/").joined(separator: "/"))
            check(storage, at: "spec.storageClasses[\(index)]", among: classes)
            classes.append(storage)
        }
        return classes
    }

    /// Directories of the system, where nobody's files belong.
    private static let systemDirectories: Set<Substring> = [
        "bin", "boot", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "sys", "usr",
    ]

    private mutating func check(_ storage: StorageClass, at place: String, among others: [StorageClass]) {
        if storage.name == StorageClass.rootName {
            fields.note(.error, "\(place).name", "default is the root itself: choose another name")
        } else if others.contains(where: { $0.name == storage.name }) {
            fields.note(.error, "\(place).name", "\(SafeText.quoted(storage.name)) is given twice")
        }
        if let other = others.first(where: { $0.path == storage.path }) {
            fields.note(.error, "\(place).path", "\(storage.path) is that of class \(other.name) as well")
        }
        if let top = storage.path.split(separator: "/").first, Self.systemDirectories.contains(top) {
            fields.note(.error, "\(place).path", "/\(top) is the system's own: name a directory such as /mnt/fast")
        }
    }

    private mutating func checkPorts(_ host: HostSettings) {
        if host.httpPort == host.httpsPort {
            fields.note(.error, "spec.ingress.httpsPort", "\(host.httpsPort) is the httpPort as well: choose another")
        }
        for (name, port) in [("httpPort", host.httpPort), ("httpsPort", host.httpsPort)]
        where host.upstreamPorts.contains(port) {
            let range = "\(host.upstreamPorts.lowerBound)-\(host.upstreamPorts.upperBound)"
            fields.note(.error, "spec.ingress.\(name)", "\(port) is within upstreamPorts \(range): choose another")
        }
    }

    private static let privateRanges = [
        IPv4Network(10, 0, 0, 0, prefix: 8), IPv4Network(172, 16, 0, 0, prefix: 12),
        IPv4Network(192, 168, 0, 0, prefix: 16), IPv4Network(100, 64, 0, 0, prefix: 10),
    ]

    private mutating func checkSubnets(_ subnets: IPv4Network) {
        let isPrivate = HostDecoding.privateRanges.contains { $0.prefix <= subnets.prefix && $0.overlaps(subnets) }
        guard !isPrivate else { return }
        fields.note(.warning, "spec.subnets", "\(subnets) is not a private range: addresses outside become unreachable")
    }
}
