#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum ProcessThreads {
    /// How many threads this process has.
    static var count: Int { ProcessDirectory.names("/proc/self/task").count }
}

enum ProcessMemory {
    /// Bytes of this process that are in memory.
    static var resident: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 200)
        guard fgets(&text, 200, file) != nil else { return 0 }
        let fields = String(decoding: text.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }
}

enum OpenSockets {
    /// For every socket of this process that is connected to that path, whether child processes do not get it.
    static func closeOnExec(connectedTo path: String) -> [Bool] {
        ProcessDirectory.names("/proc/self/fd").compactMap { Int32($0) }.compactMap { descriptor in
            var address = sockaddr_un()
            var size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let found = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
            }
            guard found == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
            let peer = withUnsafeBytes(of: &address.sun_path) { $0.prefix { $0 != 0 } + [] }
            guard peer.elementsEqual(path.utf8) else { return nil }
            return fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0
        }
    }
}

private enum ProcessDirectory {
    static func names(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
                })
        }
        return names.filter { !$0.hasPrefix(".") }
    }
}
