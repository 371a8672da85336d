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
        case .unreachable(let socket, let why): "the Docker Engine is not reachable at \(socket): \(why)"
        case .unsupportedVersion(let engine, let minimum):
            "the Docker Engine speaks API \(engine) at most; \(minimum) is needed (Engine 20.10 or newer)"
        case .tooNew(let engine, let newest):
            "the Docker Engine speaks API \(engine) at least; this frappectl knows \(newest) at most"
        case .notFound(let request, let message): Self.refusal(message, 404, request)
        case .conflict(let request, let message): Self.refusal(message, 409, request)
        case .failed(let status, let message, let request): Self.refusal(message, status, request)
        case .timedOut(let request, let why): "the Docker Engine did not answer in time: \(why) (\(request))"
        case .cut(let request, let why):
            "the Docker Engine went away before it had answered, perhaps after it did the work: \(why) (\(request))"
        case .malformed(let request, let why): "the Docker Engine's answer cannot be understood: \(why) (\(request))"
        case .tooLarge(let request, let limit):
            "the Docker Engine's answer is longer than \(limit) bytes (\(request))"
        case .invalid(let request, let why): "the Docker Engine cannot be asked: \(why) (\(request))"
        case .cancelled: "cancelled"
        }
    }

    /// The Engine's own sentence, and last what it was asked, for whoever reads its log.
    private static func refusal(_ message: String, _ status: Int, _ request: String) -> String {
        let reason = message.isEmpty ? "it gave no reason" : message
        return "the Docker Engine refused: \(reason) (\(request), status \(status))"
    }
}
