import FrappeModel
import Planning

/// A bench `shop` with two web containers and one of each other kind, as it is to be and as it is.
struct PlanFixture {
    static let bench = ObjectName("shop")
    static let network = DesiredNetwork(
        name: "net-shop", bench: bench, subnet: IPv4Network(10, 217, 1, 0, prefix: 24))
    static let databaseNetwork = DesiredNetwork(
        name: "net-database", bench: nil, subnet: IPv4Network(10, 217, 0, 0, prefix: 24))

    var desired = DesiredState()
    var observed = ObservedState()
    var locations: [ManifestKey: [String: SourceLocation]] = [:]

    /// - Parameter converged: whether everything that is to be is already.
    init(converged: Bool) {
        let facts = ImageFacts(apps: ["frappe": "16"], schema: [:], newSiteSkipsDatabase: true)
        let release = Release(number: 1, reference: "demo:1", imageID: "sha256:aa", digest: nil, facts: facts)
        let manifest = Bench(
            name: Self.bench, image: ImageSettings(repository: "demo", tag: "1"), replicas: [.web: 2])
        desired.benches[Self.bench] = DesiredBench(
            bench: manifest, release: release, configurationHash: "c1", commonSiteConfig: .map([]))
        desired.networks = [Self.databaseNetwork, Self.network]
        desired.containers = [Self.container(.mariadb, instance: "frappe-mariadb", network: "net-database")]
        for component in Component.ofBench {
            for number in 1...(component == .web ? 2 : 1) {
                desired.containers.append(Self.container(component, instance: "\(number)", network: "net-shop"))
            }
        }
        desired.attachments = [
            NetworkAttachment(
                container: desired.containers[0].identity, network: "net-shop", aliases: ["frappe-mariadb"])
        ]
        let site = Site(name: ObjectName("one"), bench: Self.bench, siteName: "one.localhost")
        desired.sites = [site.name: site]
        desired.publicURLs = [site.name: "http://one.localhost"]
        if converged { converge(site) }
    }

    static func container(
        _ component: Component, instance: String, network: String, hash: String = "11111111"
    ) -> DesiredContainer {
        let identity = ContainerIdentity(
            bench: component == .mariadb ? nil : bench, component: component, instance: instance)
        var definition = ContainerDefinition()
        definition.image = "sha256:aa"
        definition.network = network
        definition.limits.memory = 1 << 30
        let startFirst: Set<Component> = [.web, .socketio, .edge, .workerDefault, .workerShort, .workerLong]
        definition.replacement = startFirst.contains(component) ? .startFirst : .stopFirst
        return DesiredContainer(
            identity: identity, name: "\(component.rawValue)-\(instance)-\(hash)", definitionHash: hash,
            definition: definition, release: 1)
    }

    private mutating func converge(_ site: Site) {
        observed.containers = desired.containers.map { Self.running($0) }
        observed.containers[0].networks.insert("net-shop")
        observed.networks = desired.networks.map {
            var labels: [String: String] = [:]
            if let bench = $0.bench { labels[Label.bench] = bench.name }
            return ObservedNetwork(id: $0.name, name: $0.name, subnets: [$0.subnet.description], labels: labels)
        }
        observed.siteDirectories[Self.bench] = [site.siteName]
        observed.sitePhases[site.name] = SiteRecord(
            object: site.name, siteName: site.siteName, bench: Self.bench, phase: .ready, databaseName: "_1_one",
            databaseServer: "frappe-mariadb", created: true)
        observed.sitePhases[site.name]?.publicURL = "http://one.localhost"
        observed.configured[Self.bench] = "c1"
        observed.extractedAssets = ["sha256:aa"]
        observed.databaseDirectories = ["frappe-mariadb"]
    }

    static func running(_ container: DesiredContainer) -> ObservedContainer {
        var labels = [
            Label.component: container.identity.component.rawValue, Label.instance: container.identity.instance,
            Label.definition: container.definitionHash,
        ]
        if let bench = container.identity.bench { labels[Label.bench] = bench.name }
        return ObservedContainer(
            id: "id-\(container.name)", name: container.name, state: .running, health: .healthy,
            networks: [container.definition.network ?? ""], labels: labels)
    }

    mutating func change(_ name: String, _ body: (inout ObservedContainer) -> Void) {
        for index in observed.containers.indices where observed.containers[index].name.hasPrefix(name) {
            body(&observed.containers[index])
        }
    }

    /// Gives the component another definition, as a changed manifest would.
    mutating func redefine(_ component: Component, memory: Int) {
        for index in desired.containers.indices where desired.containers[index].identity.component == component {
            let old = desired.containers[index]
            observed.definitions[old.definitionHash] = old.definition
            var new = Self.container(
                component, instance: old.identity.instance, network: old.definition.network ?? "", hash: "22222222")
            new.definition.limits.memory = memory
            desired.containers[index] = new
        }
    }

    var plan: Plan {
        Planner(
            desired: desired, observed: observed, knownBenches: [Self.bench], locations: locations
        ).plan()
    }

    /// The plan as text: one line a step, with what it waits for among the steps of the plan.
    var text: [String] {
        let plan = plan
        let ids = Set(plan.steps.map(\.id))
        return plan.steps.map { step in
            let needs = step.needs.intersection(ids).sorted()
            return "\(step.action.kind) \(step.subject): \(step.cause)"
                + (needs.isEmpty ? "" : " <- \(needs.joined(separator: ", "))")
        }
    }
}
