import Foundation

/// What one fixture has to itself while its process lives: a number, and so a range of subnets and of ports.
///
/// The lease is a lock of the kernel on a file of /tmp, so that test runs of any directory keep out of each other's
/// way. The file says what its holder made: a run that was killed is cleaned up by whoever takes its number next.
package final class Lease: Sendable {
    package let number: Int
    private let descriptor: Int32

    private init(number: Int, descriptor: Int32) {
        self.number = number
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// A /20, far from the 10.217.0.0/16 that installations take by default.
    package var subnets: String { "10.218.\(number * 16).0/20" }
    package var httpPort: Int { 22000 + number * 100 }
    package var upstreamPorts: ClosedRange<Int> { httpPort + 1...httpPort + 99 }

    private static func path(_ number: Int) -> String { "/tmp/frappectl-test-\(number).lock" }

    /// The first number that nobody holds and whose port is free, with what its last holder left behind.
    package static func take() throws -> (lease: Lease, leftovers: [String]) {
        for number in 0..<16 {
            guard let lease = try lock(number) else { continue }
            guard Port.isFree(lease.httpPort) || !lease.notes.isEmpty else { continue }
            return (lease, lease.notes)
        }
        throw TestFailure("all 16 ranges for tests are in use: see /tmp/frappectl-test-*.lock")
    }

    /// A file that was removed between opening and locking is nobody's lease: the next try makes a new one.
    private static func lock(_ number: Int) throws -> Lease? {
        while true {
            let descriptor = open(path(number), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else {
                throw TestFailure("cannot open \(path(number)): \(String(cString: strerror(errno)))")
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                return nil
            }
            var ours = stat()
            var named = stat()
            if fstat(descriptor, &ours) == 0, stat(path(number), &named) == 0, ours.st_ino == named.st_ino {
                return Lease(number: number, descriptor: descriptor)
            }
            close(descriptor)
        }
    }

    /// Directories that whoever takes this number next has to remove, with what runs in them.
    private var notes: [String] {
        let text = (try? String(contentsOfFile: Self.path(number), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    func note(_ directory: String) {
        let line = Array("\(directory)\n".utf8)
        lseek(descriptor, 0, SEEK_END)
        _ = write(descriptor, line, line.count)
    }

    /// Everything noted is gone: the number is free again.
    func giveBack() { unlink(Self.path(number)) }
}

/// Ports of 127.0.0.1.
package enum Port {
    package static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
