/// Who runs the server of a site's database, and for how many sites.
package enum DatabaseMode: String, Codable, Sendable {
    /// One of ours for many sites.
    case shared
    /// One of ours for one site.
    case dedicated
    /// One that others run.
    case external

    /// - Parameter server: a server's name as sites and their records have it.
    package init(server: String) {
        if ExternalDatabase.owns(server) {
            self = .external
        } else {
            self = DedicatedDatabase.owns(server) ? .dedicated : .shared
        }
    }
}

/// A database on a server that others run: where it is, and the Secret with the login.
package struct ExternalDatabase: Hashable, Sendable {
    /// Where the Secret does not say it.
    package var host: String?
    package var port: Int?
    package var secret: ObjectName

    package static let defaultPort = 3306

    package init(host: String? = nil, port: Int? = nil, secret: ObjectName) {
        self.host = host
        self.port = port
        self.secret = secret
    }

    /// The keys of the Secret: those of the operator, and those of certificates for TLS.
    package enum Key: String, CaseIterable, Sendable {
        case host, port, database, username, password, type
        case authority = "ca.crt"
        case certificate = "tls.crt"
        case privateKey = "tls.key"
    }

    /// What a server is called in the records: no server of ours has a colon in its name.
    package static func serverName(host: String, port: Int) -> String { "\(host):\(port)" }

    /// Whether a server of this name is run by others.
    package static func owns(_ server: String) -> Bool { server.contains(":") }

    /// What it is called as far as the manifest alone says.
    package var serverName: String { Self.serverName(host: host ?? "external", port: port ?? Self.defaultPort) }
}
