/// A container as the Engine's list tells it.
package struct ObservedContainer: Hashable, Sendable {
    package enum State: String, Sendable { case created, running, paused, restarting, removing, exited, dead }
    package enum Health: String, Sendable { case none, starting, healthy, unhealthy }

    package var id: String
    package var name: String
    package var state: State
    package var health: Health
    /// The Engine's words, such as `Up 2 hours (healthy)`.
    package var status: String
    package var imageID: String
    package var networks: Set<String>
    package var labels: [String: String]

    package init(
        id: String, name: String, state: State, health: Health = .none, status: String = "", imageID: String = "",
        networks: Set<String> = [], labels: [String: String]
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.health = health
        self.status = status
        self.imageID = imageID
        self.networks = networks
        self.labels = labels
    }

    /// Which component of ours it is, nil for one-shot containers.
    package var identity: ContainerIdentity? {
        guard labels[Label.step] == nil, let component = labels[Label.component].flatMap(Component.init(rawValue:)),
            let instance = labels[Label.instance], Self.isName(instance), labels[Label.bench] == nil || bench != nil
        else { return nil }
        return ContainerIdentity(bench: bench, component: component, instance: instance)
    }

    package var bench: ObjectName? {
        let namespace = labels[Label.namespace] ?? ObjectName.defaultNamespace
        guard let name = labels[Label.bench], Self.isName(name), Self.isName(namespace) else { return nil }
        return ObjectName(name, namespace: namespace)
    }

    /// Anybody may write labels: what no name of ours can be names nothing of ours.
    private static func isName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || "._-".utf8.contains($0)
            }
    }

    package var definitionHash: String? { labels[Label.definition] }
    package var release: Int { labels[Label.release].flatMap { Int($0) } ?? 0 }
    package var isOneShot: Bool { labels[Label.step] != nil }
}

/// A network as the Engine's list tells it.
package struct ObservedNetwork: Hashable, Sendable {
    package var id: String
    package var name: String
    package var subnets: [String]
    package var labels: [String: String]

    package init(id: String, name: String, subnets: [String], labels: [String: String]) {
        self.id = id
        self.name = name
        self.subnets = subnets
        self.labels = labels
    }
}

/// What is on this host.
package struct ObservedState: Sendable {
    package var containers: [ObservedContainer] = []
    package var networks: [ObservedNetwork] = []
    /// Site directories that exist, per bench.
    package var siteDirectories: [ObjectName: Set<String>] = [:]
    /// The recorded phase of each site.
    package var sitePhases: [ObjectName: SiteRecord] = [:]
    /// The hash of what was last configured, per bench, while its directories are there.
    package var configured: [ObjectName: String] = [:]
    /// Image ids whose assets are extracted.
    package var extractedAssets: Set<String> = []
    /// Database servers whose data directory exists.
    package var databaseDirectories: Set<String> = []
    /// Containers that were told to finish their work and go, by id.
    package var draining: Set<String> = []
    /// Those of them that a run told a moment ago and, as it was cut off, did not see go: an idle one goes at once.
    package var justTold: Set<String> = []
    /// Why the proxy's served files differ from what they should be, nil when they do not.
    package var routeDrift: String?
    /// The service that starts the proxy at boot, and why it is not as it should be; nil when it is, or none is wanted.
    package var serviceDrift: ServiceDrift?
    /// What renews certificates every day, and why it is not as it should be; nil when it is, or systemd is not there.
    package var renewalDrift: RenewalDrift?
    /// What of the proxy deserves a look and keeps nothing from being served.
    package var routeNotes: [String] = []
    /// Definitions by hash, of containers made before, so that a change can be told.
    package var definitions: [String: ContainerDefinition] = [:]
    /// Web containers that run while their socket is gone, by name.
    package var withoutSocket: Set<String> = []
    /// Containers whose port of this machine somebody else took: what is said of it, by name.
    package var lostPorts: [String: String] = [:]
    /// Keys of sites' own configuration that say something else than the Secret of their external database.
    package var changedLogins: [ObjectName: [String]] = [:]
    /// Why root's password of a MariaDB server is to be set, by server.
    package var rootPasswordCauses: [String: String] = [:]
    /// Benches whose files cannot be reached.
    package var storageTroubles: [ObjectName: StorageTrouble] = [:]
    /// Limits of what sites of a bench write; none where nothing can be enforced.
    package var filesLimits: [ObjectName: FilesLimit] = [:]
    /// What was recorded of the certificates that authorities make, by the name in them.
    package var certificates: [String: CertificateRecord] = [:]
    /// Seconds since 1970.
    package var now: Double = 0
    /// Nil where nobody looked deeply.
    package var deep: DeepLook?

    package init() {}
}

