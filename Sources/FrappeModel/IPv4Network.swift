/// An IPv4 network in CIDR form.
package struct IPv4Network: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The network's address as a number, host bits zero.
    package let address: UInt32
    package let prefix: Int

    package init(address: UInt32, prefix: Int) {
        self.prefix = min(max(prefix, 0), 32)
        self.address = address & IPv4Network.mask(self.prefix)
    }

    package init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, prefix: Int) {
        self.init(address: UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d), prefix: prefix)
    }

    /// Reads `10.217.3.0/24`; nil for anything else, also for host bits that are set.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = Int(parts[1]), (0...32).contains(prefix),
            let address = IPv4Network.parseAddress(String(parts[0])), address & IPv4Network.mask(prefix) == address
        else { return nil }
        self.init(address: address, prefix: prefix)
    }

    /// The number of a dotted address.
    package static func parseAddress(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard part.count <= 3, part.allSatisfy(\.isNumber), let byte = UInt8(part) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    package static func dotted(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    package var description: String { "\(IPv4Network.dotted(address))/\(prefix)" }

    /// `10.217.3.0/255.255.255.0`, the form in which MariaDB scopes an account.
    package var addressAndNetmask: String {
        "\(IPv4Network.dotted(address))/\(IPv4Network.dotted(IPv4Network.mask(prefix)))"
    }

    package func overlaps(_ other: IPv4Network) -> Bool {
        let mask = IPv4Network.mask(min(prefix, other.prefix))
        return address & mask == other.address & mask
    }

    /// The networks of `prefix` bits inside this one, in order.
    package func subnets(prefix inner: Int) -> some Sequence<IPv4Network> {
        let count = inner >= prefix ? 1 << (inner - prefix) : 0
        return (0..<count).lazy.map { IPv4Network(address: address + UInt32($0) << UInt32(32 - inner), prefix: inner) }
    }

    private static func mask(_ prefix: Int) -> UInt32 {
        prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix)
    }
}
