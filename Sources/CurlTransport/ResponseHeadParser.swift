/// Builds a response head from its lines, skipping interim answers (100 Continue).
struct ResponseHeadParser {
    private var status: Int?
    private var fields: [HTTPHeaders.Field] = []
    private(set) var isComplete = false

    /// Whether a status line was seen for the head that is being read.
    var hasStatus: Bool { status != nil }

    /// Takes one line with or without its line end; returns the head once the blank line after it was seen.
    mutating func take(line bytes: some Collection<UInt8>) -> HTTPResponseHead? {
        let line = String(decoding: bytes, as: UTF8.self).trimmingLineEnd()
        guard !isComplete else { return nil }
        if line.isEmpty { return finish() }
        if line.hasPrefix("HTTP/"), let found = Self.status(of: line) {
            status = found
            fields = []
        } else if let colon = line.firstIndex(of: ":") {
            fields.append(.init(name: String(line[..<colon]), value: line[line.index(after: colon)...].trimmed()))
        }
        return nil
    }

    private mutating func finish() -> HTTPResponseHead? {
        guard let status else { return nil }
        if (100..<200).contains(status), status != 101 {
            self.status = nil
            return nil
        }
        isComplete = true
        return HTTPResponseHead(status: status, headers: HTTPHeaders(fields))
    }

    private static func status(of line: String) -> Int? {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[1].utf8.count == 3 else { return nil }
        return Int(parts[1])
    }
}

extension StringProtocol {
    fileprivate func trimmingLineEnd() -> String {
        String(decoding: utf8.reversed().drop { $0 == 0x0A || $0 == 0x0D }.reversed(), as: UTF8.self)
    }

    fileprivate func trimmed() -> String {
        let start = utf8.drop { $0 == 0x20 || $0 == 0x09 }
        return String(decoding: start.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed(), as: UTF8.self)
    }
}
