import FrappeModel
import NginxTemplates

/// The whole configuration of the host's nginx as texts by relative path.
package enum IngressRendering {
    package static let generationPath = "generation.conf"
    /// What the distribution's nginx includes.
    package static let includePath = "include.conf"
    /// Copies of the operator's snippets: what is served was tested as it is.
    package static let snippetsPath = "snippets"

    package static func files(_ state: IngressState) throws(IngressRenderingError) -> [String: String] {
        var state = state
        state.markSnippets()
        try IngressHosts.checkUnique(state.sites)
        let sites = try sitesByBench(state)
        let common = try IngressCommon(state)
        var files: [String: String] = [
            generationPath: try generation(state), "headers.conf": NginxTemplate.headers.text,
            "mime.types": NginxTemplate.mimeTypes.text, "tls.conf": NginxTemplate.tls.text,
            "settings.conf": try settings(state, common), "http.conf": try http(state, common),
        ]
        if state.includedFrom == nil {
            files["nginx.conf"] = try main(state, common)
        } else {
            files[includePath] = try include(state, common)
        }
        for snippet in state.snippets { files[try path(of: snippet)] = snippet.text }
        for bench in state.benches {
            let ofBench = try IngressBenchFiles(bench: bench, state: state, common: common).files()
            let ofSites = try IngressSiteFiles.files(bench: bench.id, sites: sites[bench.id] ?? [])
            files.merge(ofBench.merging(ofSites) { current, _ in current }) { current, _ in current }
            for site in sites[bench.id] ?? [] where site.hasOwnServers {
                let own = try IngressSiteServers(site: site, state: state, common: common).files()
                files.merge(own) { current, _ in current }
            }
        }
        return files
    }

    /// The one file that says which generation is served, and the only one that differs in every generation.
    package static func generation(_ state: IngressState) throws(IngressRenderingError) -> String {
        try NginxTemplate.generation.rendered([
            "listens": .list(try IngressCommon.listens(state, port: state.httpPort)),
            "host": .text(IngressState.generationHost),
            "root": .text(try IngressValue.identifier(state.rootIdentifier)),
            "generation": .text("\(state.generation)"),
        ])
    }

    /// Where the benches' logs are, below the directory of logs: nginx creates the logs, not their directories.
    package static func logDirectories(in files: [String: String]) -> [String] {
        files.keys.filter { $0.hasPrefix("benches/") && $0.hasSuffix(".server") }.sorted()
            .map { String($0.dropFirst("benches/".count).dropLast(".server".count)) }
    }

    static func path(of snippet: IngressSnippet) throws(IngressRenderingError) -> String {
        _ = try IngressValue.snippetName(snippet.file)
        switch snippet.level {
        case .host: break
        case .bench(let bench): _ = try IngressValue.identifier(bench)
        case .site(let site): _ = try IngressValue.siteName(site)
        }
        return "\(snippetsPath)/\(snippet.path)"
    }

    private static func main(
        _ state: IngressState, _ common: IngressCommon
    ) throws(IngressRenderingError) -> String {
        let user: [[String: TemplateValue]] =
            if let name = state.workerUser { [["name": .text(try IngressValue.accountName(name))]] } else { [] }
        return try NginxTemplate.main.rendered([
            "operator": .text(state.snippetsDirectory.isEmpty ? "" : try IngressValue.path(state.snippetsDirectory)),
            "workerUser": .list(user), "logs": .text(common.logs), "listens": .list(common.listens),
            "secureListens": .list(state.hasCertificates ? common.secureListens : []),
            "shutdownTimeout": .text("\(state.shutdownTimeout)"),
            "snippets": .list(try common.snippets(.host)),
            "unknownHostPage": .text(try IngressPage.unknownHost.text()),
        ])
    }

    private static func include(
        _ state: IngressState, _ common: IngressCommon
    ) throws(IngressRenderingError) -> String {
        try NginxTemplate.include.rendered([
            "base": .text(common.base), "snippets": .list(try common.snippets(.host)),
        ])
    }

    private static func settings(
        _ state: IngressState, _ common: IngressCommon
    ) throws(IngressRenderingError) -> String {
        try NginxTemplate.settings.rendered([
            "base": .text(common.base), "trusted": .list(common.trusted), "hasTrusted": .flag(!common.trusted.isEmpty),
            "limits": .list(common.areSettingsInServers ? [] : IngressCommon.limits(SiteIngress(), complete: true)),
        ])
    }

    private static func http(
        _ state: IngressState, _ common: IngressCommon
    ) throws(IngressRenderingError) -> String {
        var ports: [[String: TemplateValue]] = []
        for port in Set([state.httpPort, state.httpsPort]).sorted() {
            ports.append(["port": .text("\(try IngressValue.port(port))")])
        }
        return try NginxTemplate.http.rendered([
            "base": .text(common.base), "ports": .list(ports), "trusted": .list(common.trusted),
            "root": .text(try IngressValue.identifier(state.rootIdentifier)),
            "maintenancePage": .text(try IngressPage.maintenance.text()),
            "suspendedPage": .text(try IngressPage.suspended.text()),
        ])
    }

    private static func sitesByBench(
        _ state: IngressState
    ) throws(IngressRenderingError) -> [String: [IngressSite]] {
        var ids: Set<String> = []
        for bench in state.benches where !ids.insert(bench.id).inserted { throw .benchTwice(bench.id) }
        for site in state.sites where !ids.contains(site.bench) {
            throw .benchUnknown(bench: site.bench, site: site.siteName)
        }
        return Dictionary(grouping: state.sites, by: \.bench)
    }
}

extension IngressState {
    var hasCertificates: Bool { sites.contains { !$0.certificates.isEmpty } }

    /// Longer than any site's timeout, so that a reload cuts no request.
    fileprivate var shutdownTimeout: Int {
        let timeouts = sites.flatMap { [$0.settings.readTimeout, $0.settings.sendTimeout] }.compactMap(\.self)
        return max(timeouts.max() ?? 0, SiteIngress.defaultTimeout) + 30
    }

    fileprivate mutating func markSnippets() {
        let named = Set(snippets.compactMap { if case .site(let site) = $0.level { site } else { nil } })
        for index in sites.indices where named.contains(sites[index].siteName) { sites[index].hasSnippets = true }
    }
}
