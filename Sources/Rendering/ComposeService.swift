import FrappeModel

/// A service of a compose file, read into a container definition; a key it does not know is an error.
struct ComposeService {
    let path: String
    let fields: [String: ComposeValue]

    init(_ name: String, in file: ComposeValue, variables: [String: String]) throws(RenderingError) {
        path = "services.\(name)"
        guard case .map(let fields)? = file["services"]?[name] else {
            throw .template(file: "compose", path: path, message: "there is no such service")
        }
        var filled: [String: ComposeValue] = [:]
        for (key, value) in fields { filled[key] = try value.filled(variables, path: "\(path).\(key)") }
        self.fields = filled
    }

    /// - Parameter networks: the real name of each network that the file declares.
    func definition(networks: [String: String]) throws(RenderingError) -> ContainerDefinition {
        var definition = ContainerDefinition()
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            try apply(key, value, networks: networks, to: &definition)
        }
        return definition
    }

    private func apply(
        _ key: String, _ value: ComposeValue, networks: [String: String], to definition: inout ContainerDefinition
    ) throws(RenderingError) {
        switch key {
        case "image": definition.image = try text(key, value)
        case "entrypoint": definition.entrypoint = try texts(key, value)
        case "command": definition.command = try texts(key, value)
        case "environment": definition.environment = try textMap(key, value)
        case "user": definition.user = try text(key, value)
        case "working_dir": definition.workingDirectory = try text(key, value)
        case "volumes": definition.mounts = try mounts(key, value)
        case "tmpfs": definition.temporaryFileSystems = try temporaryFileSystems(key, value)
        case "networks": try applyNetworks(value, networks: networks, to: &definition)
        case "ports": definition.publishedPorts = try ports(key, value)
        case "healthcheck": definition.healthCheck = try healthCheck(value)
        case "stop_grace_period": definition.stopGracePeriod = try seconds(key, value)
        case "stop_signal": definition.stopSignal = try text(key, value)
        case "restart": definition.restart = try choice(key, value)
        case "init": definition.initProcess = try text(key, value) == "true"
        case "security_opt": definition.securityOptions = try texts(key, value)
        case "cap_drop": definition.droppedCapabilities = try texts(key, value)
        case "cap_add": definition.addedCapabilities = try texts(key, value)
        case "logging": try applyLogging(value, to: &definition)
        case "x-frappectl": try applyExtension(value, to: &definition)
        case "profiles": break
        case "network_mode": definition.network = nil
        default: try applyLimit(key, value, to: &definition)
        }
    }

    private func applyLimit(
        _ key: String, _ value: ComposeValue, to definition: inout ContainerDefinition
    ) throws(RenderingError) {
        switch key {
        case "mem_limit": definition.limits.memory = try integer(key, value)
        case "memswap_limit": definition.limits.memoryAndSwap = try integer(key, value)
        case "mem_reservation": definition.limits.memoryReservation = try integer(key, value)
        case "cpu_shares": definition.limits.cpuShares = try integer(key, value)
        case "pids_limit": definition.limits.processes = try integer(key, value)
        case "cpus":
            guard let cores = Double(try text(key, value)) else { throw wrong(key, "is not a number") }
            // As in Compose, 0 is no limit.
            definition.limits.cpu = cores > 0 ? Int((cores * 1000).rounded()) : nil
        default: throw wrong(key, "is not a field that frappectl knows")
        }
    }

    private func applyNetworks(
        _ value: ComposeValue, networks: [String: String], to definition: inout ContainerDefinition
    ) throws(RenderingError) {
        guard case .map(let entries) = value, let (name, settings) = entries.first, entries.count == 1,
            let real = networks[name]
        else { throw wrong("networks", "must name one network of the file") }
        definition.network = real
        if let aliases = settings["aliases"] { definition.aliases = try texts("networks.aliases", aliases) }
    }

    private func applyLogging(
        _ value: ComposeValue, to definition: inout ContainerDefinition
    ) throws(RenderingError) {
        if let driver = value["driver"] { definition.logDriver = try text("logging.driver", driver) }
        if let options = value["options"] { definition.logOptions = try textMap("logging.options", options) }
    }

    private func applyExtension(
        _ value: ComposeValue, to definition: inout ContainerDefinition
    ) throws(RenderingError) {
        if let replace = value["replace"] { definition.replacement = try choice("x-frappectl.replace", replace) }
        if let within = value["healthy-within"] {
            definition.healthyWithin = try seconds("x-frappectl.healthy-within", within)
        }
    }

    private func healthCheck(_ value: ComposeValue) throws(RenderingError) -> ContainerDefinition.HealthCheck {
        guard let test = value["test"] else { throw wrong("healthcheck", "has no test") }
        var check = ContainerDefinition.HealthCheck(test: try texts("healthcheck.test", test))
        if let interval = value["interval"] { check.interval = try seconds("healthcheck.interval", interval) }
        if let timeout = value["timeout"] { check.timeout = try seconds("healthcheck.timeout", timeout) }
        if let retries = value["retries"] { check.retries = try integer("healthcheck.retries", retries) }
        if let start = value["start_period"] { check.startPeriod = try seconds("healthcheck.start_period", start) }
        return check
    }

    private func mounts(_ key: String, _ value: ComposeValue) throws(RenderingError) -> [ContainerDefinition.Mount] {
        try texts(key, value).map { (text) throws(RenderingError) in
            // A host path may hold colons; the target and the mode may not.
            var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let readOnly = parts.last == "ro"
            if readOnly { parts.removeLast() }
            guard parts.count >= 2, let target = parts.popLast() else {
                throw wrong(key, "\(text) is no source:target")
            }
            return ContainerDefinition.Mount(source: parts.joined(separator: ":"), target: target, readOnly: readOnly)
        }
    }

    private func temporaryFileSystems(
        _ key: String, _ value: ComposeValue
    ) throws(RenderingError) -> [String: String] {
        var result: [String: String] = [:]
        for text in try texts(key, value) {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            result[parts.first ?? ""] = parts.count > 1 ? parts[1] : ""
        }
        return result
    }

    private func ports(
        _ key: String, _ value: ComposeValue
    ) throws(RenderingError) -> [ContainerDefinition.PublishedPort] {
        try texts(key, value).map { (text) throws(RenderingError) in
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 3, parts[0] == "127.0.0.1", let container = Int(parts[2]) else {
                throw wrong(key, "\(text) is not 127.0.0.1:host:container")
            }
            return ContainerDefinition.PublishedPort(container: container, host: parts[1])
        }
    }
}

