import CurlTransport

extension EngineError {
    /// What a failure below HTTP means for a call of the Engine.
    init(_ error: TransportError, request: String) {
        self =
            switch error {
            case .cannotConnect(let endpoint, let cause): .unreachable(socket: "\(endpoint)", why: cause.text)
            case .timedOut(_, let cause): .timedOut(request: request, why: cause.text)
            case .cut(_, let cause): .cut(request: request, why: cause.text)
            case .malformed(_, let cause): .malformed(request: request, why: cause.text)
            case .tooLarge(_, let limit): .tooLarge(request: request, limit: limit)
            case .invalidRequest(let why): .invalid(request: request, why: why)
            case .unreadableFile(let path, let cause): .invalid(request: request, why: "cannot read \(path): \(cause)")
            case .exhausted(let cause): .invalid(request: request, why: cause.text)
            case .cancelled: .cancelled
            }
    }

    /// The failure that an answer in HTTP stands for; nil for a success (304 says: already so).
    init?(status: Int, body: [UInt8], request: String) {
        guard !(200..<300).contains(status), status != 304, status != 101 else { return nil }
        let message = (try? JSON.decode(EngineMessage.self, from: body))?.message ?? JSON.text(body)
        switch status {
        case 404: self = .notFound(request: request, message: message)
        case 409: self = .conflict(request: request, message: message)
        default: self = .failed(status: status, message: message, request: request)
        }
    }

    /// Whether the Engine may have been restarted, perhaps as another version, since we last asked.
    var mayMeanRestart: Bool {
        switch self {
        case .unreachable, .cut: true
        default: false
        }
    }
}

private struct EngineMessage: Decodable {
    let message: String
}
