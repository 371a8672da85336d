import DockerEngine
import FrappeModel
import Planning
import Rendering

/// `disk clean`: takes away what nothing needs any more.
package struct DiskClean: Sendable {
    let host: HostContext

    /// What went, and what did not go after all and why.
    package struct Outcome: Codable, Sendable {
        package struct Kept: Codable, Sendable {
            package var name: String
            package var reason: String
        }

        package var removed: [DiskReport.Removable] = []
        package var kept: [Kept] = []
    }

    package init(_ host: HostContext) { self.host = host }

    /// What would go; nothing is measured, so directories are of unknown size.
    package func preview() async throws -> [DiskReport.Removable] {
        try await DiskLeftovers(host: host, convergence: try await Disk(host).convergence()).removable(nil)
    }

    /// Under the lock of the host: no image is resolved and no assets are copied meanwhile.
    package func run() async throws -> Outcome {
        try await host.operation(subject: "host", locks: [.host: .exclusive]) { operation in
            let convergence = try await Disk(host).convergence()
            let leftovers = try await DiskLeftovers(host: host, convergence: convergence)
            let tool = Disk.tool(convergence, leftovers)
            var outcome = Outcome()
            for item in try await leftovers.removable(nil) {
                let subject = "\(item.kind.rawValue) \(item.name)"
                host.progress(.preparing(subject: subject, text: item.reason))
                let refusal = try await operation.step(
                    subject, kind: "clean-\(item.kind.rawValue)", subject: subject, cause: item.reason
                ) { try await remove(item, operation, convergence, tool: tool) }
                if let refusal {
                    outcome.kept.append(.init(name: item.name, reason: refusal))
                } else {
                    outcome.removed.append(item)
                }
            }
            return outcome
        }
    }

    /// - Returns: why it stays after all.
    private func remove(
        _ item: DiskReport.Removable, _ operation: Operation, _ convergence: Convergence, tool: String?
    ) async throws -> String? {
        switch item.kind {
        case .container: try await host.engine.remove(item.name)
        case .image:
            do { try await host.engine.removeImage(item.name) } catch EngineError.conflict(_, let message) {
                return "the Engine needs it: \(message)"
            }
            try host.store.removeFacts(.pulledImage, keys: [item.name])
        case .assets:
            guard let tool else { return "no image is here that could remove it" }
            return try await removeAssets(item.name, operation, convergence, tool: tool)
        }
        return nil
    }

    /// Renamed first: half a copy is never taken for a whole one.
    private func removeAssets(
        _ path: String, _ operation: Operation, _ convergence: Convergence, tool: String
    ) async throws -> String? {
        let partial = path.hasSuffix(".partial") ? path : "\(path).partial"
        if partial != path, HostFiles.kind(partial) == .none { try HostFiles.move(path, to: partial) }
        FaultPoint.pass("assets put aside")
        var definition = try convergence.rendering.hostOneShot("clean", image: tool)
        definition.command = [partial, path].map { "/assets/\($0.split(separator: "/").last ?? "")" }
        let once = OneShot(
            host: host, operation: operation.id, name: host.layout.objectName("once", "assets", "clean"), step: "clean")
        let code = try await once.run(definition)
        let lines = await once.lastLines(3)
        try await once.remove()
        return code == 0 ? nil : lines.joined(separator: "; ")
    }
}
