import CurlTransport

/// The lines of a streamed answer, each a JSON value; for one reader.
struct JSONLines {
    private static let lineLimit = 4 << 20

    private let body: HTTPBody
    private let client: EngineClient
    let request: String
    private var pending: [UInt8] = []
    private var scanned = 0

    init(_ body: HTTPBody, client: EngineClient, request: String) {
        self.body = body
        self.client = client
        self.request = request
    }

    /// The next value, nil at the end of the answer.
    mutating func next<Value: Decodable>(_ type: Value.Type) async throws(EngineError) -> Value? {
        while let line = try await nextLine() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                return try JSON.decode(type, from: line)
            } catch {
                throw .malformed(request: request, why: JSON.complaint(error))
            }
        }
        return nil
    }

    private mutating func nextLine() async throws(EngineError) -> [UInt8]? {
        while true {
            if let end = pending[scanned...].firstIndex(of: 0x0A) { return takeLine(to: end) }
            scanned = pending.count
            guard pending.count < Self.lineLimit else { throw .tooLarge(request: request, limit: Self.lineLimit) }
            guard let more = try await read() else {
                return pending.isEmpty ? nil : takeLine(to: pending.endIndex)
            }
            pending += more
        }
    }

    private mutating func takeLine(to end: Int) -> [UInt8] {
        let line = Array(pending[..<end])
        pending.removeSubrange(..<min(end + 1, pending.count))
        scanned = 0
        return line
    }

    private func read() async throws(EngineError) -> [UInt8]? {
        do throws(TransportError) {
            return try await body.next()
        } catch {
            throw client.report(error, request)
        }
    }
}
