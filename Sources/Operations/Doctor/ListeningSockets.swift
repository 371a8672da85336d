import FrappeModel
import Glibc

/// TCP sockets that listen on this machine, with their processes as far as we may see them.
struct ListeningSockets: Sendable {
    struct Socket: Sendable {
        /// As people write it: `0.0.0.0`, `127.0.0.1`, `::`.
        var address: String
        var port: Int
        var inode: String

        var isLoopback: Bool {
            address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
        }

        var isAny: Bool { address == "0.0.0.0" || address == "::" }
    }

    let sockets: [Socket]
    private let processes: [String: Int32]

    init() {
        sockets =
            Self.read("/proc/net/tcp") { Self.ipv4($0) } + Self.read("/proc/net/tcp6") { Self.ipv6($0) }
        var holders: [String: Set<Int32>] = [:]
        let wanted = Set(sockets.map { "socket:[\($0.inode)]" })
        for id in IngressDisk.list("/proc").compactMap({ Int32($0) }) {
            for file in IngressProcesses.openFiles(of: id) where wanted.contains(file) {
                holders[file, default: []].insert(id)
            }
        }
        processes = holders.compactMapValues(Self.first)
    }

    /// The one that the others have it from: numbers say nothing of that, since they start again after the highest.
    private static func first(of holders: Set<Int32>) -> Int32? {
        guard holders.count > 1 else { return holders.first }
        return holders.sorted().first { id in
            IngressProcesses.process(id).map { !holders.contains($0.parent) } ?? false
        } ?? holders.min()
    }

    func process(of socket: Socket) -> Int32? { processes["socket:[\(socket.inode)]"] }

    /// The sockets that keep another from listening there.
    func holding(_ address: String, _ port: Int) -> [Socket] {
        sockets.filter { $0.port == port && ($0.isAny || address == "0.0.0.0" || $0.address == address) }
    }

    /// `sl local_address rem_address st ... inode`: state 0A listens.
    private static func read(_ file: String, address: (Substring) -> String) -> [Socket] {
        String(decoding: IngressDisk.read(file) ?? [], as: UTF8.self).split(separator: "\n").dropFirst().compactMap {
            let fields = $0.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A" else { return nil }
            let local = fields[1].split(separator: ":")
            guard local.count == 2, let port = Int(local[1], radix: 16) else { return nil }
            return Socket(address: address(local[0]), port: port, inode: String(fields[9]))
        }
    }

    /// Eight hexadecimal digits in the machine's byte order.
    private static func ipv4(_ digits: Substring) -> String {
        IPv4Network.dotted((UInt32(digits, radix: 16) ?? 0).bigEndian)
    }

    /// Four words of eight such digits.
    private static func ipv6(_ digits: Substring) -> String {
        var words: [UInt32] = []
        var rest = digits
        while rest.count >= 8 {
            words.append(UInt32(rest.prefix(8), radix: 16) ?? 0)
            rest = rest.dropFirst(8)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard words.count == 4, inet_ntop(AF_INET6, words, &text, socklen_t(text.count)) != nil else { return "::" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
