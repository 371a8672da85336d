import FrappeModel
import Rendering

/// Tries a database server's settings in a container that is thrown away, before the server that works goes.
struct SettingsTrial: Sendable {
    let host: HostContext
    let container: DesiredContainer

    /// - Throws: the server's own words where it does not take them.
    func pass() async throws {
        guard container.identity.component == .mariadb, let settings else { return }
        let once = OneShot(
            host: host, operation: 0,
            name: host.layout.objectName("once", container.identity.instance, "settings"), step: "settings")
        let code = try await once.run(definition, files: [DatabaseSecrets.settings: [UInt8](settings.utf8)])
        let lines = await once.lastLines(200).filter { $0.contains("[ERROR]") }
        try await once.remove()
        guard code == 0 else {
            throw StepReason(
                description: "\(container.identity.instance) does not take its settings (mariadbd exits with \(code)); "
                    + "the server that runs is left as it is",
                logs: lines.suffix(5).map { $0 }, next: "mend myCnf, then frappectl up -f FILE")
        }
    }

    private var settings: String? {
        container.definition.files.lazy.compactMap { file in
            if case .text(let text) = file.contents, file.path == DatabaseSecrets.settings { text } else { nil }
        }.first
    }

    /// As the server, but without its data and its network: a new, small one that starts, reads no statement, and ends.
    private var definition: ContainerDefinition {
        var trial = container.definition
        trial.entrypoint = ["mariadbd"]
        trial.command =
            ["--bootstrap"] + (trial.command ?? []) + [
                "--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M",
            ]
        trial.mounts = []
        trial.temporaryFileSystems = ["/var/lib/mysql": "uid=1000,gid=1000"]
        trial.network = nil
        trial.aliases = []
        trial.healthCheck = nil
        trial.restart = .no
        trial.files = []
        return trial
    }
}
