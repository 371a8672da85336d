import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One question without libcurl, which takes longer to load than an Engine takes to answer.
///
/// It is for what may be asked again in another way: whatever goes wrong gives nil, and nothing says what it was.
package enum PlainExchange {
    /// Asks in HTTP/1.0, whose answers end with their connection. Not cancellable: nothing waits longer than the timeout.
    ///
    /// - Parameter endpoint: a unix socket, or an IPv4 address without TLS.
    package static func get(
        _ path: String, host: String = "localhost", at endpoint: Endpoint, timeout: Duration
    ) async -> HTTPResponse? {
        await withCheckedContinuation { continuation in
            let question = Question(path: path, host: host, endpoint: endpoint, timeout: timeout, continuation)
            do { try LoopThread.start(question) } catch { continuation.resume(returning: nil) }
        }
    }
}

private final class Question: LoopThread.Body {
    private let path: String
    private let host: String
    private let endpoint: Endpoint
    private let deadline: ContinuousClock.Instant
    private let continuation: CheckedContinuation<HTTPResponse?, Never>
    private static let bodyLimit = 64 << 20

    init(
        path: String, host: String, endpoint: Endpoint, timeout: Duration,
        _ continuation: CheckedContinuation<HTTPResponse?, Never>
    ) {
        self.path = path
        self.host = host
        self.endpoint = endpoint
        deadline = .now + timeout
        self.continuation = continuation
    }

    func run() { continuation.resume(returning: answer()) }

    private func answer() -> HTTPResponse? {
        guard (try? HTTPRequest(.get, path, headers: ["Host": host]).validate()) != nil, let descriptor = connected()
        else { return nil }
        defer { close(descriptor) }
        let request = "GET \(path) HTTP/1.0\r\nHost: \(host)\r\n\r\n"
        guard send(Array(request.utf8), to: descriptor), let bytes = readToEnd(descriptor) else { return nil }
        return Self.response(bytes)
    }

    private func connected() -> Int32? {
        switch endpoint {
        case .unix(let path): connected(toSocket: path)
        case .tcp(let address, let port, tls: false): connected(to: address, port: port)
        case .tcp: nil
        }
    }

    private func connected(toSocket path: String) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return connected(AF_UNIX, to: address)
    }

    private func connected(to host: String, port: Int) -> Int32? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        return connected(AF_INET, to: address)
    }

    private func connected<Address>(_ family: Int32, to address: Address) -> Int32? {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // Bounds connecting and sending; reading asks the clock.
        let left = max(1, (deadline - ContinuousClock.now).milliseconds)
        var limit = timeval(tv_sec: left / 1000, tv_usec: left % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        // Far below what a socket takes at once.
        write(descriptor, bytes, bytes.count) == bytes.count
    }

    private func readToEnd(_ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < Self.bodyLimit {
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = (deadline - ContinuousClock.now).milliseconds
            guard left > 0, poll(&waited, 1, Int32(clamping: left)) > 0 else { return nil }
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk[..<count])
        }
        return nil
    }

    /// Nil for what is not HTTP, and for a body that is not as long as its head says.
    private static func response(_ bytes: [UInt8]) -> HTTPResponse? {
        var parser = ResponseHeadParser()
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            guard let head = parser.take(line: line) else { continue }
            if let length = head.headers["Content-Length"].flatMap({ Int($0) }), length != rest.count { return nil }
            return head.headers["Transfer-Encoding"] == nil ? HTTPResponse(head: head, body: Array(rest)) : nil
        }
        return nil
    }
}
