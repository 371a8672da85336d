/// A container as it is to be, in terms of no Engine: what a service of a compose file says once it is filled in.
package struct ContainerDefinition: Hashable, Codable, Sendable {
    package var image = ""
    package var entrypoint: [String]?
    package var command: [String]?
    package var environment: [String: String] = [:]
    package var user: String?
    package var workingDirectory: String?
    package var mounts: [Mount] = []
    /// Mount options by path.
    package var temporaryFileSystems: [String: String] = [:]
    /// The network it is created in, nil for the Engine's `none`.
    package var network: String?
    package var aliases: [String] = []
    package var publishedPorts: [PublishedPort] = []
    package var healthCheck: HealthCheck?
    package var stopGracePeriod = 10
    package var stopSignal: String?
    package var restart = RestartPolicy.no
    package var initProcess = false
    package var securityOptions: [String] = []
    package var droppedCapabilities: [String] = []
    package var addedCapabilities: [String] = []
    package var limits = Limits()
    package var logDriver: String?
    package var logOptions: [String: String] = [:]
    /// Files put into the container between create and start.
    package var files: [UploadedFile] = []
    package var replacement = Replacement.stopFirst
    /// Seconds in which it must become healthy.
    package var healthyWithin = 60

    package init() {}

    package enum RestartPolicy: String, Codable, Sendable {
        case no
        case unlessStopped = "unless-stopped"
    }

    /// Whether the new container lives beside the old one until it is proven, or takes its place.
    package enum Replacement: String, Codable, Sendable {
        case startFirst = "start-first"
        case stopFirst = "stop-first"
    }

    /// A directory of the host seen inside.
    package struct Mount: Hashable, Codable, Sendable {
        package var source: String
        package var target: String
        package var readOnly: Bool

        package init(source: String, target: String, readOnly: Bool = false) {
            self.source = source
            self.target = target
            self.readOnly = readOnly
        }
    }

    /// A port of the container on 127.0.0.1 of the host.
    package struct PublishedPort: Hashable, Codable, Sendable {
        package var container: Int
        package var host: String

        package init(container: Int, host: String) {
            self.container = container
            self.host = host
        }
    }

    /// A command that proves the component works; times in seconds.
    package struct HealthCheck: Hashable, Codable, Sendable {
        package var test: [String]
        package var interval = 30
        package var timeout = 30
        package var retries = 3
        package var startPeriod = 0

        package init(test: [String]) { self.test = test }
    }

    /// Memory in bytes, CPU in thousandths of a core.
    package struct Limits: Hashable, Codable, Sendable {
        package var memory: Int?
        package var memoryAndSwap: Int?
        package var memoryReservation: Int?
        package var cpu: Int?
        package var cpuShares: Int?
        package var processes: Int?

        package init() {}
    }

    /// A file for the container: its text, or the name of a secret whose value is read when it is uploaded.
    package struct UploadedFile: Hashable, Codable, Sendable {
        package enum Contents: Hashable, Codable, Sendable {
            case text(String)
            case secret(SecretName)
        }

        package var path: String
        package var contents: Contents

        package init(path: String, contents: Contents) {
            self.path = path
            self.contents = contents
        }
    }
}

/// The name of a value in `agent/secrets/`: a relative path of safe characters, such as `mariadb/frappe-mariadb/root`.
package struct SecretName: Hashable, Codable, Sendable, CustomStringConvertible {
    package var path: String

    package init(_ path: String) { self.path = path }

    package var description: String { path }
}
