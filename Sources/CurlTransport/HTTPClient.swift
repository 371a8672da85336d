/// HTTP/1.1 to one endpoint, over connections that are kept for the next request.
///
/// Its thread starts with the first request and ends with `shutDown`, or when neither the client nor a body of its
/// streams is held any more.
package final class HTTPClient: Sendable {
    private let loop = CurlLoop()
    let destination: Destination

    package var endpoint: Endpoint { destination.endpoint }

    /// - Parameter address: where to connect instead of what the endpoint's host name resolves to.
    package init(_ endpoint: Endpoint, address: String? = nil, trust: TLSTrust = .system) {
        destination = Destination(endpoint: endpoint, address: address, trust: trust)
    }

    /// Has libcurl loaded on a thread of its own, while the caller does other things: that takes some milliseconds.
    package static func prepare() {
        // Where no thread can be had, the first request loads it.
        try? LoopThread.start(LibcurlLoading())
    }

    deinit {
        loop.stop()
    }

    /// Ends every transfer as cancelled, and the thread; later requests fail as cancelled.
    package func shutDown() {
        loop.stop()
    }

    /// Sends a request and reads the whole answer, whatever its status.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let transfer = Transfer(request, to: destination)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let sink = CollectingSink(limit: request.bodyLimit, endpoint: endpoint, continuation)
                loop.submit(.start(transfer, sink, timeout: request.timeout))
            }
        } onCancel: {
            loop.submit(.cancel(transfer))
        }
        return try result.get()
    }

    /// Sends a request and returns once the head of the answer is there. No timeout but that for connecting.
    package func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        let transfer = Transfer(request, to: destination)
        let loop = self.loop
        let buffer = BoundedBuffer(capacity: HTTPBody.capacity) { loop.submit(.resume(transfer)) }
        let body = HTTPBody(buffer: buffer, transfer: transfer, loop: loop, client: self)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(.start(transfer, StreamingSink(buffer, continuation), timeout: nil))
            }
        } onCancel: {
            loop.submit(.cancel(transfer))
        }
        return HTTPStream(head: try result.get(), body: body)
    }
}

private final class LibcurlLoading: LoopThread.Body {
    /// What goes wrong is told by the first request.
    func run() { try? Curl.start() }
}
