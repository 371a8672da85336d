import Diagnosis
import DockerEngine
import FrappeModel
import Rendering

/// Who listens where we do, where we want to, and where nobody should.
struct PortLook: Sendable {
    let sockets: ListeningSockets
    let engine: EngineLook
    let state: StateLook
    /// Our nginx, whoever started it.
    let master: Int32?

    init(engine: EngineLook, state: StateLook, master: Int32?) {
        sockets = ListeningSockets()
        self.engine = engine
        self.state = state
        self.master = master
    }

    /// The process of our nginx, by its title.
    ///
    /// - Parameter root: where it has its prefix.
    static func master(root: String) -> Int32? {
        let title = IngressNginx(executable: "", prefix: "\(root)/agent/nginx").titlePart
        return IngressProcesses.all().first { $0.isMaster && $0.title.contains(title) }?.id
    }

    func ports() -> [PortFacts] {
        guard state.tellsSettings else { return [] }
        let host = state.manifests.host
        var ports = [
            PortFacts(
                address: host.listenAddress, port: host.httpPort, use: .ingress(field: "spec.ingress.httpPort"),
                holder: holder(host.listenAddress, host.httpPort))
        ]
        let published = Set(containers.filter { isOurs($0) }.flatMap(\.ports).compactMap(\.hostPort))
        for (container, port) in (state.contents?.ports ?? [:]).sorted(by: { $0.key < $1.key })
        where !published.contains(port) {
            ports.append(
                PortFacts(
                    address: "127.0.0.1", port: port, use: .upstream(container: container),
                    holder: holder("127.0.0.1", port)))
        }
        return ports
    }

    private var containers: [ContainerSummary] { engine.containers }

    private func isOurs(_ container: ContainerSummary) -> Bool {
        guard let rootID = state.contents?.rootID else { return false }
        return container.labels[Label.root] == rootID
    }

    private func holder(_ address: String, _ port: Int) -> PortFacts.Holder {
        let holding = sockets.holding(address, port)
        guard !holding.isEmpty else { return .nobody }
        let processes = holding.compactMap { sockets.process(of: $0) }
        if let master, processes.contains(master) { return .ours }
        guard let process = processes.first else { return .unseen }
        // Without the Engine its proxies cannot be told apart: ours are among them.
        let command = IngressProcesses.name(of: process)
        if command == "docker-proxy", !engine.answers { return .ours }
        return .process(process, command: command)
    }

    func listeners() -> [ListenerFacts] {
        var found: [String: ListenerFacts] = [:]
        for socket in sockets.sockets where !socket.isLoopback {
            let process = sockets.process(of: socket)
            if process != nil, process == master { continue }
            let container = containers.first { container in
                container.ports.contains { $0.hostPort == socket.port && !Self.isLoopback($0.hostIP) }
            }
            note(
                ListenerFacts(
                    address: socket.address, port: socket.port, process: process,
                    command: process.map(IngressProcesses.name) ?? "", container: container?.name,
                    isOurs: container.map(isOurs) ?? false), in: &found)
        }
        // The Engine can publish without a process that listens.
        for container in containers {
            for port in container.ports {
                guard let number = port.hostPort, port.transport == "tcp", !Self.isLoopback(port.hostIP) else {
                    continue
                }
                note(
                    ListenerFacts(
                        address: port.hostIP ?? "0.0.0.0", port: number, process: nil, command: "",
                        container: container.name, isOurs: isOurs(container)), in: &found)
            }
        }
        return found.values.sorted()
    }

    /// One line for a port, whether by IPv4 or IPv6 or both.
    private func note(_ listener: ListenerFacts, in found: inout [String: ListenerFacts]) {
        let key = "\(listener.port) \(listener.container ?? "\(listener.process ?? 0)")"
        if found[key] == nil { found[key] = listener }
    }

    private static func isLoopback(_ address: String?) -> Bool {
        guard let address else { return true }
        return address.hasPrefix("127.") || address == "::1"
    }
}
