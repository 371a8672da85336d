import Diagnosis
import DockerEngine
import FrappeModel

/// The file systems that this installation lives on.
struct HostDisks: Sendable {
    let host: HostContext

    /// Each file system once; an Engine that does not say where it keeps things is left out.
    func facts(_ manifests: Manifests) async throws -> [DiskFacts] {
        let system = try await host.engine.call { () async throws(EngineError) in try await host.engine.client.system()
        }
        let docker = system.rootDirectory.hasPrefix("/") ? system.rootDirectory : nil
        return MachineLook.disks(Self.places(root: host.layout.root, docker: docker, manifests))
    }

    /// The root, the Engine's directory, and what else lives on a disk of its own: benches, databases and storage
    /// classes that a bench uses. Of a class whose disk is not mounted there is nothing to tell.
    static func places(root: String, docker: String?, _ manifests: Manifests) -> [(name: String, path: String)] {
        let used = Set(manifests.benches.keys.compactMap { manifests.storageClass(of: $0)?.name })
        let classes = manifests.host.storageClasses.filter { used.contains($0.name) }
        let own =
            [(name: "benches", path: "\(root)/benches"), (name: "databases", path: "\(root)/databases")]
            + classes.map { (name: "storage class \($0.name)", path: $0.path) }
        var places = [(name: "the root", path: root)]
        if let docker { places.append((name: "Docker", path: docker)) }
        return places + own.filter { !HostFiles.isSameDisk($0.path, root) }
    }
}

extension HostStatus.Disk {
    init(_ facts: DiskFacts) {
        self.init(
            name: facts.name, path: facts.path, total: facts.total, free: facts.free, inodes: facts.inodes,
            inodesFree: facts.freeInodes)
    }
}
