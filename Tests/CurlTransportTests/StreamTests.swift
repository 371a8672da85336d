import Synchronization
import Testing

@testable import CurlTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct StreamTests {
    private static let chunk = (0..<65536).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    /// Sends so many chunks as fast as they are taken; counts them in `sent`.
    private static func pouring(_ chunks: Int, _ sent: Counter, _ end: Signal<Bool>)
        -> @Sendable (ServerConnection) -> Void
    {
        { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply("HTTP/1.1 200 OK\r\nContent-Length: \(chunks * chunk.count)\r\n\r\n")
            for _ in 0..<chunks {
                guard connection.reply(chunk) else { return end.send(false) }
                sent.add(1)
            }
            end.send(true)
        }
    }

    @Test func `a body arrives whole, in order and with its head first`() async throws {
        let server = try ScriptedServer(Self.pouring(500, Counter(), Signal()))
        let stream = try await HTTPClient(server.endpoint).stream(HTTPRequest(.get, "/"))
        #expect(stream.head.headers["Content-Length"] == String(500 * Self.chunk.count))
        var pattern = Pattern(Self.chunk)
        for try await bytes in stream.body {
            let isSame = pattern.matches(bytes)
            #expect(isSame)
        }
        #expect(pattern.count == 500 * Self.chunk.count)
    }

    @Test func `a server waits for a reader that does not read`() async throws {
        let (sent, end) = (Counter(), Signal<Bool>())
        let server = try ScriptedServer(Self.pouring(2000, sent, end))
        let client = HTTPClient(server.endpoint)
        let stream = try await client.stream(HTTPRequest(.get, "/"))
        // Other requests go on meanwhile, on the same thread.
        let other = try ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        for _ in 0..<200 { _ = try await HTTPClient(other.endpoint).send(HTTPRequest(.get, "/")) }
        #expect(sent.value < 64)
        var count = 0
        while let bytes = try await stream.body.next() {
            #expect(bytes.count <= HTTPBody.capacity + 128 << 10)
            count += bytes.count
        }
        #expect(count == 2000 * Self.chunk.count)
        #expect(await end.wait() == true)
    }

    @Test func `cancelling a reader ends it at once and closes the connection`() async throws {
        let hungUp = Signal<Void>()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply("HTTP/1.1 200 OK\r\n\r\nfirst")
            while !connection.read(upTo: 100).isEmpty {}
            hungUp.send(())
        }
        let client = HTTPClient(server.endpoint)
        let first = Signal<Void>()
        let time = try await fastestCancel {
            for try await _ in try await client.stream(HTTPRequest(.get, "/")).body { first.send(()) }
        } when: {
            _ = await first.wait()
        }
        #expect(time < .milliseconds(400))
        #expect(await hungUp.wait() != nil)
    }

    @Test func `letting go of a body closes the connection`() async throws {
        let (sent, end) = (Counter(), Signal<Bool>())
        let server = try ScriptedServer(Self.pouring(100_000, sent, end))
        let client = HTTPClient(server.endpoint)
        _ = try await client.stream(HTTPRequest(.get, "/")).body.next()
        #expect(await end.wait() == false)
    }

    @Test func `a body outlives the last reference to its client`() async throws {
        let server = try ScriptedServer(Self.pouring(100, Counter(), Signal()))
        let body = try await HTTPClient(server.endpoint).stream(HTTPRequest(.get, "/")).body
        #expect(try await body.collect(upTo: .max).count == 100 * Self.chunk.count)
    }

    @Test func `a stream that is cut off tells so after what had arrived`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        let body = try await HTTPClient(server.endpoint).stream(HTTPRequest(.get, "/")).body
        #expect(try await body.next() == Array("half".utf8))
        let error = await #expect(throws: TransportError.self) { try await body.next() }
        #expect(error.map(kind) == "cut")
    }

    @Test func `a stream has no timeout of its own`() async throws {
        let release = Signal<Void>()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.reply("HTTP/1.1 200 OK\r\n\r\n")
            release.send(())
            // Longer than the request's timeout: a read that nobody answers, with a limit of the system's.
            connection.pause(milliseconds: 150)
            connection.reply("late")
        }
        let client = HTTPClient(server.endpoint)
        let body = try await client.stream(HTTPRequest(.get, "/", timeout: .milliseconds(50))).body
        #expect(try await body.collect(upTo: 100) == Array("late".utf8))
    }
}

/// A number that grows from any thread.
final class Counter: Sendable {
    private let number = Atomic(0)

    var value: Int { number.load(ordering: .acquiring) }

    func add(_ count: Int) {
        number.add(count, ordering: .acquiringAndReleasing)
    }
}

/// `==` of slices takes a minute for 256 MB without optimization.
private func equal(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
            guard let start = left.baseAddress, let other = right.baseAddress else {
                return left.isEmpty && right.isEmpty
            }
            return left.count == right.count && memcmp(start, other, left.count) == 0
        }
    }
}

/// Endless known bytes, to hold against what arrives.
struct Pattern {
    let block: [UInt8]
    private(set) var count = 0

    init(_ block: [UInt8]) {
        self.block = block
    }

    /// Whether these bytes are the ones that come next.
    mutating func matches(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        var isSame = true
        while offset < bytes.count {
            let start = count % block.count
            let length = min(bytes.count - offset, block.count - start)
            isSame = isSame && equal(block[start..<start + length], bytes[offset..<offset + length])
            offset += length
            count += length
        }
        return isSame
    }
}
