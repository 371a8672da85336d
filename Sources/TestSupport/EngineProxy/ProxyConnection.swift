import Foundation

/// One client's connection with the Engine behind it: call by call, until one leaves HTTP behind or an end is cut.
final class ProxyConnection {
    private let proxy: EngineProxy
    private let client: SocketReader
    private let engine: SocketReader

    init(client: Int32, engine: Int32, proxy: EngineProxy) {
        self.proxy = proxy
        self.client = SocketReader(client, other: engine)
        self.engine = SocketReader(engine, other: client)
    }

    /// Returns when the connection is over; the caller closes both ends.
    func serve() {
        while let head = client.readHead(), let request = MessageHead(head) {
            let words = request.start.split(separator: " ")
            guard words.count > 1 else { return }
            let call = EngineCallRecord(method: String(words[0]), path: String(words[1]))
            let (number, action) = proxy.admit(call)
            guard pass(request, call, number, action) else { return }
        }
    }

    /// Whether the connection goes on.
    private func pass(
        _ request: MessageHead, _ call: EngineCallRecord, _ number: Int, _ action: EngineProxy.Action?
    ) -> Bool {
        switch action {
        case .cutBefore: return false
        case .answer(let status): return refuse(request, number, status)
        case .delay(let time): usleep(UInt32(clamping: Int(time / .microseconds(1))))
        case .cutAfter, nil: break
        }
        guard engine.send(request.bytes), client.forward(request.requestBody, to: engine) else { return false }
        if case .cutAfter = action {
            _ = engine.readHead()
            return false
        }
        return answer(to: call, number)
    }

    private func refuse(_ request: MessageHead, _ number: Int, _ status: Int) -> Bool {
        guard client.forward(request.requestBody, to: nil) else { return false }
        let body = "{\"message\":\"refused by the test's proxy\"}\n"
        let head = "HTTP/1.1 \(status) Refused\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)"
        proxy.note(status: status, of: number)
        return client.send(Array("\(head)\r\n\r\n\(body)".utf8))
    }

    private func answer(to call: EngineCallRecord, _ number: Int) -> Bool {
        while let head = engine.readHead(endsWithOther: true), let response = MessageHead(head) {
            guard client.send(response.bytes) else { return false }
            let status = response.status
            // 100 Continue and its like announce the answer proper.
            if (100..<200).contains(status), status != 101 { continue }
            proxy.note(status: status, of: number)
            guard let body = response.responseBody(to: call.method) else {
                passThrough()
                return false
            }
            return engine.forward(body, to: client, endsWithOther: true) && !response.closes
        }
        return false
    }

    /// Bytes both ways until both ends are done; each way has a thread, since a full one must not hold up the other.
    private func passThrough() {
        let up = Thread { [client, engine] in
            client.forwardToEnd(engine)
            engine.closeWrite()
        }
        let done = DispatchSemaphore(value: 0)
        let finishing = Thread { [client, engine] in
            engine.forwardToEnd(client, endsWithOther: false)
            client.closeWrite()
            done.signal()
        }
        up.start()
        finishing.start()
        done.wait()
        // The client has all there is; what it may still write goes nowhere.
        client.end()
        while !up.isFinished { usleep(1000) }
    }
}

/// The head of a request or an answer.
struct MessageHead {
    let bytes: [UInt8]
    let start: String
    private let fields: [(name: String, value: String)]

    enum Body: Equatable {
        case none
        case length(Int)
        case chunked
    }

    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first else { return nil }
        start = String(first)
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
    }

    private func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    var status: Int { Int(start.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    var closes: Bool { value("connection")?.lowercased() == "close" }

    private var framing: Body? {
        if value("transfer-encoding")?.lowercased().contains("chunked") == true { return .chunked }
        return value("content-length").flatMap { Int($0) }.map { .length($0) }
    }

    var requestBody: Body { framing ?? .none }

    /// Nil for a body that ends with the connection, and for a connection that leaves HTTP.
    func responseBody(to method: String) -> Body? {
        if status == 101 { return nil }
        return method == "HEAD" || status == 204 || status == 304 ? Body.none : framing
    }
}
