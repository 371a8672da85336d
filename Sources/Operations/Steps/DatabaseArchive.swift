import FrappeModel
import Rendering

/// Takes the database server of one site away: its container goes, its data and its root password are kept together.
///
/// Each part finds out by itself whether it is done, so that a rerun goes on after a kill.
struct DatabaseArchive: Sendable {
    let host: HostContext
    let server: String
    /// What the directory under archived/ is called.
    let name: String

    private var target: String { "\(host.layout.archived)/\(name)" }
    private var source: String { host.layout.databaseDirectory(server) }

    /// - Returns: where the data is now, nil where there never was any.
    func take() async throws -> String? {
        try await removeContainers()
        if HostFiles.kind(source) == .directory { try HostFiles.move(source, to: target) }
        guard HostFiles.kind(target) == .directory else { return nil }
        let secrets = host.secrets.path(DatabaseSecrets.directory(server: server))
        if HostFiles.kind(secrets) == .directory { try HostFiles.move(secrets, to: "\(target)/secrets") }
        return target
    }

    /// Every container of the server, stopped within its own grace: nothing may write to data that is moved.
    private func removeContainers() async throws {
        for container in try await host.engine.containers()
        where container.identity?.component == .mariadb && container.identity?.instance == server {
            try await host.engine.stop(container.id, atMost: nil)
            try await host.engine.remove(container.id)
        }
    }
}
