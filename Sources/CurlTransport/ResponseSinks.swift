/// Gathers a whole answer for `send`.
///
/// `@unchecked`: used by the loop's thread alone once it was submitted.
final class CollectingSink: ResponseSink, @unchecked Sendable {
    private let limit: Int
    private let endpoint: Endpoint
    private let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(
        limit: Int,
        endpoint: Endpoint,
        _ continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
    ) {
        self.limit = limit
        self.endpoint = endpoint
        self.continuation = continuation
    }

    func begin(_ head: HTTPResponseHead) {
        self.head = head
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> BodyVerdict {
        guard body.count + bytes.count <= limit else { return .refused(.tooLarge(endpoint, limit: limit)) }
        body.append(contentsOf: bytes)
        return .taken
    }

    func end(_ failure: TransportError?) {
        if let failure { return continuation.resume(returning: .failure(failure)) }
        guard let head else { return continuation.resume(returning: .failure(.cancelled)) }
        continuation.resume(returning: .success(HTTPResponse(head: head, body: body)))
    }
}

/// Hands over the head, then passes the body on as far as its reader keeps up.
///
/// `@unchecked`: `continuation` is used by the loop's thread alone once it was submitted.
final class StreamingSink: ResponseSink, @unchecked Sendable {
    private let buffer: BoundedBuffer
    private var continuation: CheckedContinuation<Result<HTTPResponseHead, TransportError>, Never>?

    init(_ buffer: BoundedBuffer, _ continuation: CheckedContinuation<Result<HTTPResponseHead, TransportError>, Never>)
    {
        self.buffer = buffer
        self.continuation = continuation
    }

    func begin(_ head: HTTPResponseHead) {
        resume(.success(head))
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> BodyVerdict {
        buffer.offer(bytes) ? .taken : .pause
    }

    func end(_ failure: TransportError?) {
        buffer.finish(failure)
        resume(.failure(failure ?? .cancelled))
    }

    private func resume(_ result: Result<HTTPResponseHead, TransportError>) {
        let waiting = continuation
        continuation = nil
        waiting?.resume(returning: result)
    }
}
