/// Columns as wide as their widest cell; on a terminal never wider than it, and whole where it is piped.
struct Table {
    var rows: [[String]]
    var indent = ""
    /// The columns that there are; nil for as many as it takes.
    var columns: Int?
    var style = Style.plain

    /// For standard output.
    static func text(_ rows: [[String]], indent: String = "") -> String {
        Table(
            rows: rows, indent: indent, columns: Terminal.size(of: Terminal.outputDescriptor)?.columns, style: .output
        ).text
    }

    var text: String {
        let cells = rows.map { $0.map(TextWidth.plain) }
        let count = cells.map(\.count).max() ?? 0
        let widths = fitted(
            (0..<count).map { column in cells.map { column < $0.count ? TextWidth.columns($0[column]) : 0 }.max() ?? 0 }
        )
        return cells.map { row in
            // What ends in nothing has no spaces at its end.
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            let line = row.prefix(last + 1).enumerated().map { column, cell in
                let text = TextWidth.fit(cell, widths[column])
                let space =
                    column == last ? "" : String(repeating: " ", count: widths[column] - TextWidth.columns(text))
                return coloured(text, cell) + space
            }
            return indent + line.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// The widest column gives way, until all fit or none is wider than eight.
    private func fitted(_ wanted: [Int]) -> [Int] {
        guard let columns else { return wanted }
        var widths = wanted
        let room = columns - indent.count - 2 * max(0, widths.count - 1)
        while widths.reduce(0, +) > room, let widest = widths.max(), widest > 8,
            let column = widths.lastIndex(of: widest)
        {
            widths[column] -= min(widest - 8, widths.reduce(0, +) - room, max(1, widest - second(widths)))
        }
        return widths
    }

    private func second(_ widths: [Int]) -> Int {
        let widest = widths.max() ?? 0
        return widths.filter { $0 < widest }.max() ?? widest
    }

    /// Words of health, and the signs of a plan, stand out by their colour too.
    private func coloured(_ text: String, _ cell: String) -> String {
        if let tone = Self.words[cell] { return style(text, tone) }
        if cell.dropFirst().first == " ", let tone = cell.first.flatMap({ Self.signs[$0] }) {
            return style(String(text.prefix(1)), tone) + text.dropFirst()
        }
        return text
    }

    private static let words: [String: Style.Tone] = [
        "healthy": .good, "Ready": .good, "done": .good, "unhealthy": .bad, "Failed": .bad, "failed": .bad,
        "exited": .bad, "dead": .bad, "FAILED": .bad, "starting": .warning, "Provisioning": .warning,
        "interrupted": .warning, "restarting": .warning,
    ]

    private static let signs: [Character: Style.Tone] = ["+": .good, "~": .warning, "-": .bad, "!": .warning]
}
