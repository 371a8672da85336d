/// A container as lists show it.
package struct ContainerSummary: Hashable, Sendable, Decodable {
    package let id: String
    /// Without the leading slash.
    package let names: [String]
    /// The reference it was created with.
    package let image: String
    package let imageID: String
    package let command: String
    package let created: Timestamp
    package let state: ContainerState
    /// In words: "Up 5 minutes (healthy)", "Exited (137) 2 hours ago".
    package let status: String
    package let labels: [String: String]
    package let ports: [PublishedPort]
    /// By the network's name.
    package let networks: [String: NetworkAttachment]
    package let mounts: [MountPoint]

    package var name: String { names.first ?? id }
    package var health: Health { Health(status: status) }

    /// The exit code of a container that has ended, out of its status.
    package var exitCode: Int? {
        guard state == .exited || state == .dead, status.hasPrefix("Exited (") else { return nil }
        return Int(status.dropFirst("Exited (".count).prefix { $0 != ")" })
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = try object.decode(String.self, forKey: "Id")
        names = object["Names", or: []].map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        image = object["Image", or: ""]
        imageID = object["ImageID", or: ""]
        command = object["Command", or: ""]
        created = Timestamp(secondsSinceEpoch: object["Created", or: 0])
        state = ContainerState(rawValue: object["State", or: ""]) ?? .unknown
        status = object["Status", or: ""]
        labels = object["Labels", or: [:]]
        ports = object["Ports", or: []]
        networks = object.object("NetworkSettings")?["Networks", or: [:]] ?? [:]
        mounts = object["Mounts", or: []]
    }
}

/// A port of a container, with where it is published if it is.
package struct PublishedPort: Hashable, Sendable, Decodable {
    package let hostIP: String?
    package let hostPort: Int?
    package let containerPort: Int
    package let transport: String

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        hostIP = object.optional("IP")
        hostPort = object.optional("PublicPort")
        containerPort = object["PrivatePort", or: 0]
        transport = object["Type", or: "tcp"]
    }
}

/// A container's place in one network.
package struct NetworkAttachment: Hashable, Sendable, Decodable {
    package let networkID: String
    /// Empty while the container does not run.
    package let address: String
    package let gateway: String
    package let aliases: [String]
    package let macAddress: String
    /// The address that was asked for, if one was.
    package let fixedAddress: String?

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        networkID = object["NetworkID", or: ""]
        address = object["IPAddress", or: ""]
        gateway = object["Gateway", or: ""]
        aliases = object["Aliases", or: []]
        macAddress = object["MacAddress", or: ""]
        fixedAddress = object.object("IPAMConfig")?.optional("IPv4Address")
    }
}

/// A directory or volume inside a container.
package struct MountPoint: Hashable, Sendable, Decodable {
    /// bind, volume or tmpfs.
    package let type: String
    /// The volume's name.
    package let name: String?
    package let source: String
    package let destination: String
    package let isWritable: Bool

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        type = object["Type", or: ""]
        name = object.optional("Name")
        source = object["Source", or: ""]
        destination = object["Destination", or: ""]
        isWritable = object["RW", or: true]
    }
}
