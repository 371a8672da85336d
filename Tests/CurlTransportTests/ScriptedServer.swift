import CurlTransport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A server on a unix socket that answers each connection by a script, on a thread of its own.
final class ScriptedServer: Sendable {
    let path: String
    private let listener: Int32
    private let connections = Mutex(0)

    /// How many connections were accepted.
    var accepted: Int { connections.withLock { $0 } }
    var endpoint: Endpoint { .unix(path) }

    init(_ script: @escaping @Sendable (ServerConnection) -> Void) throws {
        path = "/tmp/fctl-curl-\(UInt64.random(in: .min ... .max)).sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try listenAtPath()
        startThread { [listener, weak self] in
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0 else { break }
                self?.connections.withLock { $0 += 1 }
                startThread {
                    let connection = ServerConnection(descriptor: accepted)
                    script(connection)
                    connection.hangUp()
                }
            }
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
    }

    private func listenAtPath() throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
        }
        guard bound == 0, listen(listener, 1024) == 0 else { throw TestFailure("cannot listen at \(path): \(errno)") }
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The server's side of one connection, with blocking calls.
final class ServerConnection: Sendable {
    private let descriptor: Int32
    private let isOpen = Atomic(true)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The head of the next request, nil when the client has closed. Its body is read away and returned with it.
    func readRequest() -> (head: String, body: [UInt8])? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = read(upTo: 1).first else { return nil }
            head.append(byte)
        }
        let text = String(decoding: head, as: UTF8.self)
        let length = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let count = length.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
        var body: [UInt8] = []
        while body.count < count {
            let more = read(upTo: count - body.count)
            if more.isEmpty { return nil }
            body += more
        }
        return (text, body)
    }

    /// Empty at the end.
    func read(upTo limit: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    /// False once the client has closed.
    @discardableResult
    func reply(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                send(descriptor, all.baseAddress?.advanced(by: sent), all.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func reply(_ text: String) -> Bool {
        reply(Array(text.utf8))
    }

    /// Holds the script for a while, without a sleep: polls a descriptor that has nothing to say.
    func pause(milliseconds: Int32) {
        poll(nil, 0, milliseconds)
    }

    func hangUp() {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { _ = close(descriptor) }
    }
}

/// Answers every request with the same text; ends when the client closes.
@Sendable func answering(_ response: String) -> @Sendable (ServerConnection) -> Void {
    { connection in
        while connection.readRequest() != nil { connection.reply(response) }
    }
}

private final class ThreadBox {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

/// Runs blocking code outside the cooperative pool.
func startThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(ThreadBox(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<ThreadBox>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, context)
    pthread_detach(thread)
}

/// A value that one thread sets and a task waits for.
final class Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send(_ value: Value) {
        continuation.yield(value)
    }

    func wait() async -> Value? {
        await stream.first { _ in true }
    }
}
