import FrappeModel

/// Subnets: what we were given, and what others hold.
package struct SubnetFacts: Hashable, Sendable {
    package struct EngineNetwork: Hashable, Sendable {
        package var name: String
        package var subnets: [IPv4Network]
        package var isOurs: Bool

        package init(name: String, subnets: [IPv4Network], isOurs: Bool) {
            self.name = name
            self.subnets = subnets
            self.isOurs = isOurs
        }
    }

    /// Where subnets of benches are taken from.
    package var range: IPv4Network
    /// By the name of our network, as recorded.
    package var recorded: [String: IPv4Network]
    /// Nil when the Engine does not answer.
    package var networks: [EngineNetwork]?
    /// What the host routes to, its networks of the Engine included.
    package var routes: [IPv4Network]
    /// Networks that a bench's containers are in, or should be.
    package var wanted: Set<String>

    package init(
        range: IPv4Network, recorded: [String: IPv4Network] = [:], networks: [EngineNetwork]? = nil,
        routes: [IPv4Network] = [], wanted: Set<String> = []
    ) {
        self.range = range
        self.recorded = recorded
        self.networks = networks
        self.routes = routes
        self.wanted = wanted
    }
}

/// Whether our networks can be made and are there.
package enum NetworkDiagnosis {
    private static let check = "subnets"

    package static func findings(_ facts: SubnetFacts) -> [Finding] {
        let found = clashes(facts) + exhaustion(facts) + missing(facts)
        guard found.isEmpty else { return found }
        let count = facts.recorded.isEmpty ? "none taken yet" : "\(facts.recorded.count) taken"
        return [Finding(.ok, check, "subnets: \(facts.range), \(count), no clash")]
    }

    /// A subnet that we were given stays ours in the databases' grants, so another one there is a clash.
    private static func clashes(_ facts: SubnetFacts) -> [Finding] {
        let networks = facts.networks ?? []
        let existing = Set(networks.filter(\.isOurs).map(\.name))
        return facts.recorded.sorted { $0.key < $1.key }.flatMap { name, subnet -> [Finding] in
            guard !existing.contains(name) else { return [] }
            let foreign = networks.filter { network in
                !network.isOurs && network.subnets.contains { $0.overlaps(subnet) }
            }
            if !foreign.isEmpty { return foreign.map { clash(name, subnet, with: $0) } }
            let known = Set(networks.flatMap(\.subnets))
            return facts.routes.filter { $0.overlaps(subnet) && !known.contains($0) }.prefix(1).map { route in
                Finding(
                    .fail, check, "\(subnet), which is kept for \(name), is routed by this host (\(route))",
                    reason: "the network cannot be made, or takes the way to that one",
                    next: "ip route show \(route); take that route away, then: frappectl up")
            }
        }
    }

    private static func clash(_ name: String, _ subnet: IPv4Network, with network: SubnetFacts.EngineNetwork) -> Finding
    {
        let subnets = network.subnets.map(\.description).joined(separator: ", ")
        return Finding(
            .fail, check,
            "\(subnet), which is kept for \(name), is taken by the Docker network \(network.name) (\(subnets))",
            reason: "the network of the bench cannot be made; its databases let only \(subnet) in",
            next: "docker network inspect \(network.name); docker network rm \(network.name), then: frappectl up")
    }

    private static func exhaustion(_ facts: SubnetFacts) -> [Finding] {
        let taken =
            Array(facts.recorded.values) + (facts.networks ?? []).filter { !$0.isOurs }.flatMap(\.subnets)
            + facts.routes
        let isFree = facts.range.subnets(prefix: 24).contains { one in !taken.contains { $0.overlaps(one) } }
        guard !isFree else { return [] }
        let holder = (facts.networks ?? []).first { network in
            !network.isOurs && network.subnets.contains { $0.overlaps(facts.range) }
        }
        let by = holder.map { "the Docker network \($0.name) and others" } ?? "routes of this host and our networks"
        return [
            Finding(
                facts.recorded.isEmpty ? .fail : .warn, check, "no free /24 is left in \(facts.range)",
                reason: "it is taken by \(by): no further bench gets a network",
                next: "name another range in spec.subnets of the Host manifest: frappectl explain Host.spec.subnets")
        ]
    }

    private static func missing(_ facts: SubnetFacts) -> [Finding] {
        guard let networks = facts.networks else { return [] }
        let existing = Set(networks.map(\.name))
        return facts.wanted.subtracting(existing).sorted().map {
            Finding(
                .warn, check, "the network \($0) does not exist",
                reason: "containers of ours that need it cannot start",
                next: "frappectl up")
        }
    }
}
