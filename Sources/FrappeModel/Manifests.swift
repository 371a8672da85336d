/// Everything that was applied, as typed values with the defaults filled in.
package struct Manifests: Hashable, Sendable {
    package var host: HostSettings
    package var benches: [ObjectName: Bench]
    package var sites: [ObjectName: Site]
    package var secrets: [ObjectName: SecretReference]
    package var domains: [ObjectName: SiteDomain] = [:]
    /// Shared database servers with a manifest, by the name that benches and sites know them by.
    package var servers: [String: DatabaseServer] = [:]

    package init(
        host: HostSettings = HostSettings(), benches: [ObjectName: Bench] = [:], sites: [ObjectName: Site] = [:],
        secrets: [ObjectName: SecretReference] = [:]
    ) {
        self.host = host
        self.benches = benches
        self.sites = sites
        self.secrets = secrets
    }
}

extension Manifests {
    /// With the certificates that authorities made and that are kept here.
    package func serving(_ records: [String: CertificateRecord]) -> Manifests {
        var manifests = self
        manifests.sites = sites.mapValues { $0.serving(records) }
        return manifests
    }

    /// The address under which a person reaches the site.
    package func publicURL(of site: Site) -> String {
        let name = site.publicName
        if site.certificate(for: name) != nil {
            return host.httpsPort == 443 ? "https://\(name)" : "https://\(name):\(host.httpsPort)"
        }
        return host.httpPort == 80 ? "http://\(name)" : "http://\(name):\(host.httpPort)"
    }
}

/// The settings of the host itself (kind `Host`).
package struct HostSettings: Hashable, Sendable {
    package enum IngressMode: String, Sendable, CaseIterable { case own, include }

    package var ingressMode: IngressMode = .own
    /// The address nginx listens on.
    package var listenAddress = "127.0.0.1"
    package var httpPort = 8080
    package var httpsPort = 8443
    /// Addresses and networks of proxies in front of us whose word about clients is believed.
    package var trustedProxies: [String] = []
    /// Whether systemd starts nginx at boot; nil for the default.
    package var ingressService: Bool?
    /// What mode `include` adds to; nil for the defaults.
    package var includingConfiguration: String?
    package var includeFile: String?
    /// Ports on 127.0.0.1 that upstreams without a unix socket may use.
    package var upstreamPorts: ClosedRange<Int> = 21000...21999
    package var mariadbImage = "mariadb:10.11"
    package var redisImage = "redis:7"
    /// The range that every bench network takes a /24 from.
    package var subnets = IPv4Network(10, 217, 0, 0, prefix: 16)
    /// A proxy of our own on a port for everybody is a service of the host.
    package var isIngressService: Bool { ingressMode == .own && (ingressService ?? (httpPort < 1024)) }
    /// Memory of each shared MariaDB in bytes; nil for a fixed share of the host's.
    package var mariadbMemory: Int?
    /// Settings of every MariaDB.
    package var mariadbSettings: [DatabaseSetting] = []
    /// Bytes that all containers together may be given; nil for the machine's memory without a reserve.
    package var memoryBudget: Int?
    /// What benches append to site names without dots; without a dot before it.
    package var domain: String?
    /// Where benches may have their files beside the root.
    package var storageClasses: [StorageClass] = []
    /// Who makes certificates; the first is meant where nobody is named.
    package var acmeAccounts: [ACMEAccount] = []

    package init() {}
}

/// An image, and when to pull it.
package struct ImageSettings: Hashable, Sendable {
    package enum PullPolicy: String, Sendable, CaseIterable {
        case always = "Always"
        case ifNotPresent = "IfNotPresent"
        case never = "Never"
    }

    package var repository: String
    package var tag: String
    package var pullPolicy: PullPolicy

    package init(repository: String, tag: String, pullPolicy: PullPolicy = .ifNotPresent) {
        self.repository = repository
        self.tag = tag
        self.pullPolicy = pullPolicy
    }

    package var reference: String { "\(repository):\(tag)" }
}

/// What a component may use: CPU in thousandths of a core, memory in bytes.
package struct ComponentResources: Hashable, Sendable {
    package var requestedCPU: Int
    package var requestedMemory: Int
    package var limitCPU: Int
    package var limitMemory: Int

    package init(requestedCPU: Int, requestedMemory: Int, limitCPU: Int, limitMemory: Int) {
        self.requestedCPU = requestedCPU
        self.requestedMemory = requestedMemory
        self.limitCPU = limitCPU
        self.limitMemory = limitMemory
    }
}

