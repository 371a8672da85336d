import FrappeModel
import Rendering

/// The few names on the disk that a plan depends on.
struct DiskLook: Sendable {
    let layout: HostLayout

    func hasSites(_ bench: ObjectName) -> Bool { HostFiles.kind(layout.sites(of: bench)) == .directory }

    /// Those of the sites that have their directory.
    func directories(among sites: some Sequence<String>, of bench: ObjectName) -> Set<String> {
        let parent = layout.sites(of: bench)
        return Set(sites.filter { HostFiles.kind("\(parent)/\($0)") == .directory })
    }

    /// Sockets that the bench's web containers serve at.
    func sockets(of bench: ObjectName) -> [String] {
        HostFiles.names(in: layout.run(of: bench)).filter { $0.hasSuffix(".sock") }.sorted()
    }

    /// Servers whose data directory is there.
    var databases: Set<String> {
        directories(in: layout.databases).filter { HostFiles.kind(layout.database($0)) == .directory }
    }

    /// Image ids whose assets were copied whole.
    var assets: Set<String> {
        Set(directories(in: layout.assets).filter { !$0.hasSuffix(".partial") }.map { "sha256:\($0)" })
    }

    private func directories(in parent: String) -> Set<String> {
        Set(HostFiles.names(in: parent).filter { HostFiles.kind("\(parent)/\($0)") == .directory })
    }
}
