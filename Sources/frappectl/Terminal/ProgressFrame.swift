import FrappeModel
import Operations

/// The lines that show a tree of progress at one moment, none wider than the terminal.
struct ProgressFrame {
    let tree: ProgressTree
    let now: Double
    let columns: Int
    let style: Style

    /// - Parameter rows: at most so many lines; nil for all, when it is the last frame.
    func lines(rows: Int?) -> [String] {
        let all = render { _ in true }
        guard let rows, all.count > rows else { return all }
        for hidden in [[ProgressTree.State.waits], [.waits, .done], [.waits, .done, .skipped, .stopped]] {
            let shorter = render { !hidden.contains($0.state) }
            if shorter.count <= rows { return shorter }
        }
        let shortest = render { [.runs, .failed].contains($0.state) }
        guard shortest.count > rows else { return shortest }
        return Array(shortest.prefix(max(0, rows - 1))) + [style("  …", .faint)].suffix(rows)
    }

    private func render(_ isShown: (ProgressTree.Line) -> Bool) -> [String] {
        var result: [String] = []
        if let waiting = tree.waiting {
            result.append(style(TextWidth.fit(TextWidth.plain(waiting), columns), .warning))
        }
        for group in groups {
            let lines = tree.lines.filter { $0.group == group }
            if !group.isEmpty { result.append(head(group, lines)) }
            result += lines.filter(isShown).map { text($0, indent: group.isEmpty ? "" : "  ") }
            let hidden = lines.filter { !isShown($0) }
            if !hidden.isEmpty { result.append(summary(hidden)) }
        }
        return result
    }

    /// What is prepared, then what benches share, then each bench.
    private var groups: [String] {
        let names = Set(tree.lines.map(\.group))
        let first = ["", ProgressTree.host].filter(names.contains)
        return first + names.subtracting(first).sorted()
    }

    private func head(_ group: String, _ lines: [ProgressTree.Line]) -> String {
        let elapsed = Quantity.duration((tree.endedAt ?? now) - (tree.startedAt ?? now))
        let done = lines.count { $0.state == .done }
        let health = tree.observed[group]
        let state = health.map { "\($0.healthy) of \($0.expected) healthy" } ?? "\(done) of \(lines.count) done"
        let isWell = health.map { $0.healthy == $0.expected } ?? (done == lines.count)
        let title = health.map { "\(group) (\($0.tag), \(Quantity.count($0.sites, "site")))" } ?? group
        let right = TextWidth.pad(state, TextWidth.columns(state) + 2) + TextWidth.pad(elapsed, 8, right: true)
        let room = max(0, min(columns, 78) - TextWidth.columns(right) - 1)
        let left = TextWidth.pad(TextWidth.plain(title), room)
        let tone: Style.Tone = lines.contains { $0.state == .failed } ? .bad : isWell ? .good : .strong
        return style(left, .strong) + " " + style(TextWidth.fit(right, max(0, columns - room - 1)), tone)
    }

    private var subjectWidth: Int {
        let longest = tree.lines.map { TextWidth.columns($0.subject) }.max() ?? 0
        return min(max(longest, 14), max(8, columns / 2 - 4))
    }

    private func text(_ line: ProgressTree.Line, indent: String) -> String {
        let subject = indent + TextWidth.pad(TextWidth.plain(line.subject), subjectWidth + 2 - indent.count)
        let took = line.startedAt == nil && line.seconds == 0 ? "" : Quantity.duration(line.elapsed(at: now))
        let time = took.isEmpty && line.text.isEmpty ? "" : TextWidth.pad(took, 8, right: true)
        let used = TextWidth.columns(subject) + 2 + 10 + time.count + 2
        let rest = TextWidth.fit(TextWidth.plain(line.text), max(0, columns - used))
        let word = style(time.isEmpty ? line.word : TextWidth.pad(line.word, 10), Self.tone(line.state))
        let whole = subject + "  " + word + time + (rest.isEmpty ? "" : "  " + style(rest, .faint))
        return used - 2 <= columns ? whole : style(TextWidth.fit(subject + "  " + line.word, columns), .faint)
    }

    private static func tone(_ state: ProgressTree.State) -> Style.Tone {
        switch state {
        case .waits, .skipped: .faint
        case .runs: .strong
        case .done: .good
        case .failed: .bad
        case .stopped: .warning
        }
    }

    /// `= 9 done, 3 wait`: what there is no room for.
    private func summary(_ lines: [ProgressTree.Line]) -> String {
        let counts: [(ProgressTree.State, String)] = [
            (.done, "done"), (.waits, "wait"), (.skipped, "skipped"), (.stopped, "stopped"),
        ]
        let words = counts.compactMap { state, word in
            let count = lines.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(word)"
        }
        return style(TextWidth.fit("  = \(words.joined(separator: ", "))", columns), .faint)
    }
}
