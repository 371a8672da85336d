import DockerEngine

/// A log read line by line, oldest first.
protocol LogReading: Sendable {
    mutating func next() async throws -> LogRecord?
}

/// The log of one container.
struct ContainerLogReader: LogReading {
    private let container: LoggedContainer
    private var lines: LogStream.Iterator
    /// Channels that are inside a line that was cut.
    private var isInsideLine: Set<OutputChannel> = []
    private var last = Timestamp(nanosecondsSinceEpoch: 0)

    init(_ container: LoggedContainer, _ stream: LogStream) {
        self.container = container
        lines = stream.makeAsyncIterator()
    }

    mutating func next() async throws -> LogRecord? {
        while let line = try await lines.next() {
            let isRest = isInsideLine.contains(line.channel)
            if line.continues { isInsideLine.insert(line.channel) } else { isInsideLine.remove(line.channel) }
            guard !isRest else { continue }
            last = max(last, line.time ?? last)
            return LogRecord(
                source: container.source, origin: container.id,
                channel: line.channel == .stderr ? .errors : .output, time: line.time ?? last,
                text: LogText.clean(line.bytes, isCut: line.continues))
        }
        return nil
    }
}

/// Several logs as one, by time: holds one line of each.
struct LogMerge: Sendable {
    private var logs: [(reader: any LogReading, head: LogRecord)] = []

    /// Asks all of them for their first line at once.
    init(_ readers: [any LogReading]) async throws {
        logs = try await withThrowingTaskGroup(of: (any LogReading, LogRecord)?.self) { group in
            for reader in readers {
                group.addTask {
                    var reader = reader
                    return try await reader.next().map { (reader, $0) }
                }
            }
            return try await group.reduce(into: []) { all, found in
                if let found { all.append((reader: found.0, head: found.1)) }
            }
        }
        logs.sort { $0.head.source < $1.head.source }
    }

    /// The oldest line that is left; of one moment, the first source's.
    mutating func next() async throws -> LogRecord? {
        guard let index = logs.indices.min(by: { logs[$0].head.time < logs[$1].head.time }) else { return nil }
        let record = logs[index].head
        if let head = try await logs[index].reader.next() {
            logs[index].head = head
        } else {
            logs.remove(at: index)
        }
        return record
    }
}
