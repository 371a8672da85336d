extension EngineClient {
    package func volumes(filters: Filters = [:]) async throws(EngineError) -> [Volume] {
        var call = EngineCall(.get, "volumes")
        try call.ask(filters)
        return try await value(call, as: VolumeList.self).volumes
    }

    /// Returns the volume of that name as it is, if there is one.
    package func createVolume(name: String, labels: [String: String] = [:]) async throws(EngineError) -> Volume {
        var call = EngineCall(.post, "volumes", "create")
        try call.send(VolumeCreation(name: name, labels: labels))
        return try await value(call)
    }

    package func removeVolume(_ name: String, force: Bool = false) async throws(EngineError) {
        var call = EngineCall(.delete, "volumes", name)
        call.ask("force", force)
        try await answer(call)
    }
}

package struct Volume: Hashable, Sendable, Decodable {
    package let name: String
    package let driver: String
    /// Its directory on the host.
    package let mountpoint: String
    package let labels: [String: String]
    package let created: Timestamp?

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        name = try object.decode(String.self, forKey: "Name")
        driver = object["Driver", or: ""]
        mountpoint = object["Mountpoint", or: ""]
        labels = object["Labels", or: [:]]
        created = Timestamp(rfc3339: object["CreatedAt", or: ""])
    }
}

private struct VolumeList: Decodable {
    let volumes: [Volume]

    init(from decoder: any Decoder) throws {
        volumes = try decoder.object().decodeIfPresent([Volume].self, forKey: "Volumes") ?? []
    }
}

private struct VolumeCreation: Encodable {
    let name: String
    let labels: [String: String]

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
    }
}
