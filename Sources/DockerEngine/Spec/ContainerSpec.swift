/// What a container is to be, in the form of `POST /containers/create`. What is nil is left to the Engine.
package struct ContainerSpec: Hashable, Sendable, Codable {
    package var image: String
    package var entrypoint: [String]?
    package var command: [String]?
    /// "NAME=value" each; shown by inspection, so no place for secrets.
    package var environment: [String]?
    package var user: String?
    package var workingDirectory: String?
    package var hostname: String?
    package var labels: [String: String]?
    /// "8000/tcp" each.
    package var exposedPorts: Set<String>?
    package var healthcheck: Healthcheck?
    package var stopSignal: String?
    /// Seconds between the stop signal and SIGKILL.
    package var stopTimeout: Int?
    package var hasTerminal: Bool?
    package var keepsInputOpen: Bool?
    package var host: HostConfig
    package var networking: NetworkingConfig?

    package init(image: String, command: [String]? = nil, host: HostConfig = HostConfig()) {
        self.image = image
        self.command = command
        self.host = host
    }

    enum CodingKeys: String, CodingKey {
        case image = "Image"
        case entrypoint = "Entrypoint"
        case command = "Cmd"
        case environment = "Env"
        case user = "User"
        case workingDirectory = "WorkingDir"
        case hostname = "Hostname"
        case labels = "Labels"
        case exposedPorts = "ExposedPorts"
        case healthcheck = "Healthcheck"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case hasTerminal = "Tty"
        case keepsInputOpen = "OpenStdin"
        case host = "HostConfig"
        case networking = "NetworkingConfig"
    }

    /// The command that says whether a container is healthy.
    package struct Healthcheck: Hashable, Sendable, Codable {
        /// ["CMD", …], ["CMD-SHELL", text] or ["NONE"].
        package var test: [String]
        package var interval: Duration?
        package var timeout: Duration?
        package var startPeriod: Duration?
        package var retries: Int?

        package init(
            test: [String], interval: Duration? = nil, timeout: Duration? = nil, startPeriod: Duration? = nil,
            retries: Int? = nil
        ) {
            self.test = test
            self.interval = interval
            self.timeout = timeout
            self.startPeriod = startPeriod
            self.retries = retries
        }
    }

    /// The networks a container is born into; before API 1.44 the Engine takes one, the rest are connected later.
    package struct NetworkingConfig: Hashable, Sendable, Codable {
        /// By the network's name.
        package var endpoints: [String: EndpointSettings]

        package init(endpoints: [String: EndpointSettings]) {
            self.endpoints = endpoints
        }

        enum CodingKeys: String, CodingKey {
            case endpoints = "EndpointsConfig"
        }
    }

    /// How a container appears in one network.
    package struct EndpointSettings: Hashable, Sendable, Codable {
        package var aliases: [String]?
        package var addressing: Addressing?

        package init(aliases: [String]? = nil, address: String? = nil) {
            self.aliases = aliases
            addressing = address.map(Addressing.init)
        }

        package struct Addressing: Hashable, Sendable, Codable {
            package var address: String?

            enum CodingKeys: String, CodingKey {
                case address = "IPv4Address"
            }
        }

        enum CodingKeys: String, CodingKey {
            case aliases = "Aliases"
            case addressing = "IPAMConfig"
        }
    }
}
