import CurlTransport

/// One call of the Engine's API, before it is known which version is spoken.
struct EngineCall: Sendable {
    /// How long reads may take, and changes, which include stopping processes and deleting files.
    static let readTimeout = Duration.seconds(60)
    static let changeTimeout = Duration.seconds(300)

    let method: HTTPRequest.Method
    /// Unencoded, as it appears in messages: "/containers/web/start".
    let path: String
    var query: [(name: String, value: String)] = []
    var headers: HTTPHeaders = [:]
    var body = HTTPRequest.Body.none
    var timeout: Duration?
    var bodyLimit = 64 << 20
    private let segments: [String]

    init(_ method: HTTPRequest.Method, _ segments: String...) {
        self.method = method
        self.segments = segments
        path = "/" + segments.joined(separator: "/")
        timeout = method == .get || method == .head ? Self.readTimeout : Self.changeTimeout
    }

    /// How messages name the call.
    var label: String { "\(method.rawValue) \(path)" }

    /// Adds a parameter to the query; nil leaves it out.
    mutating func ask(_ name: String, _ value: String?) {
        if let value { query.append((name, value)) }
    }

    mutating func ask(_ name: String, _ value: Bool) {
        query.append((name, value ? "1" : "0"))
    }

    mutating func ask(_ filters: Filters) throws(EngineError) {
        if !filters.isEmpty { ask("filters", String(decoding: try encoded(filters.values), as: UTF8.self)) }
    }

    mutating func send(_ value: some Encodable) throws(EngineError) {
        headers["Content-Type"] = "application/json"
        body = .data(try encoded(value))
    }

    func request(prefix: String) throws(EngineError) -> HTTPRequest {
        for segment in segments where segment.isEmpty || segment.split(separator: "/").contains(where: Self.isDots) {
            throw .invalid(request: label, why: "'\(segment)' is no name or id")
        }
        let question = query.map { "\($0.name)=\($0.value.percentEncoded())" }.joined(separator: "&")
        let address = prefix + encodedPath + (question.isEmpty ? "" : "?" + question)
        var request = HTTPRequest(method, address, headers: headers, body: body, timeout: timeout)
        request.bodyLimit = bodyLimit
        return request
    }

    /// Only names of images have slashes of their own.
    private var encodedPath: String {
        let kept = ["images", "distribution"].contains(segments.first) ? ":@/" : ":@"
        return segments.map { "/" + $0.percentEncoded(keeping: kept) }.joined()
    }

    private static func isDots(_ part: Substring) -> Bool {
        part == "." || part == ".."
    }

    private func encoded(_ value: some Encodable) throws(EngineError) -> [UInt8] {
        do {
            return try JSON.encode(value)
        } catch {
            throw .invalid(request: label, why: "\(error)")
        }
    }
}

extension String {
    /// Everything but letters, digits, `-._~` and the given characters as `%XX`.
    func percentEncoded(keeping kept: String = "") -> String {
        let plain = Set("-._~".utf8).union(kept.utf8)
        return String(
            decoding: utf8.flatMap { byte -> [UInt8] in
                let isAlphanumeric = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                return isAlphanumeric && byte < 0x80 || plain.contains(byte)
                    ? [byte] : Array("%".utf8) + Self.hexDigits(byte)
            }, as: UTF8.self)
    }

    private static func hexDigits(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
