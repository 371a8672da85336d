import Diagnosis
import DockerEngine

/// The file systems that this installation lives on.
struct HostDisks: Sendable {
    let host: HostContext

    /// Each file system once; an Engine that does not say where it keeps things is left out.
    func facts() async throws -> [DiskFacts] {
        let system = try await host.engine.call { () async throws(EngineError) in try await host.engine.client.system()
        }
        var places = [(name: "the root", path: host.layout.root)]
        if system.rootDirectory.hasPrefix("/") { places.append(("Docker", system.rootDirectory)) }
        return MachineLook.disks(places)
    }
}

extension HostStatus.Disk {
    init(_ facts: DiskFacts) {
        self.init(
            name: facts.name, path: facts.path, total: facts.total, free: facts.free, inodes: facts.inodes,
            inodesFree: facts.freeInodes)
    }
}
