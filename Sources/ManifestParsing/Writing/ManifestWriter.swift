import FrappeModel

/// Writes documents as YAML that every reader takes for the same values.
package enum ManifestWriter {
    /// The documents in the order given, separated by `---`; keys keep their order.
    package static func yaml(_ documents: [ManifestDocument]) -> String {
        documents.map { yaml($0.value) }.joined(separator: "---\n")
    }

    /// One value as the text of a document.
    package static func yaml(_ value: ManifestValue) -> String {
        var text = ""
        write(value, indent: 0, to: &text)
        return text
    }

    private static func write(_ value: ManifestValue, indent: Int, to text: inout String) {
        switch value {
        case .map(let entries) where !entries.isEmpty:
            for entry in entries { write(entry, indent: indent, to: &text) }
        case .list(let items) where !items.isEmpty:
            for item in items { writeItem(item, indent: indent, to: &text) }
        default: text += spaces(indent) + inline(value, indent: indent) + "\n"
        }
    }

    private static func write(_ entry: ManifestValue.Entry, indent: Int, to text: inout String) {
        text += spaces(indent) + ScalarText.key(entry.key) + ":"
        switch entry.value {
        case .map(let entries) where !entries.isEmpty:
            text += "\n"
            write(entry.value, indent: indent + 2, to: &text)
        case .list(let items) where !items.isEmpty:
            text += "\n"
            write(entry.value, indent: indent, to: &text)
        default: text += " " + inline(entry.value, indent: indent + 2) + "\n"
        }
    }

    /// An item whose first line follows the hyphen.
    private static func writeItem(_ item: ManifestValue, indent: Int, to text: inout String) {
        var block = ""
        write(item, indent: indent + 2, to: &block)
        text += spaces(indent) + "- " + block.dropFirst(indent + 2)
    }

    private static func inline(_ value: ManifestValue, indent: Int) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? String(value) : "null"
        case .string(let value): ScalarText.value(value, indent: indent)
        case .list: "[]"
        case .map: "{}"
        }
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

/// Texts as YAML scalars: bare where nobody can misread them, else in quotes or as a block of lines.
enum ScalarText {
    static func key(_ text: String) -> String { isBare(text) ? text : quoted(text) }

    static func value(_ text: String, indent: Int) -> String {
        if isBare(text) { return text }
        return isBlock(text) ? block(text, indent: indent) : quoted(text)
    }

    /// Letters, digits and a few signs that mean nothing in YAML, and nothing that any reader takes for another type.
    private static func isBare(_ text: String) -> Bool {
        guard let first = text.utf8.first, Names.isLetter(first) || first == UInt8(ascii: "/"), text.utf8.count <= 200
        else { return false }
        guard text.utf8.allSatisfy({ Names.isLetter($0) || Names.isDigit($0) || bareSigns.contains($0) }) else {
            return false
        }
        return PlainScalar(text) == .text && PlainScalar.spokenBool(text) == nil && !isColonEnd(text)
    }

    private static let bareSigns = Set("-_./:@+".utf8)

    private static func isColonEnd(_ text: String) -> Bool { text.utf8.last == UInt8(ascii: ":") }

    /// Several lines of printable text that keep their form in a literal block.
    private static func isBlock(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, let first = lines.first, !first.isEmpty, first.first != " " else { return false }
        guard text != "\n", !text.hasSuffix("\n\n") else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || (SafeText.isPrintable($0) && $0 != "\u{FEFF}") }
    }

    private static func block(_ text: String, indent: Int) -> String {
        let hasEnd = text.utf8.last == UInt8(ascii: "\n")
        let body = hasEnd ? text.dropLast() : text[...]
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        let margin = String(repeating: " ", count: max(indent, 2))
        return (hasEnd ? "|\n" : "|-\n") + lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { $0 += escaped($1) } + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case "\r": return "\\r"
        default:
            if SafeText.isPrintable(scalar) { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
            return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
        }
    }
}
