import Foundation

/// One end of a proxied connection: buffered reading, whole sending.
///
/// Unchecked: only one thread at a time reads it, which is all that changes it.
final class SocketReader: @unchecked Sendable {
    private let descriptor: Int32
    /// The end that waits for what is read here.
    private let other: Int32
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32, other: Int32) {
        self.descriptor = descriptor
        self.other = other
    }

    /// Whether all of it was taken.
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func closeWrite() { shutdown(descriptor, Int32(SHUT_WR)) }
    func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// A message's head with the blank line at its end; nil when the connection ends first.
    func readHead(endsWithOther: Bool = false) -> [UInt8]? {
        read(through: Array("\r\n\r\n".utf8), endsWithOther: endsWithOther)
    }

    /// Passes a body on as it comes; whether all of it came and was taken. A nil target takes everything.
    func forward(_ body: MessageHead.Body, to target: SocketReader?, endsWithOther: Bool = false) -> Bool {
        switch body {
        case .none: return true
        case .length(let count): return forward(count, to: target, endsWithOther: endsWithOther)
        case .chunked:
            while let line = read(through: Array("\r\n".utf8), endsWithOther: endsWithOther) {
                let digits = String(decoding: line, as: UTF8.self).prefix { $0.isHexDigit }
                guard let size = Int(digits, radix: 16), target?.send(line) != false else { return false }
                guard size > 0 else { return forwardTrailer(to: target, endsWithOther: endsWithOther) }
                guard forward(size + 2, to: target, endsWithOther: endsWithOther) else { return false }
            }
            return false
        }
    }

    private func forwardTrailer(to target: SocketReader?, endsWithOther: Bool) -> Bool {
        while let line = read(through: Array("\r\n".utf8), endsWithOther: endsWithOther) {
            guard target?.send(line) != false else { return false }
            if line.count == 2 { return true }
        }
        return false
    }

    private func forward(_ count: Int, to target: SocketReader?, endsWithOther: Bool) -> Bool {
        var left = count
        while left > 0 {
            if buffer.isEmpty, !fill(endsWithOther: endsWithOther) { return false }
            let part = Array(buffer.prefix(left))
            buffer.removeFirst(part.count)
            left -= part.count
            guard target?.send(part) != false else { return false }
        }
        return true
    }

    /// Passes on everything there is and comes, until this end is done or the target takes no more.
    func forwardToEnd(_ target: SocketReader, endsWithOther: Bool = false) {
        repeat {
            guard target.send(buffer) else { return }
            buffer = []
        } while fill(endsWithOther: endsWithOther)
    }

    /// All there is and comes, until this end is done.
    func readToEnd() -> [UInt8] {
        while fill(endsWithOther: false) {}
        return buffer
    }

    private func read(through end: [UInt8], endsWithOther: Bool) -> [UInt8]? {
        while true {
            if let found = buffer.firstRange(of: end) {
                let part = Array(buffer[..<found.upperBound])
                buffer.removeFirst(part.count)
                return part
            }
            guard fill(endsWithOther: endsWithOther) else { return nil }
        }
    }

    /// Reads what is there, waiting for it; false at the end, or when the other end is gone.
    ///
    /// - Parameter endsWithOther: whether the other end counts as gone once it writes nothing more: true of an HTTP
    ///   client that hung up, false of one that only closed its input to a stream.
    private func fill(endsWithOther: Bool) -> Bool {
        let readHangUp: Int16 = 0x2000
        var waiting = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: endsWithOther ? readHangUp : 0, revents: 0),
        ]
        while poll(&waiting, 2, -1) >= 0 || errno == EINTR {
            if waiting[0].revents != 0 { return receive() }
            if waiting[1].revents != 0 { return false }
        }
        return false
    }

    private func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }
}

/// Stream sockets with a path.
enum UnixSocket {
    static func listen(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard bindOrConnect(descriptor, path, bind), Glibc.listen(descriptor, 64) == 0 else {
            throw TestFailure("cannot listen at \(path): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    static func connect(to path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard bindOrConnect(descriptor, path, Glibc.connect) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func bindOrConnect(
        _ descriptor: Int32, _ path: String, _ call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
