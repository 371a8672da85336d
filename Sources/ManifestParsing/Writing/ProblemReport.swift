import FrappeModel

/// Problems as lines for a terminal.
package enum ProblemReport {
    /// So many lines at most; the rest is counted.
    private static let longest = 100

    /// One line for each problem; with errors, a last one that counts them and says what to run next.
    package static func text(_ problems: [ManifestProblem], documents: [ManifestDocument] = []) -> String {
        let shown = problems.filter { $0.severity == .error } + problems.filter { $0.severity == .warning }
        let visible = shown.prefix(longest)
        let width = visible.map { place($0.location).count }.max() ?? 0
        var lines = problems.count > longest ? visible.map { line($0, width) } : problems.map { line($0, width) }
        if shown.count > longest { lines.append("... and \(shown.count - longest) more") }
        if let last = summary(problems, documents) { lines.append(last) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func line(_ problem: ManifestProblem, _ width: Int) -> String {
        let place = place(problem.location)
        let padded = place + String(repeating: " ", count: width - place.count)
        let path = problem.path.isEmpty ? "" : SafeText.plain(problem.path, limit: 120) + "   "
        let severity = problem.severity == .warning ? "warning: " : ""
        return "\(padded) \(path)\(severity)\(SafeText.plain(problem.message, limit: 600))"
    }

    /// `file:line:column`, without numbers where a line is not known.
    private static func place(_ location: SourceLocation) -> String {
        let file = SafeText.plain(location.file, limit: 200)
        return location.line > 0 ? "\(file):\(location.line):\(location.column)" : file
    }

    private static func summary(_ problems: [ManifestProblem], _ documents: [ManifestDocument]) -> String? {
        let errors = problems.filter { $0.severity == .error }
        guard let first = errors.first else { return nil }
        let count = Quantity.count(errors.count, "problem")
        let kind = documents.filter { isBefore($0.location(of: ""), first.location) }.last?.key.kind ?? .bench
        return "\(count), nothing was changed. Fields and examples: frappectl explain \(kind.rawValue)"
    }

    private static func isBefore(_ start: SourceLocation, _ place: SourceLocation) -> Bool {
        start.file == place.file && (start.line, start.column) <= (place.line, place.column)
    }
}
