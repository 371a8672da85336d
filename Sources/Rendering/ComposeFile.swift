import FrappeModel
import Yams

/// One bench as a compose file that stands alone: the same images, data, health checks and limits without frappectl.
///
/// It holds no secret and none of our labels, so that what compose runs is never taken for ours.
package struct ComposeFile: Sendable {
    package let desired: DesiredState
    package let bench: DesiredBench
    package let layout: HostLayout
    /// Where the file's own nginx is published.
    package var address = "127.0.0.1"
    package var port = 8080
    /// What to write for an image that containers name by its id.
    package var images: [String: String] = [:]
    /// The configuration of an nginx that people reach, where `edge` is reached by containers only.
    package var frontConfiguration = ""
    /// Seconds between probes while a container starts; nil for an Engine that does not know them (before 25).
    package var startInterval: Int?

    package init(desired: DesiredState, bench: DesiredBench, layout: HostLayout) {
        self.desired = desired
        self.bench = bench
        self.layout = layout
    }

    /// - Throws: what Yams throws, which nothing here can cause.
    package func text() throws -> String {
        let file = ComposeNode.map([
            ("name", .text(project)), ("services", .map(services())),
            (
                "networks",
                .map([("bench", .map([("ipam", .map([("config", .list([.map([("subnet", .text(subnet))])]))]))]))])
            ),
            ("volumes", .map(servers.map { (secretVolume($0), .map([])) })),
            ("configs", .map(configurations())), ("secrets", .map(secrets())),
        ])
        return header + (try Yams.serialize(node: file.node, width: -1, sortKeys: false))
    }

    /// No name that frappectl gives anything, and none of another root.
    package var project: String {
        "frappe-\(layout.rootID)-\(layout.slug(bench.bench.name).map { $0.isLetter || $0.isNumber ? $0 : "-" }.map(String.init).joined())"
    }

    private var network: String { layout.network(of: bench.bench.name) }
    private var subnet: String { desired.networks.first { $0.name == network }?.subnet.description ?? "" }

    /// The database servers that are in the bench's network.
    var servers: [DesiredContainer] {
        let attached = Set(desired.attachments.filter { $0.network == network }.map(\.container))
        return desired.containers.filter { container in
            container.identity.component == .mariadb
                && (attached.contains(container.identity) || container.identity.bench == bench.bench.name)
        }
    }

    var components: [DesiredContainer] {
        desired.containers.filter { $0.identity.bench == bench.bench.name && $0.identity.component != .mariadb }
    }

    /// The service's name, which is also how others of the network find it.
    func name(of container: DesiredContainer) -> String {
        let identity = container.identity
        let twins = (identity.component == .mariadb ? servers : components)
            .filter { $0.identity.component == identity.component }
        return twins.count == 1 ? identity.component.rawValue : "\(identity.component.rawValue)-\(identity.instance)"
    }

    private func services() -> [(String, ComposeNode)] {
        var all: [(String, ComposeNode)] = []
        for server in servers {
            all.append((secretService(server), secretCopy(server)))
            all.append((name(of: server), service(server, after: [secretService(server): .completed])))
        }
        for container in components {
            all.append((name(of: container), service(container, after: needs(of: container.identity.component))))
        }
        if let front = front() { all.append(("nginx", front)) }
        return all
    }

    /// What has to be proven before a component starts.
    private func needs(of component: Component) -> [String: Condition] {
        let wanted: [DesiredContainer]
        switch component {
        case .mariadb, .redisCache, .redisQueue: return [:]
        case .edge: wanted = components.filter { [.web, .socketio].contains($0.identity.component) }
        default: wanted = servers + components.filter { [.redisCache, .redisQueue].contains($0.identity.component) }
        }
        return Dictionary(wanted.map { (name(of: $0), .healthy) }) { first, _ in first }
    }

    enum Condition: String {
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }

    /// The edge's nginx once more, with the configuration for people, published.
    private func front() -> ComposeNode? {
        guard var edge = components.first(where: { $0.identity.component == .edge }) else { return nil }
        edge.definition.aliases = []
        edge.definition.files = []
        let ports = ComposeNode.list([
            .map([
                ("target", .number(80)), ("published", .text("\(port)")), ("host_ip", .text(address)),
                ("protocol", .text("tcp")),
            ])
        ])
        let configs = configuration("nginx", at: "/run/frappectl-edge/nginx.conf")
        return service(edge, after: needs(of: .edge), more: [("ports", ports), ("configs", .list([configs]))])
    }
}
