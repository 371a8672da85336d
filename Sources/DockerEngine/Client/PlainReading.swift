import CurlTransport

// Lists for a run that asks nothing else; nil where anything is not as expected, and the calls proper say what it is.
extension EngineClient {
    private static let plainTimeout = Duration.seconds(2)

    /// The version that was agreed upon; nil before the first call.
    package var agreedVersion: APIVersion? { negotiation.known }

    /// - Parameter version: one that this Engine agreed to before; it refuses a wrong one.
    package func plainContainers(filters: Filters, version: APIVersion) async -> [ContainerSummary]? {
        await plain(try? .containers(all: true, filters: filters), version)
    }

    package func plainNetworks(filters: Filters, version: APIVersion) async -> [NetworkDetail]? {
        await plain(try? .networks(filters: filters), version)
    }

    private func plain<Value: Decodable>(_ call: EngineCall?, _ version: APIVersion) async -> Value? {
        guard let request = try? call?.request(prefix: "/v\(version)"),
            let answer = await PlainExchange.get(request.path, at: .unix(socketPath), timeout: Self.plainTimeout),
            answer.status == 200
        else { return nil }
        return try? JSON.decode(Value.self, from: answer.body)
    }
}
