/// Every way a call of the Engine can fail; `request` reads like "POST /containers/create".
package enum EngineError: Error, Hashable, Sendable {
    /// No Engine answers on the socket.
    case unreachable(socket: String, why: String)
    /// The Engine speaks only versions older than the oldest we know.
    case unsupportedVersion(engine: String, minimum: String)
    /// The Engine refuses every version that we know: its oldest is newer than our newest.
    case tooNew(engine: String, newest: String)
    case notFound(request: String, message: String)
    case conflict(request: String, message: String)
    /// Any other answer that is not a success.
    case failed(status: Int, message: String, request: String)
    case timedOut(request: String, why: String)
    /// The connection ended before the answer did: whether the Engine did its work is not known.
    case cut(request: String, why: String)
    /// The answer cannot be understood.
    case malformed(request: String, why: String)
    /// The answer is longer than was asked for, in bytes.
    case tooLarge(request: String, limit: Int)
    /// The caller's arguments cannot be sent.
    case invalid(request: String, why: String)
    case cancelled
}

extension EngineError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let socket, let why): "Docker Engine is not reachable at \(socket): \(why)"
        case .unsupportedVersion(let engine, let minimum):
            "Docker Engine speaks API \(engine) at most; \(minimum) is needed (Engine 20.10 or newer)"
        case .tooNew(let engine, let newest):
            "Docker Engine speaks API \(engine) at least; this frappectl knows \(newest) at most"
        case .notFound(let request, let message): "\(request): not found: \(message)"
        case .conflict(let request, let message): "\(request): conflict: \(message)"
        case .failed(let status, let message, let request): "\(request): Docker Engine answered \(status): \(message)"
        case .timedOut(let request, let why): "\(request): Docker Engine did not answer in time: \(why)"
        case .cut(let request, let why): "\(request): the connection to Docker Engine was cut: \(why)"
        case .malformed(let request, let why): "\(request): cannot understand Docker Engine's answer: \(why)"
        case .tooLarge(let request, let limit): "\(request): the answer is longer than \(limit) bytes"
        case .invalid(let request, let why): "\(request): cannot be sent: \(why)"
        case .cancelled: "cancelled"
        }
    }
}
