/// How a site is reached, beyond its names: limits, who may come, and HTTPS.
package struct SiteIngress: Hashable, Sendable {
    /// Whether nginx serves it at all.
    package var isEnabled = true
    /// Bytes of a request's body; 0 for any number, nil for the default.
    package var bodySize: Int?
    /// Seconds in which the site has to send something.
    package var readTimeout: Int?
    /// Seconds in which the site has to take something.
    package var sendTimeout: Int?
    /// Networks and addresses that may come; empty for all.
    package var sources: [String] = []
    /// Requests a second that one address may make.
    package var requestsPerSecond: Int?
    /// Whether HTTP leads to HTTPS where the name has a certificate.
    package var redirectsToHTTPS = true
    /// Seconds for which browsers are told to insist on HTTPS; nil for not at all.
    package var strictTransportSeconds: Int?

    package init() {}

    package static let defaultBodySize = 51 << 20
    package static let defaultTimeout = 120
}

/// Host names that may stand for many, as nginx has them: `*.example.com` is every name that ends with `.example.com`.
package enum HostPattern {
    package static func isWildcard(_ name: String) -> Bool { name.hasPrefix("*.") }

    /// Whether `name` is one of those that the wildcard stands for.
    package static func covers(_ wildcard: String, _ name: String) -> Bool {
        isWildcard(wildcard) && !isWildcard(name) && name.hasSuffix(wildcard.dropFirst())
    }
}

/// A further name of a site (kind `SiteDomain`).
package struct SiteDomain: Hashable, Sendable {
    package var name: ObjectName
    package var site: ObjectName
    package var domain: String
    /// Whether it is the site's public name, to which the site's own names lead.
    package var isPrimary: Bool
    /// Whether it leads to the site's public name instead of serving the site.
    package var redirects: Bool
    /// The Secret with its certificate; nil for the site's.
    package var certificate: ObjectName?
    /// How its certificate is made, where it has no Secret; nil for as the site's.
    package var certificateRequest: CertificateRequest?
    /// Whether it may be reached by HTTPS.
    package var isSecure = true

    package init(
        name: ObjectName, site: ObjectName, domain: String, isPrimary: Bool = false, redirects: Bool = false,
        certificate: ObjectName? = nil
    ) {
        self.name = name
        self.site = site
        self.domain = domain
        self.isPrimary = isPrimary
        self.redirects = redirects
        self.certificate = certificate
    }
}

/// Files with a certificate and its key; a changed certificate has files of another name.
package struct IngressCertificate: Hashable, Sendable {
    package var certificateFile: String
    package var keyFile: String

    package init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// A piece of nginx's configuration that the operator of the host wrote.
package struct IngressSnippet: Hashable, Sendable {
    /// Which of our blocks it is included in.
    package enum Level: Hashable, Sendable {
        case host
        /// Every server of the bench's sites, by the bench's id.
        case bench(String)
        /// The server of one site, by the site's name.
        case site(String)
    }

    package var level: Level
    /// Letters, digits and `._-`, ending in `.conf`.
    package var file: String
    package var text: String

    package init(level: Level, file: String, text: String) {
        self.level = level
        self.file = file
        self.text = text
    }

    /// Its path below the directory of snippets, and below `snippets/` in what is served.
    package var path: String {
        switch level {
        case .host: "host/\(file)"
        case .bench(let bench): "benches/\(bench)/\(file)"
        case .site(let site): "sites/\(site)/\(file)"
        }
    }
}
