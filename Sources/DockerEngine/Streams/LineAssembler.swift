/// One line that a container wrote.
package struct LogLine: Hashable, Sendable {
    package let channel: OutputChannel
    /// When it was written, if timestamps were asked for.
    package let time: Timestamp?
    /// Without the line end.
    package let bytes: [UInt8]
    /// Whether the line is longer than `LogLine.limit` and goes on in the next value of its channel.
    package let continues: Bool

    /// Bytes.
    package static let limit = 64 << 10

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Puts the output of a container together into lines, for each channel on its own.
struct LineAssembler {
    private struct Line {
        var bytes: [UInt8] = []
        var time: Timestamp?
        /// What may become a timestamp; nil where none can start.
        var stamp: [UInt8]?
    }

    private static let stampLimit = 40

    private let hasTimestamps: Bool
    private let isFramed: Bool
    private var lines: [OutputChannel: Line] = [:]

    /// - Parameter isFramed: with frames a timestamp starts each, without (a terminal) each line.
    init(hasTimestamps: Bool, isFramed: Bool) {
        self.hasTimestamps = hasTimestamps
        self.isFramed = isFramed
    }

    mutating func take(_ piece: OutputPiece) -> [LogLine] {
        var line = lines[piece.channel] ?? fresh()
        defer { lines[piece.channel] = line }
        if hasTimestamps, piece.startsMessage { line.stamp = [] }
        var rest = piece.bytes[...]
        var done: [LogLine] = []
        while !rest.isEmpty {
            if line.stamp != nil {
                takeStamp(&rest, &line)
            } else {
                takeText(&rest, &line, piece.channel).map { done.append($0) }
            }
        }
        return done
    }

    /// What was left without a line end.
    mutating func finish() -> [LogLine] {
        defer { lines = [:] }
        return [OutputChannel.stdout, .stderr].compactMap { channel in
            guard var line = lines[channel] else { return nil }
            line.bytes += line.stamp ?? []
            return line.bytes.isEmpty && line.time == nil ? nil : finished(line, channel)
        }
    }

    private func fresh() -> Line {
        Line(stamp: hasTimestamps && !isFramed ? [] : nil)
    }

    /// Moves bytes to the stamp until it is one, or cannot become one and is text.
    private func takeStamp(_ rest: inout ArraySlice<UInt8>, _ line: inout Line) {
        guard var stamp = line.stamp else { return }
        while let byte = rest.first, byte != 0x20, byte != 0x0A, stamp.count < Self.stampLimit {
            stamp.append(byte)
            rest = rest.dropFirst()
        }
        line.stamp = stamp
        guard let next = rest.first else { return }
        line.stamp = nil
        if next == 0x20, let time = Timestamp(rfc3339: String(decoding: stamp, as: UTF8.self)) {
            rest = rest.dropFirst()
            line.time = line.time ?? time
        } else {
            line.bytes += stamp
        }
    }

    private func takeText(
        _ rest: inout ArraySlice<UInt8>, _ line: inout Line, _ channel: OutputChannel
    ) -> LogLine? {
        let room = max(0, LogLine.limit - line.bytes.count)
        let text = rest.prefix(room).prefix { $0 != 0x0A }
        line.bytes += text
        rest = rest.dropFirst(text.count)
        guard let next = rest.first else { return nil }
        if next == 0x0A {
            rest = rest.dropFirst()
            defer { line = fresh() }
            return finished(line, channel)
        }
        defer { line.bytes = [] }
        return LogLine(channel: channel, time: line.time, bytes: line.bytes, continues: true)
    }

    private func finished(_ line: Line, _ channel: OutputChannel) -> LogLine {
        let bytes = !isFramed && line.bytes.last == 0x0D ? line.bytes.dropLast() : line.bytes
        return LogLine(channel: channel, time: line.time, bytes: bytes, continues: false)
    }
}
