import DockerEngine
import FoundationEssentials
import SystemPackage

/// Reads one file of nginx up to a place, a block at a time.
struct NginxLogReader: LogReading {
    private let file: NginxLog
    private let since: Timestamp?
    private let until: Timestamp?
    private let end: Int
    private var offset: Int
    private var rest: [UInt8] = []
    private var ready: ArraySlice<LogRecord> = []
    private var last = Timestamp(nanosecondsSinceEpoch: 0)
    private let secondsEast = TimeZone.current.secondsFromGMT()

    private static let block = 64 << 10

    init(_ file: NginxLog, _ request: LogRequest, from start: Int? = nil, upTo end: FilePosition) {
        self.file = file
        since = request.since
        until = request.until
        self.end = end.offset
        offset = start ?? request.tail.map { Self.start(ofLast: $0, in: file.path, end: end.offset) } ?? 0
    }

    /// How far it has read whole lines.
    var position: Int { offset - rest.count }

    mutating func next() async throws -> LogRecord? {
        while ready.isEmpty {
            let bytes = Self.read(file.path, at: offset, count: min(Self.block, end - offset))
            guard !bytes.isEmpty else { return nil }
            offset += bytes.count
            take(bytes)
        }
        return ready.popFirst()
    }

    private mutating func take(_ bytes: [UInt8]) {
        var lines = (rest + bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        rest = lines.popLast().map(Array.init) ?? []
        // What has no end is cut, so that memory stays bounded.
        if rest.count > LogLine.limit { rest = Array(rest.prefix(LogLine.limit)) }
        ready = lines.compactMap { record($0) }[...]
    }

    private mutating func record(_ line: ArraySlice<UInt8>) -> LogRecord? {
        let text = LogText.clean(line.prefix(LogLine.limit), isCut: line.count > LogLine.limit)
        last = NginxLog.time(of: text, secondsEast: secondsEast) ?? last
        // Its times are whole seconds.
        if let since, last.nanosecondsSinceEpoch < since.nanosecondsSinceEpoch - 999_999_999 { return nil }
        if let until, last > until { return nil }
        return LogRecord(source: file.source, origin: file.path, channel: file.channel, time: last, text: text)
    }

    /// Where the last lines begin, found from the end.
    private static func start(ofLast count: Int, in path: String, end: Int) -> Int {
        var (offset, found) = (end, 0)
        while offset > 0 {
            let start = max(0, offset - block)
            let bytes = read(path, at: start, count: offset - start)
            guard bytes.count == offset - start else { return 0 }
            for index in bytes.indices.reversed() where bytes[index] == 0x0A {
                found += 1
                if found > count { return start + index + 1 }
            }
            offset = start
        }
        return 0
    }

    private static func read(_ path: String, at offset: Int, count: Int) -> [UInt8] {
        guard count > 0,
            let descriptor = try? FileDescriptor.open(
                FilePath(path), .readOnly, options: [.closeOnExec, .noFollow])
        else { return [] }
        defer { try? descriptor.close() }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            let room = UnsafeMutableRawBufferPointer(buffer)
            used = (try? descriptor.read(fromAbsoluteOffset: Int64(offset), into: room)) ?? 0
        }
    }
}
