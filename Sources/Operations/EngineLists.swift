import FrappeModel

/// The Engine's two lists of what belongs to this root, asked for at the same time.
struct EngineLists: Sendable {
    var containers: [ObservedContainer]
    var networks: [ObservedNetwork]
    /// Of the API, by which they were asked for.
    var version: String?

    static func read(_ engine: EngineAccess) async throws -> EngineLists {
        async let containers = engine.containers()
        async let networks = engine.networks()
        return EngineLists(
            containers: try await containers, networks: try await networks, version: engine.agreedVersion)
    }
}
