import ManifestParsing

/// The last gate before a terminal: whatever a field that is printed may hold, no terminal acts on it.
enum ShownText {
    /// Line ends stay, colours of ours where they are wanted; everything else is escaped.
    static func text(_ text: String, colours: Bool) -> String {
        let parts = text.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        guard colours, parts.count > 1 else { return SafeText.lines(text) }
        var shown = SafeText.lines(String(parts[0]))
        for part in parts.dropFirst() {
            let code = part.prefix(4).prefix { $0 != "m" }
            let sequence = "\u{1B}\(code)m"
            if part.dropFirst(code.count).first == "m", Style.sequences.contains(sequence) {
                shown += sequence + SafeText.lines(String(part.dropFirst(code.count + 1)))
            } else {
                shown += "\\e" + SafeText.lines(String(part))
            }
        }
        return shown
    }

    /// JSON in which what a terminal would act on is written as `\u`, so that it means the same.
    static func json(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) { return text }
        return text.unicodeScalars.reduce(into: "") { shown, scalar in
            if scalar == "\n" || SafeText.isPrintable(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
    }
}