/// The Redis of a bench (kind `FrappeBench`, `spec.redisConfig`).
package struct RedisSettings: Hashable, Sendable {
    package enum Flavour: String, Sendable, CaseIterable { case redis, valkey, dragonfly }

    package var flavour: Flavour = .redis
    /// Nil for what follows from the flavour.
    package var image: String?
    /// Bytes that the cache may hold; nil for what follows from the host's memory budget.
    package var maxMemory: Int?

    /// Bytes that the queue's journal should stay below: more is told, not prevented.
    package var storageSize: Int?
    /// The one that runs elsewhere; nil where ours are started.
    package var external: ExternalRedis?

    package static let standardMaxMemory = 128 << 20
    /// DragonFly does not start with less for its one thread.
    package static let leastDragonflyMemory = 256 << 20

    package init() {}

    /// The server that a component runs: DragonFly keeps no journal, so a queue in it would lose jobs with a crash.
    package func flavour(of component: Component) -> Flavour {
        flavour == .dragonfly && component == .redisQueue ? .redis : flavour
    }

    /// - Parameter redis: the host's image of Redis.
    package func image(of component: Component, redis: String) -> String {
        let isOwn = flavour(of: component) == flavour
        return switch flavour(of: component) {
        case .redis: isOwn ? image ?? redis : redis
        case .valkey: image ?? "valkey/valkey:8"
        case .dragonfly: image ?? "docker.dragonflydb.io/dragonflydb/dragonfly:v1.27.1"
        }
    }
}

/// A bench (kind `FrappeBench`).
package struct Bench: Hashable, Sendable {
    package var name: ObjectName
    package var image: ImageSettings
    /// Names of the apps that must be in the image, beside frappe.
    package var apps: [String]
    package var replicas: [Component: Int]
    /// Every component has an entry.
    package var resources: [Component: ComponentResources]
    /// Components whose memory the manifest gives; that of the others follows the host's memory budget.
    package var ownMemory: Set<Component> = []
    /// Of one-shot containers, those that the manifest sizes.
    package var jobResources: [Job: GivenResources] = [:]
    package var redis: RedisSettings
    package var domainSuffix: String?
    /// Whether names without dots get the host's domain.
    package var detectsDomain = true
    /// Further keys of common_site_config.json.
    package var commonSiteConfig: [ManifestValue.Entry] = []
    /// Secrets with logins of registries.
    package var pullSecrets: [ObjectName] = []
    /// The shared MariaDB server of the bench; nil where its sites have servers of their own.
    package var databaseServer: String? = Site.defaultDatabaseServer
    /// Bytes that its files should stay below; nil for no bound.
    package var storageSize: Int?
    /// Where its files are; nil for the root.
    package var storageClassName: String?

    package init(
        name: ObjectName, image: ImageSettings, apps: [String] = [], replicas: [Component: Int] = [:],
        resources: [Component: ComponentResources] = Component.defaultResources, redis: RedisSettings = RedisSettings(),
        domainSuffix: String? = nil
    ) {
        self.name = name
        self.image = image
        self.apps = apps
        self.replicas = replicas
        self.resources = resources
        self.redis = redis
        self.domainSuffix = domainSuffix
    }
}

/// A key of a Secret.
package struct SecretKeyReference: Hashable, Sendable {
    package var secret: ObjectName
    package var key: String
    /// Whether it may be missing.
    package var isOptional = false

    package init(secret: ObjectName, key: String) {
        self.secret = secret
        self.key = key
    }
}

/// A Secret without its values: those live in `agent/secrets/`.
package struct SecretReference: Hashable, Sendable {
    package var name: ObjectName
    package var type: String
    package var keys: Set<String>

    package init(name: ObjectName, type: String = "Opaque", keys: Set<String>) {
        self.name = name
        self.type = type
        self.keys = keys
    }
}

