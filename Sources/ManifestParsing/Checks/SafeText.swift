/// Text of a user made fit for a terminal: control and invisible characters are escaped, long values cut.
package enum SafeText {
    static let longest = 60

    /// `value` in double quotes, at most `longest` characters of it.
    package static func quoted(_ value: String) -> String {
        var text = "\""
        var scalars = value.unicodeScalars.makeIterator()
        for _ in 0..<longest {
            guard let scalar = scalars.next() else { return text + "\"" }
            text += quoted(scalar)
        }
        return scalars.next() == nil ? text + "\"" : text + "...\""
    }

    /// `value` with what a terminal would act on escaped, and cut after `limit` characters.
    package static func plain(_ value: String, limit: Int = 400) -> String {
        var text = ""
        var scalars = value.unicodeScalars.makeIterator()
        for _ in 0..<limit {
            guard let scalar = scalars.next() else { return text }
            text += escaped(scalar)
        }
        return scalars.next() == nil ? text : text + "..."
    }

    /// What was typed or found where a name belongs, cut where it is too long for one.
    package static func word(_ value: String) -> String { plain(value, limit: 80) }

    /// Several lines: line ends stay, and everything else that a terminal would act on is escaped.
    package static func lines(_ value: String) -> String {
        value.utf8.allSatisfy(isPlain) ? value : value.unicodeScalars.reduce(into: "") { $0 += line($1) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) || byte == 0x0A }

    private static func line(_ scalar: Unicode.Scalar) -> String { scalar == "\n" ? "\n" : escaped(scalar) }

    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        default: escaped(scalar)
        }
    }

    package static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{1B}": "\\e"
        default: isPrintable(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }

    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
