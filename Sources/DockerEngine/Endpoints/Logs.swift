import CurlTransport

/// Which part of a container's log to read.
package struct LogOptions: Hashable, Sendable {
    /// Whether to go on with what is written from now on, until the container ends.
    package var follows = false
    package var since: Timestamp?
    package var until: Timestamp?
    /// How many lines from the end; nil for all.
    package var tail: Int?
    package var hasTimestamps = false
    package var channels: Set<OutputChannel> = [.stdout, .stderr]

    package init(follows: Bool = false, tail: Int? = nil) {
        self.follows = follows
        self.tail = tail
    }
}

extension EngineClient {
    /// A container's log, line by line. The Engine is asked when the first line is: for a silent container it answers
    /// only once there is something to say.
    package func logs(of id: String, _ options: LogOptions = LogOptions()) -> LogStream {
        LogStream(client: self, id: id, options: options)
    }

    fileprivate func openLogs(of id: String, _ options: LogOptions) async throws(EngineError) -> LogReader {
        var call = EngineCall(.get, "containers", id, "logs")
        call.ask("stdout", options.channels.contains(.stdout))
        call.ask("stderr", options.channels.contains(.stderr))
        call.ask("follow", options.follows)
        call.ask("timestamps", options.hasTimestamps)
        call.ask("since", options.since?.seconds)
        call.ask("until", options.until?.seconds)
        call.ask("tail", options.tail.map(String.init))
        let stream = try await open(call)
        let isFramed = try await isFramed(stream.head, id)
        return LogReader(
            reader: OutputReader(isFramed: isFramed, client: self, request: call.label) {
                () async throws(TransportError) in try await stream.body.next()
            },
            assembler: LineAssembler(hasTimestamps: options.hasTimestamps, isFramed: isFramed))
    }

    /// From API 1.42 on the Engine says so in the answer; before, the container has to be looked at.
    private func isFramed(_ head: HTTPResponseHead, _ id: String) async throws(EngineError) -> Bool {
        let type = head.headers["Content-Type"] ?? ""
        if type.hasPrefix("application/vnd.docker.multiplexed-stream") { return true }
        if type.hasPrefix("application/vnd.docker.raw-stream") { return false }
        return try await !inspectContainer(id).config.hasTerminal
    }
}

/// The lines of a log; each iteration reads it anew.
package struct LogStream: AsyncSequence, Sendable {
    let client: EngineClient
    let id: String
    let options: LogOptions

    package struct Iterator: AsyncIteratorProtocol {
        let stream: LogStream
        var reader: LogReader?
        var ready: ArraySlice<LogLine> = []
        var isOver = false

        package mutating func next() async throws(EngineError) -> LogLine? {
            while true {
                if let line = ready.popFirst() { return line }
                if isOver { return nil }
                ready = try await more()[...]
            }
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> LogLine? {
            try await next()
        }

        private mutating func more() async throws(EngineError) -> [LogLine] {
            var reader: LogReader
            if let open = self.reader {
                reader = open
            } else {
                reader = try await stream.client.openLogs(of: stream.id, stream.options)
            }
            defer { self.reader = reader }
            if let piece = try await reader.reader.next() { return reader.assembler.take(piece) }
            isOver = true
            return reader.assembler.finish()
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(stream: self)
    }
}

struct LogReader {
    var reader: OutputReader
    var assembler: LineAssembler
}
