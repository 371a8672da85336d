import DockerEngine
import FrappeModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The Engine as the verbs use it: everything carries this root's label, and nothing else is ever touched.
package struct EngineAccess: Sendable {
    let client: EngineClient
    let rootID: String

    package init(socketPath: String, rootID: String) {
        client = EngineClient(socketPath: socketPath)
        self.rootID = rootID
    }

    /// Runs a call, saying in our words that no Engine is there.
    func call<Result>(_ body: () async throws(EngineError) -> Result) async throws -> Result {
        do {
            return try await body()
        } catch EngineError.unreachable(let socket, let why) {
            if access(socket, R_OK | W_OK) != 0, errno == EACCES {
                throw OperationError.forbiddenEngine(socket: socket)
            }
            throw OperationError.unreachableEngine(socket: socket, reason: why)
        } catch  where error.isOfVersions {
            throw OperationError.unsuitableEngine("\(error)")
        } catch EngineError.cancelled {
            throw CancellationError()
        }
    }

    /// The same, with nil for what does not exist.
    func callIfPresent<Result>(_ body: () async throws(EngineError) -> Result) async throws -> Result? {
        do {
            return try await call(body)
        } catch EngineError.notFound {
            return nil
        }
    }

    func containers() async throws -> [ObservedContainer] {
        try await call { () async throws(EngineError) in
            try await client.containers(filters: .labels([Label.root: rootID])).map(ObservedContainer.init)
        }
    }

    func networks() async throws -> [ObservedNetwork] {
        try await call { () async throws(EngineError) in
            try await client.networks(filters: .labels([Label.root: rootID])).map(ObservedNetwork.init)
        }
    }

    /// Both lists by the shortest way there is; nil where that does not work, and the usual way says why.
    ///
    /// - Parameter version: of the API, as it was agreed upon before.
    func plainLists(version: String) async -> EngineLists? {
        guard let version = APIVersion(version) else { return nil }
        let ours = Filters.labels([Label.root: rootID])
        async let containers = client.plainContainers(filters: ours, version: version)
        async let networks = client.plainNetworks(filters: ours, version: version)
        guard let containers = await containers, let networks = await networks else { return nil }
        return EngineLists(
            containers: containers.map(ObservedContainer.init), networks: networks.map(ObservedNetwork.init),
            version: "\(version)")
    }

    /// The version of the API that is spoken; nil before the first call.
    var agreedVersion: String? { client.agreedVersion.map(\.description) }

    /// The subnets of every network of the Engine, ours or not.
    func allSubnets() async throws -> [String: [IPv4Network]] {
        let networks = try await call { () async throws(EngineError) in try await client.networks() }
        let named = networks.map { ($0.name, $0.subnets.compactMap { IPv4Network($0.subnet) }) }
        return Dictionary(named) { first, _ in first }
    }
}

// Networks.
extension EngineAccess {
    func create(_ network: DesiredNetwork) async throws {
        var labels = [Label.root: rootID, Label.subnet: network.subnet.description]
        if let bench = network.bench {
            labels[Label.bench] = bench.name
            labels[Label.namespace] = bench.namespace
        }
        let spec = NetworkSpec(name: network.name, subnet: network.subnet.description, labels: labels)
        func isThere() async throws -> Bool { try await networks().contains { $0.name == network.name } }
        do {
            _ = try await call { () async throws(EngineError) in try await client.createNetwork(spec) }
        } catch let EngineError.failed(status, message, request) where status == 403 && message.contains("overlaps") {
            // As below: the Engine looks at subnets before it looks at names, and lists a network once all of it is made.
            guard try await !Polling.until(within: .seconds(3), isThere) else { return }
            throw EngineError.failed(status: status, message: message, request: request)
        } catch EngineError.conflict {
            // Made by an earlier call whose answer was lost, or which a run that was killed had on its way; or
            // somebody else's.
            guard try await !isThere() else { return }
            throw StepReason(
                description: "a network named \(network.name) exists and was not made by this installation",
                next: "docker network rm \(network.name) once you know whose it is, then frappectl up")
        }
    }

