/// Why the proxy's configuration cannot be rendered; nothing was written.
package enum IngressRenderingError: Error, Hashable, CustomStringConvertible {
    /// What a value was meant to be.
    package enum Kind: String, Hashable, Sendable {
        case hostName = "host name"
        case siteName = "site name"
        case identifier = "identifier"
        case accountName = "account name"
        case port = "port"
        case path = "absolute path"
        case socketPath = "socket path of at most 107 bytes"
        case address = "IP address"
        case aliasAndPort = "name and port"
        case page = "text for a page"
        case source = "address or network"
        case snippetName = "name of a snippet (letters, digits, dots, hyphens, underscores; ending in .conf)"
    }

    case refused(Kind, String)
    case hostTaken(host: String, sites: [String])
    case benchTwice(String)
    case benchUnknown(bench: String, site: String)
    case assetsApart(bench: String)
    case template(TemplateError)

    package var description: String {
        switch self {
        case .refused(let kind, let value):
            "\(Self.printable(value)) cannot go into nginx's configuration: it is no \(kind.rawValue)"
        case .hostTaken(let host, let sites):
            "the host name \(host) belongs to \(sites.joined(separator: " and to ")): take it away from one of them"
        case .benchTwice(let bench): "the bench \(bench) is listed twice"
        case .benchUnknown(let bench, let site): "the site \(site) is on the bench \(bench), which does not exist"
        case .assetsApart(let bench): "the assets of the bench \(bench) are not all in one directory"
        case .template(let error): "\(error)"
        }
    }

    /// At most 80 characters, in quotes, with everything that is not plain text written as an escape.
    private static func printable(_ value: String) -> String {
        let shown = value.unicodeScalars.prefix(80).map { $0.escaped(asASCII: true) }.joined()
        return "\"\(shown)\(value.unicodeScalars.count > 80 ? "..." : "")\""
    }
}
