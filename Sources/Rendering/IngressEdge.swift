import FrappeModel
import NginxTemplates

/// The configuration of the nginx inside a bench's network, for calls from its containers to the sites' public names.
package enum IngressEdge {
    private static let benchDirectory = "/home/frappe/frappe-bench"

    package static func configuration(_ state: EdgeState) throws(IngressRenderingError) -> String {
        try IngressHosts.checkUnique(state.sites)
        let sites = state.sites.sorted { $0.siteName < $1.siteName }
        var hosts: [[String: TemplateValue]] = []
        for site in sites {
            let name = try IngressValue.siteName(site.siteName)
            for host in site.allNames.sorted() {
                let key = IngressValue.escapedKey(try IngressValue.hostPattern(host))
                hosts.append(["host": .text(key), "site": .text(name)])
            }
        }
        var ports: [[String: TemplateValue]] = []
        for port in Set(state.ports).sorted() { ports.append(["port": .text("\(try IngressValue.port(port))")]) }
        return try NginxTemplate.edge.rendered([
            "mimeTypes": .text(NginxTemplate.mimeTypes.text),
            "hosts": .list(hosts), "public": .flag(state.isPublic),
            "ports": .list(ports), "bench": .text(benchDirectory), "sites": .text("\(benchDirectory)/sites"),
            "web": .text(try IngressValue.aliasAndPort(state.web)),
            "socketio": .text(try IngressValue.aliasAndPort(state.socketio)),
        ])
    }
}
