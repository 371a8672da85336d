/// A port that we need and who holds it.
package struct PortFacts: Hashable, Sendable {
    package enum Use: Hashable, Sendable {
        /// nginx listens there; the manifest's field that says where.
        case ingress(field: String)
        /// A container of ours is published there on 127.0.0.1.
        case upstream(container: String)
    }

    package enum Holder: Hashable, Sendable {
        case nobody
        case ours
        case process(Int32, command: String)
        /// Somebody whose processes we may not see.
        case unseen
    }

    package var address: String
    package var port: Int
    package var use: Use
    package var holder: Holder

    package init(address: String, port: Int, use: Use, holder: Holder) {
        self.address = address
        self.port = port
        self.use = use
        self.holder = holder
    }
}

/// A TCP socket that listens beyond loopback.
package struct ListenerFacts: Hashable, Sendable, Comparable {
    package var address: String
    package var port: Int
    /// Nil when we may not see it.
    package var process: Int32?
    package var command: String
    /// The container that is published there, with whether it is of this root.
    package var container: String?
    package var isOurs: Bool

    package init(
        address: String, port: Int, process: Int32?, command: String, container: String? = nil, isOurs: Bool = false
    ) {
        self.address = address
        self.port = port
        self.process = process
        self.command = command
        self.container = container
        self.isOurs = isOurs
    }

    package static func < (left: ListenerFacts, right: ListenerFacts) -> Bool {
        (left.port, left.address) < (right.port, right.address)
    }
}

/// Ports that we need, and ports that nobody should reach.
package enum PortDiagnosis {
    package static func ports(_ ports: [PortFacts]) -> [Finding] {
        let troubles = ports.compactMap(trouble)
        guard troubles.isEmpty, !ports.isEmpty else { return troubles }
        let words = ports.filter { if case .ingress = $0.use { true } else { false } }
            .map { "\($0.address):\($0.port) \($0.holder == .ours ? "is held by our nginx" : "is free")" }
        return [Finding(.ok, "ports", "ports: \(words.joined(separator: ", "))")]
    }

    private static func trouble(_ port: PortFacts) -> Finding? {
        let place = "\(port.address):\(port.port)"
        let holder: String
        let look: String
        switch port.holder {
        case .nobody, .ours: return nil
        case .process(let id, let command):
            holder = "\(command.isEmpty ? "a process" : command), pid \(id)"
            look = "ps -fp \(id)"
        case .unseen:
            holder = "a process that only root sees"
            look = "sudo ss -ltnp 'sport = :\(port.port)'"
        }
        switch port.use {
        case .ingress(let field):
            return Finding(
                .fail, "ports", "port \(place) is held by \(holder)",
                reason: "our nginx cannot listen there, so no site is reached",
                next:
                    "\(look); stop it, or choose another port in \(field) of the Host manifest: frappectl explain Host")
        case .upstream(let container):
            return Finding(
                .fail, "ports", "port \(place), which is kept for \(container), is held by \(holder)",
                reason: "that container cannot start", next: "\(look); stop it, then: frappectl up")
        }
    }

    /// Programs that give or take data without asking who is there.
    private static let dangerous: [Int: String] = [
        3306: "MariaDB", 6379: "Redis", 11211: "memcached", 5432: "PostgreSQL", 27017: "MongoDB",
        2375: "the Docker Engine",
        9200: "Elasticsearch",
    ]
    private static let commands: [String: String] = [
        "redis-server": "Redis", "mariadbd": "MariaDB", "mysqld": "MySQL", "memcached": "memcached",
        "postgres": "PostgreSQL", "mongod": "MongoDB", "dockerd": "the Docker Engine",
    ]

    package static func listeners(_ listeners: [ListenerFacts]) -> [Finding] {
        let found = listeners.sorted().compactMap(judge)
        guard found.isEmpty else { return found }
        return [Finding(.ok, "listeners", "listeners: nothing of ours but nginx, no open database")]
    }

    private static func judge(_ listener: ListenerFacts) -> Finding? {
        let place = listener.address.contains(":") ? "[\(listener.address)]" : listener.address
        if listener.isOurs {
            return Finding(
                .fail, "listeners",
                "\(listener.container ?? listener.command) of ours listens on \(place):\(listener.port)",
                reason: "nothing but nginx is to be reached from outside", next: "frappectl up replaces it")
        }
        let name = commands[listener.command] ?? dangerous[listener.port]
        guard let name, listener.container == nil || dangerous[listener.port] != nil else { return nil }
        let who = listener.container.map { "the container \($0)" } ?? listener.process.map { "pid \($0)" }
        return Finding(
            .warn, "listeners", "\(name) (\(who ?? "of somebody else")) listens on \(place):\(listener.port)",
            reason: listener.container == nil
                ? "whoever reaches this machine reaches it"
                : "whoever reaches this machine reaches it, past the firewall: Docker opens the port itself",
            next: listener.container.map { "docker port \($0); publish it on 127.0.0.1; it is not ours, nothing done" }
                ?? "sudo ss -ltnp 'sport = :\(listener.port)'; bind it to 127.0.0.1; it is not ours, nothing done")
    }
}
