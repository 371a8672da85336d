extension EngineClient {
    package func networks(filters: Filters = [:]) async throws(EngineError) -> [NetworkDetail] {
        try await value(try .networks(filters: filters))
    }

    /// Other than a list, this shows the containers that are connected.
    package func inspectNetwork(_ id: String) async throws(EngineError) -> NetworkDetail {
        try await value(EngineCall(.get, "networks", id))
    }

    /// Returns the id. A name that exists is a conflict.
    package func createNetwork(_ spec: NetworkSpec) async throws(EngineError) -> String {
        var call = EngineCall(.post, "networks", "create")
        try call.send(NetworkCreation(spec))
        return try await value(call, as: CreatedNetwork.self).id
    }

    package func connect(
        container: String, toNetwork id: String, aliases: [String] = [], address: String? = nil
    ) async throws(EngineError) {
        var call = EngineCall(.post, "networks", id, "connect")
        let endpoint = ContainerSpec.EndpointSettings(aliases: aliases, address: address)
        try call.send(NetworkChange(container: container, endpoint: endpoint, force: nil))
        try await answer(call)
    }

    package func disconnect(
        container: String, fromNetwork id: String, force: Bool = false
    ) async throws(EngineError) {
        var call = EngineCall(.post, "networks", id, "disconnect")
        try call.send(NetworkChange(container: container, endpoint: nil, force: force))
        try await answer(call)
    }

    package func removeNetwork(_ id: String) async throws(EngineError) {
        try await answer(EngineCall(.delete, "networks", id))
    }
}

/// What a network is to be.
package struct NetworkSpec: Hashable, Sendable {
    package var name: String
    package var driver = "bridge"
    /// Like "10.201.3.0/24"; nil lets the Engine choose from its pools, which end at about 31 networks.
    package var subnet: String?
    package var gateway: String?
    /// Whether there is no way out to other networks.
    package var isInternal = false
    package var labels: [String: String] = [:]
    package var options: [String: String] = [:]

    package init(name: String, subnet: String? = nil, gateway: String? = nil, labels: [String: String] = [:]) {
        self.name = name
        self.subnet = subnet
        self.gateway = gateway
        self.labels = labels
    }
}

/// A network as it is.
package struct NetworkDetail: Hashable, Sendable, Decodable {
    package let id: String
    package let name: String
    package let driver: String
    package let scope: String
    package let isInternal: Bool
    package let subnets: [Subnet]
    package let labels: [String: String]
    package let options: [String: String]
    /// By container id; empty in lists.
    package let containers: [String: Member]

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = try object.decode(String.self, forKey: "Id")
        name = object["Name", or: ""]
        driver = object["Driver", or: ""]
        scope = object["Scope", or: ""]
        isInternal = object["Internal", or: false]
        subnets = object.object("IPAM")?["Config", or: []] ?? []
        labels = object["Labels", or: [:]]
        options = object["Options", or: [:]]
        containers = object["Containers", or: [:]]
    }

    package struct Subnet: Hashable, Sendable, Decodable {
        package let subnet: String
        package let gateway: String?

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            subnet = object["Subnet", or: ""]
            gateway = object.optional("Gateway")
        }
    }

    /// A container in a network.
    package struct Member: Hashable, Sendable, Decodable {
        package let name: String
        /// With the prefix length: "10.201.3.2/24".
        package let address: String

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            name = object["Name", or: ""]
            address = object["IPv4Address", or: ""]
        }
    }
}

private struct CreatedNetwork: Decodable {
    let id: String

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}

private struct NetworkChange: Encodable {
    let container: String
    let endpoint: ContainerSpec.EndpointSettings?
    let force: Bool?

    enum CodingKeys: String, CodingKey {
        case container = "Container"
        case endpoint = "EndpointConfig"
        case force = "Force"
    }
}

/// The Engine's form of a `NetworkSpec`. Without `CheckDuplicate` the Engine makes two networks of one name.
private struct NetworkCreation: Encodable {
    private struct Addressing: Encodable {
        let config: [[String: String]]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
        }
    }

    private let name: String
    private let checksDuplicate = true
    private let driver: String
    private let isInternal: Bool
    private let addressing: Addressing?
    private let labels: [String: String]
    private let options: [String: String]

    init(_ spec: NetworkSpec) {
        name = spec.name
        driver = spec.driver
        isInternal = spec.isInternal
        labels = spec.labels
        options = spec.options
        addressing = spec.subnet.map { subnet in
            var pool = ["Subnet": subnet]
            pool["Gateway"] = spec.gateway
            return Addressing(config: [pool])
        }
    }

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case checksDuplicate = "CheckDuplicate"
        case driver = "Driver"
        case isInternal = "Internal"
        case addressing = "IPAM"
        case labels = "Labels"
        case options = "Options"
    }
}

extension EngineCall {
    static func networks(filters: Filters) throws(EngineError) -> EngineCall {
        var call = EngineCall(.get, "networks")
        try call.ask(filters)
        return call
    }
}
