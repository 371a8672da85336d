/// One request; the endpoint belongs to the client that sends it.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case patch = "PATCH"
    }

    package enum Body: Sendable {
        case none
        case data([UInt8])
        case file(path: String)
    }

    package var method: Method
    /// Path and query as they go over the wire, already percent-encoded; starts with a slash.
    package var path: String
    package var headers: HTTPHeaders
    package var body: Body
    /// Time for the whole exchange; nil waits for ever. A stream ignores it, an upgrade applies it up to the answer.
    package var timeout: Duration?
    /// Time for connecting alone.
    package var connectTimeout: Duration = .seconds(10)
    /// The longest answer `send` accepts, in bytes.
    package var bodyLimit: Int = 64 << 20

    package init(
        _ method: Method,
        _ path: String,
        headers: HTTPHeaders = [:],
        body: Body = .none,
        timeout: Duration? = .seconds(60)
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

extension HTTPRequest {
    /// Refuses what would change the meaning of the bytes on the wire.
    func validate() throws(TransportError) {
        guard path.hasPrefix("/") else { throw .invalidRequest("the path '\(path)' does not start with a slash") }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .invalidRequest("the path '\(path)' is not percent-encoded")
        }
        for field in headers.fields where !field.isSafe {
            throw .invalidRequest("the header '\(field.name)' has a character that headers cannot carry")
        }
    }

    /// Whether sending it twice could do its work twice: libcurl repeats a request on its own when a reused
    /// connection turns out to be closed, so such a request gets a connection of its own.
    var mustNotRepeat: Bool {
        switch method {
        case .post, .patch, .delete: true
        case .get, .head, .put: false
        }
    }
}

extension HTTPHeaders.Field {
    fileprivate var isSafe: Bool {
        let token = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        return token && !name.isEmpty && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
