/// What identifies a container of ours across its replacements.
package struct ContainerIdentity: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// The bench, or nil for what benches share.
    package var bench: ObjectName?
    package var component: Component
    /// The database server's name, or the number of the replica counted from 1.
    package var instance: String

    package init(bench: ObjectName?, component: Component, instance: String) {
        self.bench = bench
        self.component = component
        self.instance = instance
    }

    /// `web-2`, `worker-short-1`, `scheduler`, `mariadb frappe-mariadb`.
    package var description: String {
        if component == .mariadb { return "mariadb \(instance)" }
        return component.isScalable ? "\(component.rawValue)-\(instance)" : component.rawValue
    }

    package static func < (left: ContainerIdentity, right: ContainerIdentity) -> Bool {
        (left.bench?.description ?? "", left.component, left.instance.count, left.instance)
            < (right.bench?.description ?? "", right.component, right.instance.count, right.instance)
    }
}

/// A container that is to run; its name says all that it is made of, so a rerun finds it or needs another.
package struct DesiredContainer: Hashable, Sendable {
    package var identity: ContainerIdentity
    package var name: String
    /// Eight hex digits of its definition.
    package var definitionHash: String
    package var definition: ContainerDefinition
    package var release: Int

    package init(
        identity: ContainerIdentity, name: String, definitionHash: String, definition: ContainerDefinition, release: Int
    ) {
        self.identity = identity
        self.name = name
        self.definitionHash = definitionHash
        self.definition = definition
        self.release = release
    }
}

/// A network that is to be.
package struct DesiredNetwork: Hashable, Sendable {
    package var name: String
    package var bench: ObjectName?
    package var subnet: IPv4Network

    package init(name: String, bench: ObjectName?, subnet: IPv4Network) {
        self.name = name
        self.bench = bench
        self.subnet = subnet
    }
}

/// A container's place in a network beside the one it was created in.
package struct NetworkAttachment: Hashable, Sendable {
    package var container: ContainerIdentity
    package var network: String
    package var aliases: [String]

    package init(container: ContainerIdentity, network: String, aliases: [String]) {
        self.container = container
        self.network = network
        self.aliases = aliases
    }
}

/// A bench as it is to be.
package struct DesiredBench: Hashable, Sendable {
    package var bench: Bench
    package var release: Release
    /// Changes when the configuration written into `sites/` would.
    package var configurationHash: String
    package var commonSiteConfig: ManifestValue

    package init(bench: Bench, release: Release, configurationHash: String, commonSiteConfig: ManifestValue) {
        self.bench = bench
        self.release = release
        self.configurationHash = configurationHash
        self.commonSiteConfig = commonSiteConfig
    }
}

/// Everything that is to be on this host.
package struct DesiredState: Sendable {
    package var benches: [ObjectName: DesiredBench] = [:]
    package var sites: [ObjectName: Site] = [:]
    /// The address under which people reach each site.
    package var publicURLs: [ObjectName: String] = [:]
    package var containers: [DesiredContainer] = []
    package var networks: [DesiredNetwork] = []
    package var attachments: [NetworkAttachment] = []
    /// Bytes that the data of a database server should stay below.
    package var databaseQuotas: [String: Int] = [:]
    /// Bytes that the containers together may be given; nil for no bound.
    package var memoryBudget: Int?

    package init() {}

    /// The site that has a database server for itself.
    package func site(ofDatabase server: String) -> Site? {
        sites.values.first { $0.dedicatedDatabase != nil && $0.databaseServer == server }
    }
}
