import DockerEngine
import FrappeModel

/// One line that a component wrote, safe for a terminal.
package struct LogRecord: Sendable {
    package enum Channel: String, Sendable { case output = "stdout", errors = "stderr" }

    package var source: LogSource
    /// The container's id, or the file's path.
    var origin: String
    package var channel: Channel
    /// When it was written; of a line that does not say, when the line before it was.
    package var time: Timestamp
    package var text: String
}

/// Who writes a log: a container of a component across its replacements, or the host's nginx for a bench.
package struct LogSource: Hashable, Sendable, Comparable {
    package var bench: ObjectName?
    /// `web-1`, `scheduler`, `mariadb frappe-mariadb`, `nginx`.
    package var name: String
    private var rank: Int

    init(_ identity: ContainerIdentity) {
        bench = identity.bench
        name = identity.description
        rank = Component.allCases.firstIndex(of: identity.component) ?? 0
    }

    /// The proxy's part for one bench.
    static func nginx(_ bench: ObjectName) -> LogSource { LogSource(bench: bench, name: "nginx", rank: -1) }

    private init(bench: ObjectName, name: String, rank: Int) {
        (self.bench, self.name, self.rank) = (bench, name, rank)
    }

    package static func < (left: LogSource, right: LogSource) -> Bool {
        (left.bench?.description ?? "", left.rank, left.name.count, left.name)
            < (right.bench?.description ?? "", right.rank, right.name.count, right.name)
    }
}

/// Text of logs as a terminal may see it.
enum LogText {
    /// Colours and tabs are taken out, other control characters made visible; what is long is cut, and says so.
    static func clean(_ bytes: some Collection<UInt8>, isCut: Bool = false) -> String {
        let end = isCut ? " ... (cut after \(Quantity.bytes(LogLine.limit)))" : ""
        if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(decoding: bytes, as: UTF8.self) + end }
        let text = withoutColours(String(decoding: bytes, as: UTF8.self)).replacing("\t", with: "    ")
        return TerminalText.plain(text, limit: LogLine.limit) + end
    }

    /// Without `ESC [ ... m`, the only sequences that ordinary logs have.
    private static func withoutColours(_ text: String) -> String {
        guard text.utf8.contains(0x1B) else { return text }
        return text.replacing(/\u{1B}\[[0-9;:]*m/, with: "")
    }
}
