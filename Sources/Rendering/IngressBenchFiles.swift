import FrappeModel
import NginxTemplates

/// The files of one bench: its upstreams with the server of its plain sites, and what all its servers do.
struct IngressBenchFiles {
    let bench: IngressBench
    let state: IngressState
    let common: IngressCommon

    func files() throws(IngressRenderingError) -> [String: String] {
        let id = try IngressValue.identifier(bench.id)
        return ["benches/\(id).conf": try entrance(), "benches/\(id).server": try server()]
    }

    private func entrance() throws(IngressRenderingError) -> String {
        try NginxTemplate.bench.rendered([
            "bench": .text(bench.id), "base": .text(common.base), "listens": .list(common.listens),
            "serving": .flag(bench.condition == .serving), "settings": .flag(common.areSettingsInServers),
            "limits": .list(common.areSettingsInServers ? IngressCommon.limits(SiteIngress(), complete: true) : []),
            "web": .list(try addresses(bench.web)), "socketio": .list(try addresses(bench.socketio)),
        ])
    }

    private func server() throws(IngressRenderingError) -> String {
        let values: [String: TemplateValue] = [
            "bench": .text(bench.id), "base": .text(common.base), "logs": .text(common.logs),
            "challenges": .text(common.challenges),
        ]
        guard bench.condition == .serving else {
            let page: [String: TemplateValue] = ["stoppedPage": .text(try IngressPage.stopped.text())]
            return try NginxTemplate.stoppedBench.rendered(values.merging(page) { current, _ in current })
        }
        return try NginxTemplate.servingBench.rendered(values.merging(try serving()) { current, _ in current })
    }

    private func serving() throws(IngressRenderingError) -> [String: TemplateValue] {
        let sites = try IngressValue.path(bench.sitesDirectory)
        var values: [String: TemplateValue] = [
            "snippets": .list(try common.snippets(.bench(bench.id))),
            "sites": .text(sites), "sitesParent": .text(try parent(of: sites)),
            "unavailablePage": .text(try IngressPage.unavailable.text()),
            "tooLargePage": .text(try IngressPage.tooLarge.text()),
        ]
        values.merge(try assets()) { current, _ in current }
        return values
    }

    private func assets() throws(IngressRenderingError) -> [String: TemplateValue] {
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

    private func addresses(
        _ upstreams: [UpstreamAddress]
    ) throws(IngressRenderingError) -> [[String: TemplateValue]] {
        var items: [[String: TemplateValue]] = []
        for upstream in upstreams { items.append(["address": .text(try IngressValue.upstream(upstream))]) }
        return items
    }

    /// The directory above; one directly under `/` is refused, because links above it would have to be trusted too.
    private func parent(of path: String) throws(IngressRenderingError) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw .refused(.path, path) }
        return String(path[..<slash])
    }
}
