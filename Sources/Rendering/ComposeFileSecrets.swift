import FrappeModel

// Secrets stay files of the root, for root alone. A container of uid 1000 could not read them through a bind mount, so
// one that runs before it copies them, with the owner and mode that frappectl's own upload gives them.
extension ComposeFile {
    private static let directory = "/run/secrets/frappectl"

    func secretService(_ server: DesiredContainer) -> String { "\(name(of: server))-secrets" }
    func secretVolume(_ server: DesiredContainer) -> String { secretService(server) }

    private func secretFiles(_ container: DesiredContainer) -> [(file: String, secret: SecretName)] {
        container.definition.files.compactMap { file in
            guard case .secret(let secret) = file.contents, let last = file.path.split(separator: "/").last else {
                return nil
            }
            return (String(last), secret)
        }
    }

    func secretMounts(_ container: DesiredContainer) -> [ComposeNode] {
        guard !secretFiles(container).isEmpty else { return [] }
        return [
            .map([
                ("type", .text("volume")), ("source", .text(secretVolume(container))),
                ("target", .text(Self.directory)), ("read_only", .flag(true)),
            ])
        ]
    }

    func secretCopy(_ server: DesiredContainer) -> ComposeNode {
        var definition = ContainerDefinition()
        definition.initProcess = true
        definition.securityOptions = server.definition.securityOptions
        definition.droppedCapabilities = server.definition.droppedCapabilities
        definition.addedCapabilities = ["CHOWN", "FOWNER", "DAC_OVERRIDE"]
        definition.limits.memory = 64 << 20
        definition.limits.processes = 64
        let files = secretFiles(server)
        let image = server.definition.image
        let volume = ComposeNode.map([
            ("type", .text("volume")), ("source", .text(secretVolume(server))), ("target", .text("/copy")),
        ])
        let install = ["install", "--owner=1000", "--group=1000", "--mode=0400", "--target-directory=/copy"]
        return .map(
            [
                ("image", .text(images[image] ?? image)), ("user", .text("0:0")),
                ("entrypoint", .texts(install + files.map { "/run/secrets/\($0.file)" })),
                ("network_mode", .text("none")), ("restart", .text("no")), ("volumes", .list([volume])),
                (
                    "secrets",
                    .list(files.map { .map([("source", .text(name($0, of: server))), ("target", .text($0.file))]) })
                ),
            ] + Self.containment(definition))
    }

    private func name(_ file: (file: String, secret: SecretName), of server: DesiredContainer) -> String {
        "\(name(of: server))-\(file.file.map { $0.isLetter || $0.isNumber ? $0 : "-" }.map(String.init).joined())"
    }

    /// Where the values are, never the values.
    func secrets() -> [(String, ComposeNode)] {
        servers.flatMap { server in
            secretFiles(server).map { file in
                (name(file, of: server), ComposeNode.map([("file", .text("\(layout.secrets)/\(file.secret)"))]))
            }
        }
    }
}