/// A site (kind `FrappeSite`).
package struct Site: Hashable, Sendable {
    package var name: ObjectName
    package var bench: ObjectName
    /// The directory under `sites/`, a DNS name.
    package var siteName: String
    /// Where its public name comes from.
    package enum DomainSource: String, Codable, Sendable { case explicit, suffix, autoDetected, siteName }

    /// The public name, where it differs from `siteName`: written, or made with the suffix of the bench or of the host.
    package var domain: String?
    /// A `domain` such as `*.example.com`, which serves and cannot be the public name.
    package var wildcard: String?
    package var domainSource: DomainSource
    package var adminPassword: SecretKeyReference?
    /// Apps to install beside frappe; nil for all the bench's.
    package var apps: [String]?
    /// The MariaDB server that holds its database.
    package var databaseServer: String
    /// The server it has for itself, nil for a shared one.
    package var dedicatedDatabase: DedicatedDatabase?
    /// The database that others run for it, nil for one of ours.
    package var externalDatabase: ExternalDatabase?

    package init(
        name: ObjectName, bench: ObjectName, siteName: String, domain: String? = nil,
        domainSource: DomainSource? = nil, adminPassword: SecretKeyReference? = nil, apps: [String]? = nil,
        databaseServer: String = Site.defaultDatabaseServer
    ) {
        self.name = name
        self.bench = bench
        self.siteName = siteName
        self.domain = domain
        self.domainSource = domainSource ?? (domain == nil ? .siteName : .explicit)
        self.adminPassword = adminPassword
        self.apps = apps
        self.databaseServer = databaseServer
    }

    package static let defaultDatabaseServer = "frappe-mariadb"

    /// Whether it takes over a database that has a site in it, instead of making one.
    package var takesOver = false
    /// Seconds after which a statement of the site is ended; nil for no bound.
    package var maxStatementSeconds: Int?
    /// The key of its encrypted fields; made by the framework where there is none.
    package var encryptionKey: SecretKeyReference?

    /// Further names, in their order.
    package var domains: [SiteDomain] = []
    /// The Secret with its certificate.
    package var certificate: ObjectName?
    /// How the certificates of its names are made that have no Secret; nil where none are.
    package var certificateRequest: CertificateRequest?
    /// Names whose certificates were made and are kept here.
    package var issuedNames: Set<String> = []
    package var ingress = SiteIngress()

    private var ownNames: [String] { [siteName] + [domain].compactMap(\.self) }

    private var primary: SiteDomain? { domains.first(where: \.isPrimary) }

    /// The name under which people reach it.
    package var publicName: String { primary?.domain ?? domain ?? siteName }

    /// Every name that leads to the site, its own first; `*.` stands for any labels.
    package var hostNames: [String] { ownNames + [wildcard].compactMap(\.self) + domains.map(\.domain) }

    /// Those that containers can resolve: a network knows no wildcards.
    package var plainNames: [String] { hostNames.filter { !HostPattern.isWildcard($0) } }

    /// Names that lead to `publicName` instead of serving the site.
    package var redirectedNames: [String] {
        (primary == nil ? [] : ownNames) + domains.filter { $0.redirects && !$0.isPrimary }.map(\.domain)
    }

    /// The certificate of a name; nil where it is reached by HTTP alone.
    package func certificate(for name: String) -> CertificateSource? {
        secret(for: name).map { .secret($0) } ?? (issuedNames.contains(name) ? .issued(name) : nil)
    }

    /// What a further name says itself goes before what its site says.
    private func secret(for name: String) -> ObjectName? {
        guard let domain = domains.first(where: { $0.domain == name }) else { return certificate }
        guard domain.isSecure else { return nil }
        return domain.certificate ?? (domain.certificateRequest == nil ? certificate : nil)
    }

    /// How the certificate of a name is made; nil where it has a Secret's, or is to have none.
    package func certificateRequest(for name: String) -> CertificateRequest? {
        let domain = domains.first { $0.domain == name }
        guard ingress.isEnabled, CertificateOrder.canProve(name), domain?.isSecure != false, secret(for: name) == nil
        else { return nil }
        return domain?.certificateRequest ?? certificateRequest
    }

    /// With the certificates that authorities made and that are kept here.
    package func serving(_ records: [String: CertificateRecord]) -> Site {
        var site = self
        site.issuedNames = Set(
            hostNames.filter { certificateRequest(for: $0) != nil && records[$0]?.issued != nil })
        return site
    }

    /// What authorities are to make for its names.
    package var certificateOrders: [CertificateOrder] {
        hostNames.compactMap { name in
            certificateRequest(for: name)?.account.map { CertificateOrder(name: name, account: $0) }
        }
    }
}
