import FrappeModel

/// What the host's own network already uses, from /proc.
enum HostNetwork {
    /// Networks that the host routes to, without the default route.
    static func routes() -> [IPv4Network] {
        lines("/proc/net/route").dropFirst().compactMap { line in
            let fields = line.split(separator: "\t")
            guard fields.count > 7, let address = UInt32(fields[1], radix: 16), let mask = UInt32(fields[7], radix: 16),
                mask != 0
            else { return nil }
            return IPv4Network(address: address.byteSwapped, prefix: mask.nonzeroBitCount)
        }
    }

    /// TCP ports that something listens on, on any address.
    static func listeningPorts() -> Set<Int> {
        let entries = lines("/proc/net/tcp").dropFirst() + lines("/proc/net/tcp6").dropFirst()
        return Set(
            entries.compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count > 3, fields[3] == "0A", let port = fields[1].split(separator: ":").last else {
                    return nil
                }
                return Int(port, radix: 16)
            })
    }

    private static func lines(_ path: String) -> [Substring] {
        String(decoding: HostFiles.read(path) ?? [], as: UTF8.self).split(separator: "\n")
    }
}
