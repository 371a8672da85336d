import FrappeModel
import Rendering

/// Ports of 127.0.0.1 that were ours and that another program listens on.
struct PortConflicts: Sendable {
    /// Who holds the port, by the name of the container that it was kept for: `127.0.0.1:20100 is held by caddy (pid 7)`.
    var holders: [String: String] = [:]
    var isEmpty: Bool { holders.isEmpty }

    init() {}

    /// One in these states holds its port itself.
    private static let holding: Set<ObservedContainer.State> = [.running, .paused, .restarting]

    /// Looks only where a container that publishes a port does not run.
    init(_ desired: DesiredState, _ containers: [ObservedContainer]) {
        let idle = desired.containers.filter { wanted in
            !wanted.definition.publishedPorts.isEmpty
                && !containers.contains { found in
                    Self.holding.contains(found.state) && found.identity == wanted.identity
                        && found.definitionHash == wanted.definitionHash
                }
        }
        guard !idle.isEmpty else { return }
        let sockets = ListeningSockets()
        for container in idle {
            let ports = container.definition.publishedPorts.compactMap { Int($0.host) }
            guard let words = ports.lazy.compactMap({ sockets.words($0) }).first else { continue }
            holders[container.name] = words
        }
    }

    /// Nil where nobody listens.
    static func words(_ definition: ContainerDefinition) -> String? {
        let ports = definition.publishedPorts.compactMap { Int($0.host) }
        guard !ports.isEmpty else { return nil }
        let sockets = ListeningSockets()
        return ports.lazy.compactMap { sockets.words($0) }.first
    }
}

extension Allocations {
    /// Those that were handed out now although a lower one was wanted, with who holds that: by container.
    func passedOver(since known: Allocations, in range: ClosedRange<Int>) -> [String: String] {
        let fresh = ports.filter { known.ports[$0.key] != $0.value }
        guard !fresh.isEmpty, !takenPorts.isDisjoint(with: range) else { return [:] }
        let sockets = ListeningSockets()
        return fresh.compactMapValues { port in
            let held = takenPorts.subtracting(known.ports.values).filter { range.contains($0) && $0 < port }.sorted()
            return held.lazy.compactMap { sockets.words($0) }.first
        }
    }
}

extension ListeningSockets {
    /// Who keeps us from listening on a port of 127.0.0.1.
    func words(_ port: Int) -> String? {
        holder("127.0.0.1", port).map { "127.0.0.1:\(port) is held by \($0)" }
    }
}
