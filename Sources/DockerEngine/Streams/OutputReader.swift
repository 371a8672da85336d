import CurlTransport

/// Reads the output of a process from a stream of the Engine, taking frames apart where there are any.
struct OutputReader: Sendable {
    private let read: @Sendable () async throws(TransportError) -> [UInt8]?
    private let client: EngineClient
    private let request: String
    private var parser: FrameParser?
    private var ready: ArraySlice<OutputPiece> = []

    /// - Parameter isFramed: false for a process with a terminal, whose output is one and raw.
    init(
        isFramed: Bool, client: EngineClient, request: String,
        read: @escaping @Sendable () async throws(TransportError) -> [UInt8]?
    ) {
        parser = isFramed ? FrameParser() : nil
        self.client = client
        self.request = request
        self.read = read
    }

    /// The next piece of output, nil at the end.
    mutating func next() async throws(EngineError) -> OutputPiece? {
        while true {
            if let piece = ready.popFirst() {
                guard piece.channel != .engine else { throw engineFailure(piece) }
                return piece
            }
            guard let chunk = try await readChunk() else {
                guard parser?.isBetweenFrames ?? true else { throw .cut(request: request, why: "ended inside a frame") }
                return nil
            }
            ready = try pieces(of: chunk)[...]
        }
    }

    private mutating func pieces(of chunk: [UInt8]) throws(EngineError) -> [OutputPiece] {
        guard parser != nil else { return [OutputPiece(channel: .stdout, bytes: chunk, startsMessage: false)] }
        do throws(FrameParser.BadHeader) {
            return try parser?.take(chunk) ?? []
        } catch {
            throw .malformed(request: request, why: "a frame that starts with \(error.bytes)")
        }
    }

    private func readChunk() async throws(EngineError) -> [UInt8]? {
        do throws(TransportError) {
            return try await read()
        } catch {
            throw client.report(error, request)
        }
    }

    private func engineFailure(_ piece: OutputPiece) -> EngineError {
        .failed(status: 200, message: JSON.text(piece.bytes), request: request)
    }
}
