import FrappeModel
import NginxTemplates

/// Values that many of the files share.
struct IngressCommon {
    /// Before the names of files to include: nothing where nginx finds them beside its own main file.
    let base: String
    let logs: String
    let listens: [[String: TemplateValue]]
    let secureListens: [[String: TemplateValue]]
    let trusted: [[String: TemplateValue]]
    let areSettingsInServers: Bool
    let challenges: String
    private let allSnippets: [IngressSnippet]

    init(_ state: IngressState) throws(IngressRenderingError) {
        if let directory = state.includedFrom { base = try IngressValue.path(directory) + "/" } else { base = "" }
        logs = try IngressValue.path(state.logsDirectory)
        listens = try Self.listens(state, port: state.httpPort)
        secureListens = try Self.listens(state, port: state.httpsPort)
        var trusted: [[String: TemplateValue]] = []
        for source in state.trustedProxies { trusted.append(["source": .text(try IngressValue.source(source))]) }
        self.trusted = trusted
        areSettingsInServers = state.includedFrom != nil
        challenges = try IngressValue.path(state.challengeDirectory)
        allSnippets = state.snippets.sorted { $0.path < $1.path }
    }

    /// `::` is all addresses of IPv4 and of IPv6.
    static func listens(
        _ state: IngressState, port: Int
    ) throws(IngressRenderingError) -> [[String: TemplateValue]] {
        let addresses = state.listenAddress == "::" ? ["0.0.0.0", "::"] : [state.listenAddress]
        var listens: [[String: TemplateValue]] = []
        for address in addresses { listens.append(["listen": .text(try IngressValue.listen(address, port: port))]) }
        return listens
    }

    func snippets(_ level: IngressSnippet.Level) throws(IngressRenderingError) -> [[String: TemplateValue]] {
        var items: [[String: TemplateValue]] = []
        for snippet in allSnippets where snippet.level == level {
            items.append(["path": .text(base + (try IngressRendering.path(of: snippet)))])
        }
        return items
    }

    /// - Parameter complete: whether the defaults are said as well.
    static func limits(_ settings: SiteIngress, complete: Bool) -> [[String: TemplateValue]] {
        let values: [(String, Int?, Int, String)] = [
            ("client_max_body_size", settings.bodySize, SiteIngress.defaultBodySize, ""),
            ("proxy_read_timeout", settings.readTimeout, SiteIngress.defaultTimeout, "s"),
            ("proxy_send_timeout", settings.sendTimeout, SiteIngress.defaultTimeout, "s"),
        ]
        return values.compactMap { name, value, usual, unit in
            guard let number = value ?? (complete ? usual : nil) else { return nil }
            return ["limit": .text("\(name) \(number)\(unit);")]
        }
    }
}
