import FrappeModel

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
        if path.hasSuffix(".conf") || path.hasSuffix(".strict") {
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            return name.lastIndex(of: ".").map { String(name[..<$0]) }
        }
        if path.hasSuffix(".conditions") { return words.first.map(String.init) }
        return words.count > 1 ? words.last.map(String.init) : nil
    }

    /// Every file of the sites of a bench, by path.
    package static func files(
        bench: String, sites: [IngressSite]
    ) throws(IngressRenderingError) -> [String: String] {
        let count = bucketCount(sites: sites.count)
        let buckets = Dictionary(grouping: sites) { bucket(of: $0.siteName, count: count) }
        var files: [String: String] = [:]
        for (bucket, sites) in buckets {
            for (path, text) in try self.files(bench: bench, bucket: bucket, sites: sites) { files[path] = text }
        }
        return files
    }

    /// The files of one bucket from the sites in it; nil for a file that must not be there.
    package static func files(
        bench: String, bucket: Int, sites: [IngressSite]
    ) throws(IngressRenderingError) -> [String: String?] {
        var map = ""
        var names = ""
        var conditions = ""
        for site in sites.sorted(by: { $0.siteName < $1.siteName }) where !site.hostNames.isEmpty {
            let name = try IngressValue.siteName(site.siteName)
            let hosts = try site.sortedHosts()
            IngressHosts.append(hosts, value: name, to: &map)
            if !site.hasOwnServers { names += "server_name \(hosts.joined(separator: " ")); # \(name)\n" }
            if site.condition != .serving {
                IngressHosts.append([name], value: site.condition.rawValue, to: &conditions)
            }
        }
        let prefix = "sites/\(try IngressValue.identifier(bench))/\(bucket < 10 ? "0" : "")\(bucket)"
        let texts = ["map": map, "names": names, "conditions": conditions]
        return Dictionary(
            uniqueKeysWithValues: texts.map { ("\(prefix).\($0.key)", $0.value.isEmpty ? nil : $0.value) })
    }
}

extension IngressSite {
    fileprivate func sortedHosts() throws(IngressRenderingError) -> [String] {
        var hosts: [String] = []
        for host in hostNames.sorted() { hosts.append(try IngressValue.hostPattern(host)) }
        return hosts
    }
}

/// Host names as lines of a map.
enum IngressHosts {
    /// Lines of names that are known to be host names or patterns.
    static func append(_ hosts: [String], value: String, to text: inout String) {
        for host in hosts {
            text += IngressValue.escapedKey(host)
            text += " "
            text += value
            text += ";\n"
        }
    }

    /// Refuses a name that two sites claim, or one site twice: nginx would take the first, or refuse to start.
    static func checkUnique(_ sites: [IngressSite]) throws(IngressRenderingError) {
        var owners = [String: String](minimumCapacity: sites.count * 2)
        for site in sites {
            for host in site.allNames {
                if let other = owners.updateValue(site.siteName, forKey: host) {
                    throw .hostTaken(host: host, sites: [other, site.siteName].sorted())
                }
            }
        }
    }
}
