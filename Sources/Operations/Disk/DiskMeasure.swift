import FoundationEssentials
import FrappeModel
import Rendering
import Synchronization

/// Measures the directories under the root, in a container: their owners differ, and containers write in them.
struct DiskMeasure: Sendable {
    let host: HostContext
    let rendering: DesiredRendering
    /// An image of this host that has bash and du.
    let image: String

    func run() async throws -> DiskUsage {
        var definition = try rendering.hostOneShot("measure", image: image)
        definition.mounts += linked
        // Two commands at once measure each for itself.
        let name = host.layout.objectName("once", "\(ProcessInfo.processInfo.processIdentifier)", "measure")
        let once = OneShot(host: host, operation: 0, name: name, step: "measure")
        let lines = Lines()
        let code = try await once.run(definition) { lines.add($0) }
        let last = code == 0 ? [] : await once.lastLines(5)
        try await once.remove()
        guard code == 0 else {
            throw OperationError.failed(
                "the container that measures directories exited with \(code)\n" + last.joined(separator: "\n"),
                next: "du -xh --max-depth 3 \(host.layout.root) | sort -h | tail")
        }
        return DiskUsage(lines: lines.all)
    }

    /// What is on other disks, with links below the root: `du` follows none of them.
    private var linked: [ContainerDefinition.Mount] { DiskUsage.linked.flatMap(links) }

    private func links(in folder: String) -> [ContainerDefinition.Mount] {
        let parent = "\(host.layout.root)/\(folder)"
        return HostFiles.names(in: parent).sorted().compactMap { name -> ContainerDefinition.Mount? in
            let path = "\(parent)/\(name)"
            guard HostFiles.kind(path) == .link, let target = HostFiles.resolved(path), HostFiles.isDirectory(target)
            else { return nil }
            return ContainerDefinition.Mount(
                source: target, target: "/measured/\(folder)-linked/\(name)", readOnly: true)
        }
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}

/// What a bench's files took when they were measured last.
struct MeasuredUsage: Hashable, Codable, Sendable {
    var bytes: Int
    /// Seconds since 1970.
    var at: Double
}
