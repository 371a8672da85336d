import Foundation

/// An HTTP client that sends exactly the bytes it is given.
enum RawHTTP {
    struct Response: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        subscript(name: String) -> String? { all(name).first }

        func all(_ name: String) -> [String] {
            headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    static func get(
        _ path: String, host: String?, port: Int, headers: [String] = [], method: String = "GET"
    ) async throws -> Response {
        var lines = ["\(method) \(path) HTTP/\(host == nil ? "1.0" : "1.1")"]
        if let host { lines.append("Host: \(host)") }
        lines += headers + ["Connection: close", "", ""]
        return try await send(Array(lines.joined(separator: "\r\n").utf8), port: port, hasBody: method != "HEAD")
    }

    static func post(_ path: String, host: String, port: Int, body: [UInt8]) async throws -> Response {
        let head = [
            "POST \(path) HTTP/1.1", "Host: \(host)", "Content-Length: \(body.count)", "Connection: close", "", "",
        ]
        return try await send(Array(head.joined(separator: "\r\n").utf8) + body, port: port)
    }

    static func send(_ bytes: [UInt8], port: Int, hasBody: Bool = true) async throws -> Response {
        try await onThread { try parse(try exchange(bytes, port: port)) }
    }

    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }

    /// Connects, sends everything, reads to the end.
    static func exchange(_ bytes: [UInt8], port: Int) throws -> [UInt8] {
        let descriptor = try connect(port: port)
        defer { close(descriptor) }
        try write(bytes, to: descriptor)
        var answer: [UInt8] = []
        while let chunk = read(from: descriptor) { answer += chunk }
        return answer
    }

    static func connect(port: Int, timeout: Int = 3) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure(description: "connect: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// A server may answer and close before it has read everything.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    static func read(from descriptor: Int32) -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        return count > 0 ? Array(chunk[..<count]) : nil
    }

    static func parse(_ bytes: [UInt8]) throws -> Response {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Failure(description: "no answer: \(bytes.count) bytes")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw Failure(description: lines[0]) }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        var body = Array(bytes[end.upperBound...])
        if headers.contains(where: { $0.name == "Transfer-Encoding" && $0.value == "chunked" }) { body = unchunk(body) }
        if let text = headers.first(where: { $0.name == "Content-Length" })?.value, let length = Int(text),
            length > body.count, !body.isEmpty
        {
            throw Failure(description: "\(body.count) of \(length) bytes")
        }
        return Response(status: status, headers: headers, body: body)
    }

    private static func unchunk(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstRange(of: Array("\r\n".utf8)),
            let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
        {
            result += rest[end.upperBound...].prefix(size)
            rest = rest[end.upperBound...].dropFirst(size + 2)
        }
        return result
    }
}
