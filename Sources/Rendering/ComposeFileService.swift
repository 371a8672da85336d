import FrappeModel

// A container's definition as a service: the other way round of `ComposeService`.
extension ComposeFile {
    func service(
        _ container: DesiredContainer, after needs: [String: Condition], more: [(String, ComposeNode)] = []
    ) -> ComposeNode {
        let definition = container.definition
        var fields: [(String, ComposeNode)] = [("image", .text(images[definition.image] ?? definition.image))]
        fields.append(("entrypoint", .texts(definition.entrypoint)))
        fields.append(("command", .texts(definition.command)))
        fields.append(("environment", .texts(definition.environment)))
        fields.append(("user", .text(definition.user)))
        fields.append(("working_dir", .text(definition.workingDirectory)))
        fields.append(("volumes", .list(definition.mounts.map(mount) + secretMounts(container))))
        fields.append(("tmpfs", .texts(definition.temporaryFileSystems.sorted { $0.key < $1.key }.map(Self.tmpfs))))
        fields.append(("networks", .map([("bench", .map([("aliases", .texts(aliases(of: container)))]))])))
        fields.append(("healthcheck", definition.healthCheck.map(healthCheck) ?? .none))
        fields.append(("stop_grace_period", .text("\(definition.stopGracePeriod)s")))
        fields.append(("stop_signal", .text(definition.stopSignal)))
        fields.append(("restart", .text(definition.restart.rawValue)))
        fields += Self.containment(definition)
        let texts = textFiles(of: definition)
        let isLast = more.contains { $0.0 == "configs" }
        if !isLast { fields.append(("configs", .list(texts.map { configuration(name(of: container), at: $0.path) }))) }
        fields += more
        fields.append(
            (
                "depends_on",
                .map(needs.sorted { $0.key < $1.key }.map { ($0.key, .map([("condition", .text($0.value.rawValue))])) })
            ))
        return .map(fields)
    }

    private func aliases(of container: DesiredContainer) -> [String] {
        let attached = desired.attachments.filter {
            $0.container == container.identity && $0.network == layout.network(of: bench.bench.name)
        }
        let all = container.definition.aliases + attached.flatMap(\.aliases)
        return all.reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }

    /// A directory that is missing is an error: compose would make an empty one, and a database in it.
    private func mount(_ mount: ContainerDefinition.Mount) -> ComposeNode {
        .map([
            ("type", .text("bind")), ("source", .text(mount.source)), ("target", .text(mount.target)),
            ("read_only", mount.readOnly ? .flag(true) : .none),
            ("bind", .map([("create_host_path", .flag(false))])),
        ])
    }

    private static func tmpfs(_ path: String, _ options: String) -> String {
        options.isEmpty ? path : "\(path):\(options)"
    }

    private func healthCheck(_ check: ContainerDefinition.HealthCheck) -> ComposeNode {
        .map([
            ("test", .texts(check.test)), ("interval", .text("\(check.interval)s")),
            ("timeout", .text("\(check.timeout)s")), ("retries", .number(check.retries)),
            ("start_period", .text("\(check.startPeriod)s")),
            ("start_interval", startInterval.map { .text("\($0)s") } ?? .none),
        ])
    }

    static func containment(_ definition: ContainerDefinition) -> [(String, ComposeNode)] {
        let limits = definition.limits
        return [
            ("init", definition.initProcess ? .flag(true) : .none),
            ("security_opt", .texts(definition.securityOptions)),
            ("cap_drop", .texts(definition.droppedCapabilities)), ("cap_add", .texts(definition.addedCapabilities)),
            ("pids_limit", .number(limits.processes)),
            ("cpus", limits.cpu.map { .plain("\(Double($0) / 1000)") } ?? .none),
            ("cpu_shares", .number(limits.cpuShares)), ("mem_limit", .number(limits.memory)),
            ("memswap_limit", .number(limits.memoryAndSwap)), ("mem_reservation", .number(limits.memoryReservation)),
            (
                "logging",
                definition.logDriver.map { driver in
                    .map([("driver", .text(driver)), ("options", .texts(definition.logOptions))])
                } ?? .none
            ),
        ]
    }

    private func textFiles(of definition: ContainerDefinition) -> [(path: String, text: String)] {
        definition.files.compactMap { file in
            guard case .text(let text) = file.contents else { return nil }
            return (file.path, text)
        }
    }

    /// Readable by all, as compose makes it: an owner asked for would be looked up in the image's passwd file.
    func configuration(_ name: String, at path: String) -> ComposeNode {
        .map([("source", .text(name)), ("target", .text(path))])
    }

    /// Text files that containers get, inside the compose file itself.
    func configurations() -> [(String, ComposeNode)] {
        let own = components.flatMap { container in
            textFiles(of: container.definition).map {
                (name(of: container), ComposeNode.map([("content", .text($0.text))]))
            }
        }
        return own + [("nginx", .map([("content", .text(frontConfiguration))]))]
    }
}
