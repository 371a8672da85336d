/// Which of a process's outputs bytes came from.
package enum OutputChannel: Hashable, Sendable {
    case stdout, stderr
    /// The Engine itself, to say why the output ends.
    case engine
}

/// Some bytes of output, as they came: not a line, and not always a whole message.
package struct OutputPiece: Hashable, Sendable {
    package let channel: OutputChannel
    package let bytes: [UInt8]
    /// Whether a message of the Engine starts here: one line of a log, or one write of a process.
    let startsMessage: Bool
}

/// Takes apart the stream in which the Engine mixes stdout and stderr of a process that has no terminal.
///
/// Each frame is a channel, three zeros, the length as four bytes (big end first), and the content. Content is passed
/// on as it comes, so a frame's length, which is not to be trusted, reserves no memory.
struct FrameParser {
    struct BadHeader: Error {
        let bytes: [UInt8]
    }

    private static let headerLength = 8

    private var header: [UInt8] = []
    private var channel = OutputChannel.stdout
    private var left = 0
    private var isFresh = false

    /// Whether the stream may end here.
    var isBetweenFrames: Bool { header.isEmpty && left == 0 }

    mutating func take(_ chunk: [UInt8]) throws(BadHeader) -> [OutputPiece] {
        var pieces: [OutputPiece] = []
        var rest = chunk[...]
        while !rest.isEmpty {
            if left == 0 {
                try takeHeader(&rest)
            } else {
                pieces.append(takeContent(&rest))
            }
        }
        return pieces
    }

    private mutating func takeHeader(_ rest: inout ArraySlice<UInt8>) throws(BadHeader) {
        let part = rest.prefix(Self.headerLength - header.count)
        header += part
        rest = rest.dropFirst(part.count)
        guard header.count == Self.headerLength else { return }
        defer { header = [] }
        guard let channel = Self.channel(header[0]), header[1...3].allSatisfy({ $0 == 0 }) else {
            throw BadHeader(bytes: header)
        }
        self.channel = channel
        left = header[4...].reduce(0) { $0 << 8 | Int($1) }
        isFresh = true
    }

    private mutating func takeContent(_ rest: inout ArraySlice<UInt8>) -> OutputPiece {
        let part = rest.prefix(left)
        rest = rest.dropFirst(part.count)
        left -= part.count
        defer { isFresh = false }
        return OutputPiece(channel: channel, bytes: Array(part), startsMessage: isFresh)
    }

    private static func channel(_ byte: UInt8) -> OutputChannel? {
        switch byte {
        case 0, 1: .stdout
        case 2: .stderr
        case 3: .engine
        default: nil
        }
    }
}