    func removeNetwork(_ name: String) async throws {
        _ = try await callIfPresent { () async throws(EngineError) in try await client.removeNetwork(name) }
    }

    func connect(_ container: String, to network: String, aliases: [String]) async throws {
        do {
            try await call { () async throws(EngineError) in
                try await client.connect(container: container, toNetwork: network, aliases: aliases)
            }
        } catch EngineError.failed(status: 403, message: _, request: _) {
            // Already connected: the Engine says "endpoint ... already exists in network".
        }
    }

    func disconnect(_ container: String, from network: String) async throws {
        do {
            _ = try await callIfPresent { () async throws(EngineError) in
                try await client.disconnect(container: container, fromNetwork: network, force: true)
            }
        } catch EngineError.failed(status: _, message: let message, request: _)
            where message.contains("is not connected to network")
        {
            // An earlier call, of a run that was killed meanwhile, took effect since the look.
        }
    }
}

// Images.
extension EngineAccess {
    /// Its id and, where it was pulled, its RepoDigest; nil when it is not on this host.
    func image(_ reference: String) async throws -> (id: String, digest: String?)? {
        let image = try await callIfPresent { () async throws(EngineError) in try await client.inspectImage(reference) }
        return image.map { ($0.id, $0.digests.first) }
    }

    /// Every image of the Engine, whoever brought it.
    func imageList() async throws -> [ImageSummary] {
        try await call { () async throws(EngineError) in try await client.images() }
    }

    /// Ids of the images that any container was made of, ours or not, running or not.
    func imagesInUse() async throws -> Set<String> {
        try await call { () async throws(EngineError) in Set(try await client.containers().map(\.imageID)) }
    }

    /// Takes away an image that nothing uses and that has no other name; what the Engine refuses is told, not forced.
    func removeImage(_ id: String) async throws {
        _ = try await callIfPresent { () async throws(EngineError) in try await client.removeImage(id) }
    }

    /// Where an image keeps its assets.
    func assets(ofImage id: String) async throws -> ImageAssets {
        let image = try await call { () async throws(EngineError) in try await client.inspectImage(id) }
        return ImageAssets(volumes: image.config.volumes, entrypoint: image.config.entrypoint)
    }

    func pull(
        _ reference: String, credentials: RegistryCredentials? = nil, progress: @Sendable (String) -> Void
    ) async throws {
        let stream = try await call { () async throws(EngineError) in
            try await client.pullImage(reference, credentials: credentials)
        }
        var layers: [String: (current: Int64, total: Int64)] = [:]
        for try await step in stream {
            guard let layer = step.layer, let current = step.current, let total = step.total else { continue }
            layers[layer] = (current, total)
            let sum = layers.values.reduce((Int64(0), Int64(0))) { ($0.0 &+ $1.current, $0.1 &+ $1.total) }
            progress("pulling, \(Quantity.bytes(Int(sum.0))) of \(Quantity.bytes(Int(sum.1)))")
        }
    }
}

extension ObservedContainer {
    init(_ summary: ContainerSummary) {
        self.init(
            id: summary.id, name: summary.name, state: State(rawValue: summary.state.rawValue) ?? .dead,
            health: Health(rawValue: "\(summary.health)") ?? .none, status: summary.status, imageID: summary.imageID,
            networks: Set(summary.networks.keys), labels: summary.labels)
    }
}

extension ObservedNetwork {
    init(_ network: NetworkDetail) {
        self.init(
            id: network.id, name: network.name, subnets: network.subnets.map(\.subnet), labels: network.labels)
    }
}

extension EngineError {
    /// Whether no version of the API is known to both sides.
    fileprivate var isOfVersions: Bool {
        switch self {
        case .unsupportedVersion, .tooNew: true
        default: false
        }
    }
}
