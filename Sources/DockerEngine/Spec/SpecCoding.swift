// Where the Engine's JSON has another shape than the values: sets are objects with empty objects in them, durations
// are whole nanoseconds.

extension ContainerSpec {
    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(image: try object.decode(String.self, forKey: .image))
        entrypoint = try object.decodeIfPresent([String].self, forKey: .entrypoint)
        command = try object.decodeIfPresent([String].self, forKey: .command)
        environment = try object.decodeIfPresent([String].self, forKey: .environment)
        user = try object.decodeIfPresent(String.self, forKey: .user)
        workingDirectory = try object.decodeIfPresent(String.self, forKey: .workingDirectory)
        hostname = try object.decodeIfPresent(String.self, forKey: .hostname)
        labels = try object.decodeIfPresent([String: String].self, forKey: .labels)
        let ports = try object.decodeIfPresent([String: EmptyObject].self, forKey: .exposedPorts)
        exposedPorts = ports.map { Set($0.keys) }
        healthcheck = try object.decodeIfPresent(Healthcheck.self, forKey: .healthcheck)
        stopSignal = try object.decodeIfPresent(String.self, forKey: .stopSignal)
        stopTimeout = try object.decodeIfPresent(Int.self, forKey: .stopTimeout)
        hasTerminal = try object.decodeIfPresent(Bool.self, forKey: .hasTerminal)
        keepsInputOpen = try object.decodeIfPresent(Bool.self, forKey: .keepsInputOpen)
        host = try object.decodeIfPresent(HostConfig.self, forKey: .host) ?? HostConfig()
        networking = try object.decodeIfPresent(NetworkingConfig.self, forKey: .networking)
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(image, forKey: .image)
        try object.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try object.encodeIfPresent(command, forKey: .command)
        try object.encodeIfPresent(environment, forKey: .environment)
        try object.encodeIfPresent(user, forKey: .user)
        try object.encodeIfPresent(workingDirectory, forKey: .workingDirectory)
        try object.encodeIfPresent(hostname, forKey: .hostname)
        try object.encodeIfPresent(labels, forKey: .labels)
        try object.encodeIfPresent(exposedPorts.map(EmptyObject.set), forKey: .exposedPorts)
        try object.encodeIfPresent(healthcheck, forKey: .healthcheck)
        try object.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try object.encodeIfPresent(stopTimeout, forKey: .stopTimeout)
        try object.encodeIfPresent(hasTerminal, forKey: .hasTerminal)
        try object.encodeIfPresent(keepsInputOpen, forKey: .keepsInputOpen)
        try object.encode(host, forKey: .host)
        try object.encodeIfPresent(networking, forKey: .networking)
    }
}

extension ContainerSpec.Healthcheck {
    enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case startPeriod = "StartPeriod"
        case retries = "Retries"
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        func duration(_ key: CodingKeys) throws -> Duration? {
            try object.decodeIfPresent(Int64.self, forKey: key).map(Duration.nanoseconds)
        }
        self.init(
            test: try object.decodeIfPresent([String].self, forKey: .test) ?? [],
            interval: try duration(.interval), timeout: try duration(.timeout), startPeriod: try duration(.startPeriod),
            retries: try object.decodeIfPresent(Int.self, forKey: .retries))
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(test, forKey: .test)
        try object.encodeIfPresent(interval?.wholeNanoseconds, forKey: .interval)
        try object.encodeIfPresent(timeout?.wholeNanoseconds, forKey: .timeout)
        try object.encodeIfPresent(startPeriod?.wholeNanoseconds, forKey: .startPeriod)
        try object.encodeIfPresent(retries, forKey: .retries)
    }
}

/// The `{}` of Go's sets.
struct EmptyObject: Hashable, Sendable, Codable {
    static func set(_ names: Set<String>) -> [String: EmptyObject] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, EmptyObject()) })
    }
}

extension Duration {
    var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