// Reading one field.
extension ComposeService {
    fileprivate func wrong(_ key: String, _ message: String) -> RenderingError {
        .template(file: "compose", path: "\(path).\(key)", message: message)
    }

    fileprivate func text(_ key: String, _ value: ComposeValue) throws(RenderingError) -> String {
        guard case .scalar(let text) = value else { throw wrong(key, "is not a text") }
        return text
    }

    fileprivate func texts(_ key: String, _ value: ComposeValue) throws(RenderingError) -> [String] {
        guard case .list(let items) = value else { throw wrong(key, "is not a list") }
        return try items.map { (item) throws(RenderingError) in try text(key, item) }
    }

    fileprivate func textMap(_ key: String, _ value: ComposeValue) throws(RenderingError) -> [String: String] {
        guard case .map(let entries) = value else { throw wrong(key, "is not a map") }
        var result: [String: String] = [:]
        for (name, entry) in entries { result[name] = try text("\(key).\(name)", entry) }
        return result
    }

    fileprivate func integer(_ key: String, _ value: ComposeValue) throws(RenderingError) -> Int {
        guard let number = Int(try text(key, value)) else { throw wrong(key, "is not a whole number") }
        return number
    }

    fileprivate func seconds(_ key: String, _ value: ComposeValue) throws(RenderingError) -> Int {
        let text = try text(key, value)
        guard text.hasSuffix("s"), let number = Int(text.dropLast()) else { throw wrong(key, "is not like 30s") }
        return number
    }

    fileprivate func choice<Choice: RawRepresentable>(
        _ key: String, _ value: ComposeValue
    ) throws(RenderingError) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(key, value)) else { throw wrong(key, "is not one of its values") }
        return choice
    }
}
