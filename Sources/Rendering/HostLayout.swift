import FrappeModel

/// Where everything is under the root, and what everything of this root is called.
package struct HostLayout: Hashable, Sendable {
    /// Absolute, without a slash at its end.
    package let root: String
    /// Six hex digits that every name and label carries.
    package let rootID: String

    package init(root: String, rootID: String) {
        self.root = root
        self.rootID = rootID
    }

    package var agent: String { "\(root)/agent" }
    package var assets: String { "\(root)/assets" }
    package var archived: String { "\(root)/archived" }
    package var databases: String { "\(root)/databases" }
    package var secrets: String { "\(agent)/secrets" }
    package var stateDatabase: String { "\(agent)/state.sqlite" }
    package var locks: String { "\(agent)/locks" }
    package var nginx: String { "\(agent)/nginx" }
    package var logs: String { "\(agent)/logs" }
    /// Certificates and their keys, as nginx reads them.
    package var tls: String { "\(agent)/tls" }
    /// What is answered under `/.well-known/acme-challenge/`.
    package var challenges: String { "\(agent)/acme" }
    /// What certbot keeps: its accounts with authorities, and its logs.
    package var certbot: String { "\(agent)/certbot" }
    /// The operator's own additions to nginx's configuration.
    package var snippets: String { "\(root)/nginx" }

    /// The directory of a bench's generation, which holds sites/, logs/ and redis-queue/.
    package func generation(of bench: ObjectName) -> String { "\(benchDirectory(bench))/1" }
    package func benchDirectory(_ bench: ObjectName) -> String { "\(root)/benches/\(slug(bench))" }
    /// What this installation has in the directory of a storage class; where it is missing, the disk is not mounted.
    package func share(on path: String) -> String { "\(path)/frappectl-\(rootID)" }
    /// The one that a path is in, and the class's directory above it.
    package func share(holding path: String) -> (disk: String, directory: String)? {
        let name = share(on: "")
        guard let range = path.firstRange(of: "\(name)/") else { return nil }
        let disk = String(path[..<range.lowerBound])
        return (disk, disk + name)
    }
    package func sites(of bench: ObjectName) -> String { "\(generation(of: bench))/sites" }
    /// Unix sockets of a bench; short, since a socket's path has at most 107 bytes.
    package func run(of bench: ObjectName) -> String { "\(root)/run/\(shortID(bench))" }
    package func assets(imageID: String) -> String { "\(assets)/\(imageID.split(separator: ":").last ?? "none")" }
    /// Where a server's data is. That of a site's own server is one level down, so that we can move all of it.
    package func database(_ server: String) -> String {
        DedicatedDatabase.owns(server) ? "\(databaseDirectory(server))/data" : databaseDirectory(server)
    }
    package func databaseDirectory(_ server: String) -> String { "\(databases)/\(server)" }

    /// A name for directories and container names: `shop`, or `team.shop` outside the default namespace.
    package func slug(_ bench: ObjectName) -> String {
        bench.namespace == ObjectName.defaultNamespace ? bench.name : "\(bench.namespace).\(bench.name)"
    }

    package func shortID(_ bench: ObjectName) -> String {
        StableHash.hex(StableHash.fnv32("\(bench.namespace)/\(bench.name)"))
    }

    package func objectName(_ parts: String...) -> String {
        (["frappectl", rootID] + parts).joined(separator: "-")
    }

    package func network(of bench: ObjectName) -> String { objectName("bench", slug(bench)) }
    package func network(ofDatabase server: String) -> String { objectName("database", server) }

    package func containerName(_ identity: ContainerIdentity, hash: String) -> String {
        let scope = identity.bench.map { slug($0) } ?? "host"
        return objectName(scope, identity.component.rawValue, identity.instance, hash)
    }

    package static func socketFile(_ identity: ContainerIdentity, hash: String) -> String {
        "\(identity.component.rawValue)-\(identity.instance)-\(hash).sock"
    }
}
