import CurlTransport

/// A command that runs inside a container, with the connection to its input and output.
///
/// Dropping it closes the connection; the command goes on.
package final class ExecSession: Sendable {
    package let id: String
    /// What the command writes, for one reader; ends when the command has closed its output.
    package let output: ExecOutput
    private let container: String
    private let started: Timestamp
    private let client: EngineClient
    let request: String
    private let connection: HTTPConnection

    init(
        id: String, container: String, started: Timestamp, isFramed: Bool, client: EngineClient, request: String,
        connection: HTTPConnection
    ) {
        self.id = id
        self.container = container
        self.started = started
        self.client = client
        self.request = request
        self.connection = connection
        output = ExecOutput(
            reader: OutputReader(isFramed: isFramed, client: client, request: request) {
                () async throws(TransportError) in try await connection.read()
            })
    }

    /// Returns once the system has taken the bytes; `cut` when the command no longer reads.
    package func write(_ bytes: [UInt8]) async throws(EngineError) {
        do throws(TransportError) {
            try await connection.write(bytes)
        } catch {
            throw EngineError(error, request: request)
        }
    }

    /// Ends the command's standard input.
    package func closeInput() async throws(EngineError) {
        do throws(TransportError) {
            try await connection.closeWrite()
        } catch {
            throw EngineError(error, request: request)
        }
    }

    package func resize(to size: TerminalSize) async throws(EngineError) {
        try await client.resizeExec(id, to: size)
    }

    /// Closes the connection; the command goes on.
    package func close() {
        connection.close()
    }

    /// Waits for the command to end. Its output may end before: then the Engine's events tell.
    package func exitCode() async throws(EngineError) -> Int {
        if let code = try await finishedCode() { return code }
        let filters: Filters = ["container": [container], "event": ["exec_die"]]
        for try await event in try await client.events(since: started, filters: filters) {
            if event.attributes["execID"] == id, let code = event.attributes["exitCode"].flatMap({ Int($0) }) {
                return code
            }
        }
        throw .cut(request: request, why: "the Engine's events ended before the command did")
    }

    private func finishedCode() async throws(EngineError) -> Int? {
        let state = try await client.inspectExec(id)
        return state.isRunning ? nil : state.exitCode
    }
}

extension ExecSession {
    /// Writes all of the input and ends it; returns what the input's own source failed with.
    func feed(_ input: ExecInput) async -> EngineError? {
        switch input {
        case .none: return nil
        case .bytes(let bytes): _ = await writes(bytes)
        case .chunks(let next):
            do {
                while let chunk = try await next() { guard await writes(chunk) else { return nil } }
            } catch {
                close()
                return error is CancellationError ? .cancelled : .invalid(request: request, why: "its input: \(error)")
            }
        }
        try? await closeInput()
        return nil
    }

    /// False once the command no longer reads: how it ended says whether that matters.
    private func writes(_ bytes: [UInt8]) async -> Bool {
        do throws(EngineError) {
            try await write(bytes)
            return true
        } catch {
            return false
        }
    }

    /// Everything the command writes.
    func collect(limit: Int) async -> Result<(stdout: [UInt8], stderr: [UInt8]), EngineError> {
        var (stdout, stderr): ([UInt8], [UInt8]) = ([], [])
        do throws(EngineError) {
            var pieces = output.makeAsyncIterator()
            while let piece = try await pieces.next() {
                if piece.channel == .stderr { stderr += piece.bytes } else { stdout += piece.bytes }
                if stdout.count + stderr.count > limit { throw .tooLarge(request: request, limit: limit) }
            }
            return .success((stdout, stderr))
        } catch {
            return .failure(error)
        }
    }
}

/// The output of a command as it comes, for one reader.
package struct ExecOutput: AsyncSequence, Sendable {
    let reader: OutputReader

    package struct Iterator: AsyncIteratorProtocol {
        var reader: OutputReader

        package mutating func next() async throws(EngineError) -> OutputPiece? {
            try await reader.next()
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(EngineError) -> OutputPiece? {
            try await reader.next()
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader)
    }
}
