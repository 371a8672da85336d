import FrappeModel
import NginxTemplates

/// The servers of a site that has certificates, limits, redirects or snippets of its own.
struct IngressSiteServers {
    let site: IngressSite
    let state: IngressState
    let common: IngressCommon

    func files() throws(IngressRenderingError) -> [String: String] {
        let prefix = "sites/\(try IngressValue.identifier(site.bench))/\(try IngressValue.siteName(site.siteName))"
        var files = ["\(prefix).conf": try servers()]
        if let seconds = site.settings.strictTransportSeconds {
            var line = ""
            IngressHosts.append([site.siteName], value: "\"max-age=\(seconds)\"", to: &line)
            files["\(prefix).strict"] = line
        }
        return files
    }

    private func servers() throws(IngressRenderingError) -> String {
        let rate = site.settings.requestsPerSecond.map { [$0] } ?? []
        var sources: [[String: TemplateValue]] = []
        for source in site.settings.sources { sources.append(["source": .text(try IngressValue.source(source))]) }
        return try NginxTemplate.site.rendered([
            "site": .text(site.siteName), "bench": .text(site.bench), "base": .text(common.base),
            "id": .text(StableHash.hex(StableHash.fnv32(site.siteName))), "logs": .text(common.logs),
            "challenges": .text(common.challenges), "listens": .list(common.listens),
            "secureListens": .list(common.secureListens), "settings": .flag(common.areSettingsInServers),
            "limits": .list(IngressCommon.limits(site.settings, complete: common.areSettingsInServers)),
            "snippets": .list(try common.snippets(.site(site.siteName))),
            "rate": .list(rate.map { ["number": .text("\($0)")] }),
            "rateLimit": .list(rate.map { ["burst": .text("\($0 * 5)")] }),
            "guarded": .flag(!sources.isEmpty), "sources": .list(sources), "servers": .list(try serving()),
            "redirects": .list(try redirecting()),
        ])
    }

    private func serving() throws(IngressRenderingError) -> [[String: TemplateValue]] {
        var servers: [[String: TemplateValue]] = []
        for (certificate, names) in groups(of: site.hostNames) {
            let port: [[String: TemplateValue]] = [["port": .text(Self.suffix(state.httpsPort, unless: 443))]]
            servers.append([
                "names": .text(try list(names)), "certificate": .list(try files(of: certificate)),
                "secureOnly": .list(certificate != nil && site.settings.redirectsToHTTPS ? port : []),
            ])
        }
        return servers
    }

    /// Where there is a public name, the others lead to it, with path and query.
    private func redirecting() throws(IngressRenderingError) -> [[String: TemplateValue]] {
        guard let canonical = site.canonicalName else { return [] }
        let name = try IngressValue.hostName(canonical)
        var servers: [[String: TemplateValue]] = []
        for (certificate, names) in groups(of: site.redirectedNames) {
            servers.append([
                "names": .text(try list(names)), "certificate": .list(try files(of: certificate)),
                "target": .text(target(name, isSecure: certificate != nil)),
            ])
        }
        return servers
    }

    /// - Parameter isSecure: whether visitors may come over HTTPS to us, which the public name has to have as well.
    private func target(_ canonical: String, isSecure: Bool) -> String {
        if site.certificates[canonical] != nil {
            return "https://\(canonical)\(Self.suffix(state.httpsPort, unless: 443))"
        }
        if isSecure { return "http://\(canonical)\(Self.suffix(state.httpPort, unless: 80))" }
        return "$frappectl_scheme://\(canonical)$frappectl_port"
    }

    /// Names by their certificate, those without one first.
    private func groups(of names: [String]) -> [(certificate: IngressCertificate?, names: [String])] {
        Dictionary(grouping: names) { site.certificates[$0] }.map { (certificate: $0.key, names: $0.value.sorted()) }
            .sorted { ($0.certificate?.certificateFile ?? "") < ($1.certificate?.certificateFile ?? "") }
    }

    private func list(_ names: [String]) throws(IngressRenderingError) -> String {
        var hosts: [String] = []
        for name in names { hosts.append(try IngressValue.hostPattern(name)) }
        return hosts.joined(separator: " ")
    }

    private func files(of certificate: IngressCertificate?) throws(IngressRenderingError) -> [[String: TemplateValue]] {
        guard let certificate else { return [] }
        return [
            [
                "certificateFile": .text(try IngressValue.path(certificate.certificateFile)),
                "keyFile": .text(try IngressValue.path(certificate.keyFile)),
            ]
        ]
    }

    private static func suffix(_ port: Int, unless usual: Int) -> String { port == usual ? "" : ":\(port)" }
}