/// A service of the host that is not as it should be.
package struct ServiceDrift: Hashable, Sendable {
    package var name: String
    package var cause: String
    /// Whether the proxy is started anew, so that connections are cut.
    package var restarts: Bool

    package init(name: String, cause: String, restarts: Bool) {
        self.name = name
        self.cause = cause
        self.restarts = restarts
    }
}

/// A timer of the host that is not as it should be.
package struct RenewalDrift: Hashable, Sendable {
    package var name: String
    package var cause: String
    /// Whether there is to be one.
    package var isWanted: Bool

    package init(name: String, cause: String, isWanted: Bool) {
        self.name = name
        self.cause = cause
        self.isWanted = isWanted
    }
}

/// Where a site is in its life.
package enum SitePhase: String, Codable, Sendable {
    case pending = "Pending"
    case provisioning = "Provisioning"
    case ready = "Ready"
    case failed = "Failed"
}

/// What was recorded of a site: intent and the step reached.
package struct SiteRecord: Hashable, Codable, Sendable {
    package var object: ObjectName
    package var siteName: String
    package var bench: ObjectName
    package var phase: SitePhase
    package var reason: String?
    package var databaseName: String
    package var databaseServer: String
    /// Whether its creation ever succeeded whole: from then on nothing but `delete` takes anything of it away.
    package var created: Bool
    /// How far `delete` has come; nil while nobody deletes it.
    package var closing: Closing?
    /// The name under archived/ that `delete` keeps it by, once chosen.
    package var archive: String?
    /// Seconds after which its statements are ended, as its account was last told; nil for no bound.
    package var maxStatementSeconds: Int?
    /// Of an external database: the user, where the name is not the database's.
    package var databaseUser: String?
    /// Of an external database: that it was empty, and a site is being made in it: what is in it then is ours to undo.
    package var fillsDatabase: Bool?
    /// The public URL that its configuration was last given; nil where an earlier build made it and nobody knows.
    package var publicURL: String?

    /// The rename that is under way; nil while there is none.
    package var renaming: Renaming?
    /// The name it had before its last rename.
    package var renamedFrom: String?

    /// What a rename is to come to.
    package struct Renaming: Hashable, Codable, Sendable {
        package var newName: String
        /// Whether names that the site loses lead to its public name.
        package var redirects: Bool

        package init(newName: String, redirects: Bool) {
            self.newName = newName
            self.redirects = redirects
        }
    }

    /// Stages of a deletion, in their order.
    package enum Closing: String, Codable, Sendable {
        /// No request reaches it any more.
        case unrouted
        /// Its last dump is whole, in its directory.
        case dumped
    }

    package init(
        object: ObjectName, siteName: String, bench: ObjectName, phase: SitePhase, reason: String? = nil,
        databaseName: String, databaseServer: String, created: Bool = false
    ) {
        self.object = object
        self.siteName = siteName
        self.bench = bench
        self.phase = phase
        self.reason = reason
        self.databaseName = databaseName
        self.databaseServer = databaseServer
        self.created = created
    }

    /// Whether requests are to reach it.
    package var isServed: Bool { created && closing == nil }
}

/// The labels on every object of ours.
package enum Label {
    package static let root = "dev.frappectl.root"
    package static let namespace = "dev.frappectl.namespace"
    package static let bench = "dev.frappectl.bench"
    package static let component = "dev.frappectl.component"
    package static let instance = "dev.frappectl.instance"
    package static let release = "dev.frappectl.release"
    package static let definition = "dev.frappectl.definition"
    package static let operation = "dev.frappectl.operation"
    package static let step = "dev.frappectl.step"
    package static let site = "dev.frappectl.site"
    package static let subnet = "dev.frappectl.subnet"
}
