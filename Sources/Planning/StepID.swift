import FrappeModel

/// The names of steps: the same in every plan, so that the journal and a person can follow one across runs.
enum StepID {
    static func network(_ name: String) -> String { "network \(name)" }
    static func databaseDirectory(_ server: String) -> String { "directory \(server)" }
    static func prepare(_ bench: ObjectName) -> String { "\(bench)/directories" }
    static func storage(_ bench: ObjectName) -> String { "\(bench)/storage" }
    static func filesLimit(_ bench: ObjectName) -> String { "\(bench)/files limit" }
    static func configure(_ bench: ObjectName) -> String { "\(bench)/configuration" }
    static func assets(_ imageID: String) -> String { "assets \(imageID)" }
    static let service = "service"
    static let renewal = "renewal"
    static let hostRoute = "route"
    static func route(_ bench: ObjectName) -> String { "\(bench)/route" }
    static func site(_ site: Site) -> String { "site \(site.siteName)" }
    static func verify(_ site: Site) -> String { "verify \(site.siteName)" }
    static func configure(_ site: Site) -> String { "configure \(site.siteName)" }
    static func certificate(_ name: String) -> String { "certificate \(name)" }

    static func rootPassword(_ server: String) -> String { "root password \(server)" }
    static func grant(_ site: Site) -> String { "grant \(site.siteName)" }
    static func statements(_ site: Site) -> String { "statements \(site.siteName)" }
    static func siteConfiguration(_ site: Site) -> String { "configuration \(site.siteName)" }
    static func rename(_ identity: ContainerIdentity) -> String { "rename \(container(identity))" }
    static func limits(_ identity: ContainerIdentity) -> String { "limits \(container(identity))" }
    static func settings(_ identity: ContainerIdentity) -> String { "settings \(container(identity))" }
    static func detach(_ container: ObservedContainer, _ network: String) -> String {
        "detach \(container.name) \(network)"
    }

    static func container(_ identity: ContainerIdentity) -> String {
        identity.bench.map { "\($0)/\(identity)" } ?? "\(identity)"
    }

    static func redis(_ bench: ObjectName, _ component: Component) -> String {
        container(ContainerIdentity(bench: bench, component: component, instance: "1"))
    }

    static func attach(_ attachment: NetworkAttachment) -> String {
        "attach \(container(attachment.container)) \(attachment.network)"
    }
}
