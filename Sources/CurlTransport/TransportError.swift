/// Every way an exchange can fail below HTTP.
package enum TransportError: Error, Hashable, Sendable {
    /// No connection came about: nobody listens, no permission, no such name, TLS refused.
    case cannotConnect(Endpoint, Cause)
    case timedOut(Endpoint, Cause)
    /// The connection ended before the answer did.
    case cut(Endpoint, Cause)
    /// What came back is not HTTP.
    case malformed(Endpoint, Cause)
    /// The answer is longer than the request allows, in bytes.
    case tooLarge(Endpoint, limit: Int)
    /// The request cannot be put on the wire as it is.
    case invalidRequest(String)
    /// The file to send cannot be read.
    case unreadableFile(path: String, Cause)
    /// This process has no room for it: libcurl or a thread could not be started.
    case exhausted(Cause)
    /// The task was cancelled, or the client was shut down.
    case cancelled

    /// libcurl's code (or an errno where libcurl was not involved) with its text.
    package struct Cause: Hashable, Sendable, CustomStringConvertible {
        package let code: Int32
        package let text: String

        package init(code: Int32, text: String) {
            self.code = code
            self.text = text
        }

        package var description: String { text }
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotConnect(let endpoint, let cause): "cannot connect to \(endpoint): \(cause)"
        case .timedOut(let endpoint, let cause): "\(endpoint) did not answer in time: \(cause)"
        case .cut(let endpoint, let cause): "the connection to \(endpoint) was cut: \(cause)"
        case .malformed(let endpoint, let cause): "\(endpoint) sent something that is not HTTP: \(cause)"
        case .tooLarge(let endpoint, let limit): "the answer of \(endpoint) is longer than \(limit) bytes"
        case .invalidRequest(let why): "the request cannot be sent: \(why)"
        case .unreadableFile(let path, let cause): "cannot read \(path): \(cause)"
        case .exhausted(let cause): "no transfer could be started: \(cause)"
        case .cancelled: "cancelled"
        }
    }
}
