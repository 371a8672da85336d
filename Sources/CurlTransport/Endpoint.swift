/// Where requests go: a unix socket, or a host and port.
package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    case unix(String)
    case tcp(host: String, port: Int, tls: Bool)

    package var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port, _): "\(Self.bracketed(host)):\(port)"
        }
    }

    /// Scheme and authority of every URL sent there.
    var origin: String {
        switch self {
        case .unix: "http://localhost"
        case .tcp(_, _, let tls): (tls ? "https://" : "http://") + description
        }
    }

    /// The `Host` header a request gets when it brings none.
    var defaultHost: String {
        switch self {
        case .unix: "localhost"
        case .tcp: description
        }
    }

    private static func bracketed(_ host: String) -> String {
        host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    }
}

/// Which certificates an endpoint with TLS may show.
package enum TLSTrust: Hashable, Sendable {
    /// Those the system trusts.
    case system
    /// Those signed by an authority in this PEM file.
    case authority(path: String)
    /// Any, for probes of a server of our own that has a self-signed certificate.
    case any
}
