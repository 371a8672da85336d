import FrappeModel
import Glibc

/// A TCP port of this machine and who listens on it.
struct IngressPort: Sendable {
    var address: String
    var port: Int

    /// Inodes of the listening sockets that would keep us from binding.
    func listeners() -> Set<String> {
        let isIPv4 = !address.contains(":")
        let ipv4 = Self.listeners(in: "/proc/net/tcp", port: port) {
            isIPv4 && ($0 == wanted || $0 == Self.any || wanted == Self.any)
        }
        return ipv4.union(Self.listeners(in: "/proc/net/tcp6", port: port, where: overlapsIPv6))
    }

    /// Who listens there, our own master left out; nil when the port is free for us.
    func owner(besides master: Int32?) -> PortOwner? {
        var sockets = Set(listeners().map { "socket:[\($0)]" })
        if let master { sockets.subtract(IngressProcesses.openFiles(of: master)) }
        guard !sockets.isEmpty else { return nil }
        let process = IngressDisk.list("/proc").compactMap { Int32($0) }.sorted().first { id in
            !sockets.isDisjoint(with: IngressProcesses.openFiles(of: id))
        }
        return PortOwner(process: process, command: process.map(IngressProcesses.name) ?? "")
    }

    /// Whether the kernel keeps this port from our account: those below 1024 are root's, as a rule.
    var isForbidden: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        return bound != 0 && errno == EACCES
    }

    private static let any = "00000000"

    /// The address as /proc/net/tcp writes it: hexadecimal, in the machine's byte order.
    private var wanted: String {
        let number = IPv4Network.parseAddress(address)?.bigEndian ?? 0
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private func overlapsIPv6(_ local: String) -> Bool {
        let isAny = local.allSatisfy { $0 == "0" }
        return isAny || address.contains(":") || local.hasSuffix("0000FFFF0000\(wanted)")
    }

    /// `sl local_address rem_address st ... inode`: state 0A listens.
    private static func listeners(in file: String, port: Int, where overlaps: (String) -> Bool) -> Set<String> {
        let text = String(decoding: IngressDisk.read(file) ?? [], as: UTF8.self)
        var inodes: Set<String> = []
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A" else { continue }
            let local = fields[1].split(separator: ":")
            guard local.count == 2, Int(local[1], radix: 16) == port, overlaps(String(local[0])) else { continue }
            inodes.insert(String(fields[9]))
        }
        return inodes
    }
}
