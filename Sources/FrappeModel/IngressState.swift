/// Everything that the host's nginx has to know, as values; what is rendered depends on nothing else.
package struct IngressState: Hashable, Sendable {
    /// The root's id, so that the probe for the served generation cannot take another root's nginx for ours.
    package var rootIdentifier: String
    package var listenAddress: String
    package var httpPort: Int
    /// The account nginx's workers run as; nil when the master is not root.
    package var workerUser: String?
    /// Absolute; one access and one error log per bench are written there.
    package var logsDirectory: String
    /// Counts up with every configuration that is served.
    package var generation: Int
    package var benches: [IngressBench]
    package var sites: [IngressSite]
    /// Listened on only where a site has a certificate.
    package var httpsPort = 8443
    /// Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    package var trustedProxies: [String] = []
    /// Where the configuration is read from when the distribution's nginx includes it; nil for an nginx of our own.
    package var includedFrom: String?
    /// Absolute; files below are answered under `/.well-known/acme-challenge/`.
    package var challengeDirectory = "/var/lib/frappectl"
    package var snippets: [IngressSnippet] = []
    /// Where the operator's snippets are, for people who read our files; empty for nowhere.
    package var snippetsDirectory = ""

    package init(
        rootIdentifier: String, listenAddress: String = "127.0.0.1", httpPort: Int = 8080, workerUser: String? = nil,
        logsDirectory: String, generation: Int = 0, benches: [IngressBench] = [], sites: [IngressSite] = []
    ) {
        self.rootIdentifier = rootIdentifier
        self.listenAddress = listenAddress
        self.httpPort = httpPort
        self.workerUser = workerUser
        self.logsDirectory = logsDirectory
        self.generation = generation
        self.benches = benches
        self.sites = sites
    }

    /// The host name, not usable by any site, under which nginx tells the generation that it serves.
    package static let generationHost = "generation.frappectl.invalid"
}

/// One release of a bench as nginx sees it: where its files are and where its processes listen.
package struct IngressBench: Hashable, Sendable {
    package enum Condition: String, Hashable, Sendable { case serving, stopped }

    /// Lowercase letters, digits and hyphens; unique on the host.
    package var id: String
    /// Absolute path of the release's `sites` directory. Containers write inside it, not to its parent.
    package var sitesDirectory: String
    /// Absolute paths of the extracted assets, newest first, all in one directory.
    package var assetsDirectories: [String]
    package var web: [UpstreamAddress]
    package var socketio: [UpstreamAddress]
    package var condition: Condition

    package init(
        id: String, sitesDirectory: String, assetsDirectories: [String] = [], web: [UpstreamAddress] = [],
        socketio: [UpstreamAddress] = [], condition: Condition = .serving
    ) {
        self.id = id
        self.sitesDirectory = sitesDirectory
        self.assetsDirectories = assetsDirectories
        self.web = web
        self.socketio = socketio
        self.condition = condition
    }
}

/// Where a process of a bench listens on this host.
package enum UpstreamAddress: Hashable, Sendable {
    /// The absolute path of a unix socket, at most 107 bytes.
    case socket(String)
    /// A port on 127.0.0.1.
    case port(Int)
}

/// A site, the names it is reached by, and the bench that serves it.
package struct IngressSite: Hashable, Sendable {
    package enum Condition: String, Hashable, Sendable { case serving, maintenance, suspended }

    /// The directory under the bench's `sites`.
    package var siteName: String
    /// Lowercase, without port; the site's own name is among them where it is to be reached by it.
    package var hostNames: [String]
    package var bench: String
    package var condition: Condition
    /// Names that lead to `canonicalName`.
    package var redirectedNames: [String] = []
    /// The name in the site's public URL; one of `hostNames`.
    package var canonicalName: String?
    /// The certificate of each name that has one.
    package var certificates: [String: IngressCertificate] = [:]
    package var settings = SiteIngress()
    /// Whether the operator wrote something for its server.
    package var hasSnippets = false

    /// Whether it has servers of its own instead of a line in that of its bench.
    package var hasOwnServers: Bool {
        hasSnippets || !redirectedNames.isEmpty || !certificates.isEmpty || settings != SiteIngress()
    }

    /// Every name that leads here.
    package var allNames: [String] { hostNames + redirectedNames }

    package init(siteName: String, hostNames: [String], bench: String, condition: Condition = .serving) {
        self.siteName = siteName
        self.hostNames = hostNames
        self.bench = bench
        self.condition = condition
    }
}

/// What the nginx inside a bench's network has to know.
package struct EdgeState: Hashable, Sendable {
    package var sites: [IngressSite]
    /// Network alias and port of gunicorn; every replica answers to it.
    package var web: String
    package var socketio: String
    /// 80, which realtime calls back on, and the port of the public URLs where that is another.
    package var ports: [Int]
    /// Whether people reach it, not only containers of the bench: then uploaded pages are not shown as the site's own,
    /// and pages of other sites open no socket.
    package var isPublic = false

    package init(
        sites: [IngressSite], web: String = "web:8000", socketio: String = "socketio:9000", ports: [Int] = [80]
    ) {
        self.ports = ports
        self.sites = sites
        self.web = web
        self.socketio = socketio
    }
}
