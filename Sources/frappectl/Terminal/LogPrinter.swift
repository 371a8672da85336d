import DockerEngine
import Foundation
import Operations

/// Writes lines of several logs, each with its source in front; one line after the other.
actor LogPrinter {
    private let regex: Regex<AnyRegexOutput>?
    private let isInverted: Bool
    private let style: Style
    private let hasTimes: Bool
    private let isJSON: Bool
    /// Whether each line is wanted at once.
    private let isLive: Bool
    private var labels: [LogSource: String] = [:]
    private var hasBenches = false
    private var width = 0
    private var pending = ""

    private static let formatter = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    init(filter: LogFilterOptions, style: Style, hasTimes: Bool, isJSON: Bool, isLive: Bool) throws {
        regex = try filter.regex()
        isInverted = filter.invertMatch
        self.style = style
        self.hasTimes = hasTimes
        self.isJSON = isJSON
        self.isLive = isLive
    }

    /// The sources known before the first line: names are as wide as the widest, and a single one needs none.
    func expect(_ sources: [LogSource]) {
        hasBenches = Set(sources.compactMap(\.bench)).count > 1
        width = sources.map { name($0).count }.max() ?? 0
        for source in sources { labels[source] = sources.count == 1 && !isLive ? "" : label(source) }
    }

    func print(_ record: LogRecord) {
        if let regex, (record.text.firstMatch(of: regex) != nil) == isInverted { return }
        pending += (isJSON ? json(record) : line(record)) + "\n"
        if isLive || pending.utf8.count > 32 << 10 { flush() }
    }

    func flush() {
        // Who reads no further, as `head` does, ends the program quietly.
        if !Terminal.write(pending, to: STDOUT_FILENO) { ProgramEnd.now(0) }
        pending = ""
    }

    private func line(_ record: LogRecord) -> String {
        if labels[record.source] == nil { labels[record.source] = label(record.source) }
        let time = hasTimes ? style(Self.time(record) + " ", .faint) : ""
        return (labels[record.source] ?? "") + time + record.text
    }

    /// Colours go round in the order in which sources are known: neighbours differ.
    private func label(_ source: LogSource) -> String {
        let text = name(source)
        let space = String(repeating: " ", count: max(0, width - text.count))
        return style(text + space, .name(labels.count)) + " | "
    }

    private func name(_ source: LogSource) -> String {
        TextWidth.plain(hasBenches ? "\(source.bench.map { "\($0)/" } ?? "")\(source.name)" : source.name)
    }

    private static func time(_ record: LogRecord) -> String { record.time.date.formatted(formatter) }

    private func json(_ record: LogRecord) -> String {
        let line = JSONLine(
            bench: record.source.bench?.description, component: record.source.name, channel: record.channel.rawValue,
            time: Self.time(record), text: record.text)
        return (try? JSONOutput.line(line)) ?? ""
    }

    private struct JSONLine: Encodable {
        var bench: String?
        var component: String
        var channel: String
        var time: String
        var text: String
    }
}
