import FrappeModel

/// What is handed out once and kept: a /24 per network and a port of 127.0.0.1 per container that publishes one.
package struct Allocations: Hashable, Sendable {
    package var subnets: [String: IPv4Network]
    package var ports: [String: Int]
    /// Subnets and ports that others hold.
    package var takenSubnets: [IPv4Network]
    package var takenPorts: Set<Int>

    package init(
        subnets: [String: IPv4Network] = [:], ports: [String: Int] = [:], takenSubnets: [IPv4Network] = [],
        takenPorts: Set<Int> = []
    ) {
        self.subnets = subnets
        self.ports = ports
        self.takenSubnets = takenSubnets
        self.takenPorts = takenPorts
    }

    /// The network's subnet, or the first free one of the range.
    mutating func subnet(for network: String, in range: IPv4Network) throws(RenderingError) -> IPv4Network {
        if let known = subnets[network] { return known }
        let taken = takenSubnets + subnets.values
        guard let free = range.subnets(prefix: 24).first(where: { one in !taken.contains { $0.overlaps(one) } }) else {
            throw .noSubnetLeft(range: range)
        }
        subnets[network] = free
        return free
    }

    /// The container's port, or the first free one of the range.
    mutating func port(for container: String, in range: ClosedRange<Int>) throws(RenderingError) -> Int {
        if let known = ports[container] { return known }
        let taken = takenPorts.union(ports.values)
        guard let free = range.first(where: { !taken.contains($0) }) else { throw .noPortLeft(range: range) }
        ports[container] = free
        return free
    }
}
