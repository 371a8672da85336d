import FrappeModel
import NginxTemplates

/// The whole configuration of the host's nginx as texts by relative path.
package enum IngressRendering {
    package static let generationPath = "generation.conf"

    package static func files(_ state: IngressState) throws(IngressRenderingError) -> [String: String] {
        try IngressHosts.checkUnique(state.sites)
        let sites = try sitesByBench(state)
        var files: [String: String] = [
            "nginx.conf": try main(state), generationPath: try generation(state),
            "headers.conf": NginxTemplate.headers.text, "mime.types": NginxTemplate.mimeTypes.text,
        ]
        for bench in state.benches {
            files["benches/\(try IngressValue.identifier(bench.id)).conf"] = try self.bench(bench, in: state)
            let ofSites = try IngressSiteFiles.files(bench: bench.id, sites: sites[bench.id] ?? [])
            files.merge(ofSites) { current, _ in current }
        }
        return files
    }

    /// The one file that says which generation is served, and the only one that differs in every generation.
    package static func generation(_ state: IngressState) throws(IngressRenderingError) -> String {
        try NginxTemplate.generation.rendered([
            "listen": .text(try listen(state)), "host": .text(IngressState.generationHost),
            "root": .text(try IngressValue.identifier(state.rootIdentifier)),
            "generation": .text("\(state.generation)"),
        ])
    }

    private static func main(_ state: IngressState) throws(IngressRenderingError) -> String {
        let user: [[String: TemplateValue]] =
            if let name = state.workerUser { [["name": .text(try IngressValue.accountName(name))]] } else { [] }
        return try NginxTemplate.main.rendered([
            "workerUser": .list(user), "logs": .text(try IngressValue.path(state.logsDirectory)),
            "listen": .text(try listen(state)), "port": .text("\(state.httpPort)"),
            "unknownHostPage": .text(try IngressPage.unknownHost.text()),
            "maintenancePage": .text(try IngressPage.maintenance.text()),
            "suspendedPage": .text(try IngressPage.suspended.text()),
        ])
    }

    private static func bench(
        _ bench: IngressBench, in state: IngressState
    ) throws(IngressRenderingError) -> String {
        let common: [String: TemplateValue] = [
            "bench": .text(bench.id), "listen": .text(try listen(state)),
            "logs": .text(try IngressValue.path(state.logsDirectory)),
        ]
        switch bench.condition {
        case .stopped:
            let page: [String: TemplateValue] = ["stoppedPage": .text(try IngressPage.stopped.text())]
            return try NginxTemplate.stoppedBench.rendered(common.merging(page) { current, _ in current })
        case .serving:
            let values = try serving(bench)
            return try NginxTemplate.bench.rendered(common.merging(values) { current, _ in current })
        }
    }

    private static func serving(_ bench: IngressBench) throws(IngressRenderingError) -> [String: TemplateValue] {
        let sites = try IngressValue.path(bench.sitesDirectory)
        var values: [String: TemplateValue] = [
            "web": .list(try addresses(bench.web)), "socketio": .list(try addresses(bench.socketio)),
            "sites": .text(sites), "sitesParent": .text(try parent(of: sites)),
            "unavailablePage": .text(try IngressPage.unavailable.text()),
            "tooLargePage": .text(try IngressPage.tooLarge.text()),
        ]
        values.merge(try assets(of: bench)) { current, _ in current }
        return values
    }

    private static func assets(of bench: IngressBench) throws(IngressRenderingError) -> [String: TemplateValue] {
        var parents: Set<String> = []
        var names: [[String: TemplateValue]] = []
        for directory in bench.assetsDirectories {
            let path = try IngressValue.path(directory)
            let parent = try self.parent(of: path)
            parents.insert(parent)
            names.append(["directory": .text(String(path.dropFirst(parent.count + 1)))])
        }
        guard parents.count <= 1 else { throw .assetsApart(bench: bench.id) }
        return [
            "hasAssets": .flag(!names.isEmpty), "assets": .list(names), "assetsParent": .text(parents.first ?? ""),
        ]
    }

    private static func addresses(
        _ upstreams: [UpstreamAddress]
    ) throws(IngressRenderingError) -> [[String: TemplateValue]] {
        var items: [[String: TemplateValue]] = []
        for upstream in upstreams { items.append(["address": .text(try IngressValue.upstream(upstream))]) }
        return items
    }

    /// The directory above; one directly under `/` is refused, because links above it would have to be trusted too.
    private static func parent(of path: String) throws(IngressRenderingError) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw .refused(.path, path) }
        return String(path[..<slash])
    }

    private static func listen(_ state: IngressState) throws(IngressRenderingError) -> String {
        try IngressValue.listen(state.listenAddress, port: state.httpPort)
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
