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

    private var source: String { host.layout.databaseDirectory(server) }

    /// - Returns: where the data is now, nil where there never was any.
    func take() async throws -> String? {
        try await removeContainers()
        let archive = Archive(layout: host.layout)
        if HostFiles.kind(source) == .directory { _ = try archive.keep(source, as: name) }
        guard let target = try archive.kept(name, from: host.layout.databases) else { return nil }
        let secrets = host.secrets.path(DatabaseSecrets.directory(server: server))
        if HostFiles.kind(secrets) == .directory { try SecretFiles.move(secrets, to: "\(target)/secrets") }
        return target
    }

    /// Fails beforehand where its data cannot be kept.
    func requireShelf() throws {
        guard HostFiles.kind(source) == .directory else { return }
        _ = try Archive(layout: host.layout).shelf(for: host.layout.databases)
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
