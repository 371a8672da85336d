extension HTTPClient {
    /// Asks the server to leave HTTP on a connection of its own, as Docker does for attach and exec.
    ///
    /// Without a `Connection` header `Connection: Upgrade` and `Upgrade: tcp` are added. The request's timeout holds
    /// until the answer is there.
    package func upgrade(_ request: HTTPRequest) async throws(TransportError) -> UpgradeOutcome {
        let bytes = try request.upgradeBytes(for: endpoint)
        let pump = try SocketPump(to: destination)
        if let timeout = request.timeout { pump.setDeadline(.now + timeout) }
        try pump.start(connectTimeout: request.connectTimeout)
        do throws(TransportError) {
            try await pump.write(bytes)
            return try await outcome(of: request, on: pump)
        } catch {
            pump.close()
            throw error
        }
    }

    private func outcome(
        of request: HTTPRequest, on pump: SocketPump
    ) async throws(TransportError) -> UpgradeOutcome {
        var reader = UpgradeAnswerReader(pump: pump)
        let head = try await reader.head()
        guard head.status == 101 else {
            let body = try await reader.body(of: head, limit: request.bodyLimit)
            pump.close()
            return .declined(HTTPResponse(head: head, body: body))
        }
        pump.setDeadline(nil)
        pump.incoming.putBack(reader.rest)
        return .upgraded(HTTPConnection(head: head, pump: pump))
    }
}

extension HTTPRequest {
    /// The request as it goes over the wire when libcurl does not write it.
    func upgradeBytes(for endpoint: Endpoint) throws(TransportError) -> [UInt8] {
        try validate()
        let content: [UInt8]
        switch body {
        case .none: content = []
        case .data(let bytes): content = bytes
        case .file(let path): throw .invalidRequest("an upgrade cannot send the file \(path)")
        }
        var all = headers
        if all["Host"] == nil { all["Host"] = endpoint.defaultHost }
        if all["Connection"] == nil {
            all["Connection"] = "Upgrade"
            all["Upgrade"] = "tcp"
        }
        all["Content-Length"] = String(content.count)
        let lines = ["\(method.rawValue) \(path) HTTP/1.1"] + all.fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + content
    }
}

/// Reads an answer from a connection that libcurl does not parse.
struct UpgradeAnswerReader {
    private static let lineLimit = 64 << 10
    private static let headLines = 512

    let pump: SocketPump
    /// What was read but is not part of the answer's head.
    private(set) var rest: [UInt8] = []

    init(pump: SocketPump) {
        self.pump = pump
    }

    mutating func head() async throws(TransportError) -> HTTPResponseHead {
        var parser = ResponseHeadParser()
        for _ in 0..<Self.headLines {
            let line = try await nextLine()
            guard parser.hasStatus || line.starts(with: Array("HTTP/".utf8)) else { throw malformed("no status line") }
            if let head = parser.take(line: line) { return head }
        }
        throw malformed("too many headers")
    }

    mutating func body(of head: HTTPResponseHead, limit: Int) async throws(TransportError) -> [UInt8] {
        if head.headers["Transfer-Encoding"]?.lowercased() == "chunked" { return try await chunks(limit: limit) }
        if let length = head.headers["Content-Length"].flatMap({ Int($0) }) {
            guard (0...limit).contains(length) else { throw tooLarge(limit) }
            return try await take(length)
        }
        while let more = try await pump.read() {
            rest += more
            guard rest.count <= limit else { throw tooLarge(limit) }
        }
        return rest
    }

    private mutating func chunks(limit: Int) async throws(TransportError) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try await nextLine(), as: UTF8.self)
            let digits = line.prefix { $0 != ";" && $0 != " " }
            guard let size = Int(digits, radix: 16), size >= 0 else { throw malformed("a bad chunk size") }
            if size == 0 { return body }
            guard size <= limit - body.count else { throw tooLarge(limit) }
            body += try await take(size)
            _ = try await nextLine()
        }
    }

    /// The bytes up to the next line end, without it.
    private mutating func nextLine() async throws(TransportError) -> [UInt8] {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = rest[..<end]
                rest.removeSubrange(...end)
                return Array(line.last == 0x0D ? line.dropLast() : line)
            }
            guard rest.count < Self.lineLimit else { throw malformed("a line without an end") }
            try await more()
        }
    }

    private mutating func take(_ count: Int) async throws(TransportError) -> [UInt8] {
        while rest.count < count { try await more() }
        defer { rest.removeFirst(count) }
        return Array(rest[..<count])
    }

    private mutating func more() async throws(TransportError) {
        guard let bytes = try await pump.read() else {
            throw .cut(pump.destination.endpoint, .init(code: 52, text: "closed before the answer was complete"))
        }
        rest += bytes
    }

    private func malformed(_ text: String) -> TransportError {
        .malformed(pump.destination.endpoint, .init(code: 8, text: text))
    }

    private func tooLarge(_ limit: Int) -> TransportError {
        .tooLarge(pump.destination.endpoint, limit: limit)
    }
}
