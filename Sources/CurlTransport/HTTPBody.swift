/// The bytes of an answer as they arrive, for one reader. Dropping it, or cancelling the reader, ends the transfer;
/// a reader that is slow makes the server wait once `capacity` bytes are buffered.
package final class HTTPBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = TransportError

    static let capacity = 256 << 10

    private let buffer: BoundedBuffer
    private let transfer: Transfer
    private let loop: CurlLoop
    /// Keeps the client, and so the loop's thread, for as long as the body is read.
    private let client: HTTPClient

    init(buffer: BoundedBuffer, transfer: Transfer, loop: CurlLoop, client: HTTPClient) {
        self.buffer = buffer
        self.transfer = transfer
        self.loop = loop
        self.client = client
    }

    deinit {
        loop.submit(.cancel(transfer))
    }

    /// The next bytes, nil at the end.
    package func next() async throws(TransportError) -> [UInt8]? {
        do {
            return try await buffer.next()
        } catch {
            loop.submit(.cancel(transfer))
            throw error
        }
    }

    /// Everything to the end, if that is not longer than `limit` bytes.
    package func collect(upTo limit: Int) async throws(TransportError) -> [UInt8] {
        var all: [UInt8] = []
        while let chunk = try await next() {
            guard all.count + chunk.count <= limit else { throw .tooLarge(transfer.endpoint, limit: limit) }
            all.append(contentsOf: chunk)
        }
        return all
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(body: self)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let body: HTTPBody

        package mutating func next() async throws(TransportError) -> [UInt8]? {
            try await body.next()
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(TransportError) -> [UInt8]? {
            try await body.next()
        }
    }
}
