/// Status and headers of an answer.
package struct HTTPResponseHead: Hashable, Sendable {
    package let status: Int
    package let headers: HTTPHeaders

    package init(status: Int, headers: HTTPHeaders) {
        self.status = status
        self.headers = headers
    }
}

/// An answer that was read to its end.
package struct HTTPResponse: Hashable, Sendable {
    package let head: HTTPResponseHead
    package let body: [UInt8]

    package var status: Int { head.status }
    package var headers: HTTPHeaders { head.headers }
    package var text: String { String(decoding: body, as: UTF8.self) }

    package init(head: HTTPResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

/// An answer whose body arrives as it is read.
package struct HTTPStream: Sendable {
    package let head: HTTPResponseHead
    package let body: HTTPBody
}
