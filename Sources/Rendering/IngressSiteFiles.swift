import FrappeModel
import NginxTemplates

/// The files that hold the sites of one bench, cut so that a change of one site touches a small one.
package enum IngressSiteFiles {
    /// How many files the sites of a bench are spread over.
    package static func bucketCount(sites: Int) -> Int { sites <= 64 ? 1 : 64 }

    /// The bucket of a site, which never depends on other sites.
    package static func bucket(of site: String, count: Int) -> Int {
        Int(StableHash.fnv64(site.utf8) % UInt64(max(count, 1)))
    }

    /// The site that a line of one of these files is about.
    package static func site(inLine line: String, of path: String) -> String? {
        guard path.hasPrefix("sites/") else { return nil }
        let words = line.split { $0 == " " || $0 == ";" }
        if path.hasSuffix(".conditions") { return words.first.map(String.init) }
        return words.count > 1 ? words.last.map(String.init) : nil
    }

    /// Every file of the sites of a bench, by path.
    package static func files(
        bench: String, sites: [IngressSite]
    ) throws(IngressRenderingError) -> [String: String] {
        let count = bucketCount(sites: sites.count)
        let buckets = Dictionary(grouping: sites) { bucket(of: $0.siteName, count: count) }
        let templates = try SiteTemplates()
        var files: [String: String] = [:]
        for (bucket, sites) in buckets {
            for (path, text) in try templates.files(bench: bench, bucket: bucket, sites: sites) { files[path] = text }
        }
        return files
    }

    /// The files of one bucket from the sites in it; nil for a file that must not be there.
    package static func files(
        bench: String, bucket: Int, sites: [IngressSite]
    ) throws(IngressRenderingError) -> [String: String?] {
        let rendered = try SiteTemplates().files(bench: bench, bucket: bucket, sites: sites)
        return Dictionary(
            uniqueKeysWithValues: SiteTemplates.paths(bench: bench, bucket: bucket).map { ($0, rendered[$0]) })
    }
}

/// The templates of the sites' files, parsed once for many buckets.
private struct SiteTemplates {
    private let map: StrictTemplate
    private let names: StrictTemplate

    init() throws(IngressRenderingError) {
        do {
            map = try StrictTemplate(name: NginxTemplate.siteMap.rawValue, text: NginxTemplate.siteMap.text)
            names = try StrictTemplate(name: NginxTemplate.siteNames.rawValue, text: NginxTemplate.siteNames.text)
        } catch {
            throw .template(error)
        }
    }

    static func paths(bench: String, bucket: Int) -> [String] {
        let number = bucket < 10 ? "0\(bucket)" : "\(bucket)"
        return ["map", "names", "conditions"].map { "sites/\(bench)/\(number).\($0)" }
    }

    func files(
        bench: String, bucket: Int, sites: [IngressSite]
    ) throws(IngressRenderingError) -> [String: String] {
        let paths = Self.paths(bench: bench, bucket: bucket)
        let ordered = sites.sorted { $0.siteName < $1.siteName }.filter { !$0.hostNames.isEmpty }
        let texts = [try hosts(of: ordered), try serverNames(of: ordered), try conditions(of: ordered)]
        var files: [String: String] = [:]
        for (path, text) in zip(paths, texts) where !text.isEmpty { files[path] = text }
        return files
    }

    private func hosts(of sites: [IngressSite]) throws(IngressRenderingError) -> String {
        try mapText(try IngressHosts.entries(of: sites) { $0.siteName })
    }

    private func conditions(of sites: [IngressSite]) throws(IngressRenderingError) -> String {
        let away = sites.filter { $0.condition != .serving }
        return try mapText(try IngressHosts.entries(of: away) { $0.condition.rawValue })
    }

    private func mapText(_ entries: [[String: TemplateValue]]) throws(IngressRenderingError) -> String {
        try render(map, ["hosts": .list(entries)])
    }

    private func serverNames(of sites: [IngressSite]) throws(IngressRenderingError) -> String {
        var items: [[String: TemplateValue]] = []
        for site in sites {
            var names: [String] = []
            for host in site.hostNames.sorted() { names.append(try IngressValue.hostName(host)) }
            items.append([
                "hosts": .text(names.joined(separator: " ")), "site": .text(try IngressValue.siteName(site.siteName)),
            ])
        }
        return try render(names, ["sites": .list(items)])
    }

    private func render(
        _ template: StrictTemplate, _ values: [String: TemplateValue]
    ) throws(IngressRenderingError) -> String {
        do {
            return try template.render(values)
        } catch {
            throw .template(error)
        }
    }
}

/// Host names as entries of a map.
enum IngressHosts {
    static func entries(
        of sites: [IngressSite], value: (IngressSite) -> String
    ) throws(IngressRenderingError) -> [[String: TemplateValue]] {
        var entries: [[String: TemplateValue]] = []
        for site in sites {
            _ = try IngressValue.siteName(site.siteName)
            for host in site.hostNames.sorted() {
                entries.append(["host": .text(try IngressValue.mapKey(host)), "value": .text(value(site))])
            }
        }
        return entries
    }

    /// Refuses a name that two sites claim, or one site twice: nginx would take the first, or refuse to start.
    static func checkUnique(_ sites: [IngressSite]) throws(IngressRenderingError) {
        var owners: [String: String] = [:]
        for site in sites {
            for host in site.hostNames {
                if let other = owners.updateValue(site.siteName, forKey: host) {
                    throw .hostTaken(host: host, sites: [other, site.siteName].sorted())
                }
            }
        }
    }
}
