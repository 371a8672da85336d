/// An image as lists show it.
package struct ImageSummary: Hashable, Sendable, Decodable {
    package let id: String
    package let tags: [String]
    package let digests: [String]
    /// Bytes.
    package let size: Int64
    package let created: Timestamp
    package let labels: [String: String]

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = try object.decode(String.self, forKey: "Id")
        tags = object["RepoTags", or: []].filter { $0 != "<none>:<none>" }
        digests = object["RepoDigests", or: []].filter { $0 != "<none>@<none>" }
        size = object["Size", or: 0]
        created = Timestamp(secondsSinceEpoch: object["Created", or: 0])
        labels = object["Labels", or: [:]]
    }
}

/// An image as inspection shows it.
package struct ImageDetail: Hashable, Sendable, Decodable {
    package let id: String
    package let tags: [String]
    /// "name@sha256:…"; empty for an image built here, whose identity is its id.
    package let digests: [String]
    package let created: Timestamp?
    /// Bytes.
    package let size: Int64
    package let architecture: String
    package let operatingSystem: String
    package let config: Config

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = try object.decode(String.self, forKey: "Id")
        tags = object["RepoTags", or: []]
        digests = object["RepoDigests", or: []]
        created = Timestamp(rfc3339: object["Created", or: ""])
        size = object["Size", or: 0]
        architecture = object["Architecture", or: ""]
        operatingSystem = object["Os", or: ""]
        config = try object.decodeIfPresent(Config.self, forKey: "Config") ?? Config()
    }

    /// What a container of this image gets unless its spec says otherwise.
    package struct Config: Hashable, Sendable, Decodable {
        package let environment: [String]
        package let command: [String]
        package let entrypoint: [String]
        package let user: String
        package let volumes: [String]
        package let workingDirectory: String
        package let labels: [String: String]
        package let healthcheck: ContainerSpec.Healthcheck?
        package let exposedPorts: [String]

        init() {
            (environment, command, entrypoint, volumes, exposedPorts) = ([], [], [], [], [])
            (user, workingDirectory) = ("", "")
            labels = [:]
            healthcheck = nil
        }

        package init(from decoder: any Decoder) throws {
            let object = try decoder.object()
            environment = object["Env", or: []]
            command = object["Cmd", or: []]
            entrypoint = object["Entrypoint", or: []]
            user = object["User", or: ""]
            volumes = object["Volumes", or: [String: EmptyObject]()].keys.sorted()
            workingDirectory = object["WorkingDir", or: ""]
            labels = object["Labels", or: [:]]
            healthcheck = object.optional("Healthcheck")
            exposedPorts = object["ExposedPorts", or: [String: EmptyObject]()].keys.sorted()
        }
    }
}
