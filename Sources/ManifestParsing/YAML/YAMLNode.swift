/// One value of a YAML document with its place; aliases and merge keys are resolved.
struct YAMLNode {
    indirect enum Content {
        case scalar(YAMLScalar)
        case list([YAMLNode])
        case map([Field])
    }

    /// A key and its value.
    struct Field {
        var key: String
        var keyMark: YAMLMark
        var value: YAMLNode
    }

    var content: Content
    var mark: YAMLMark
    /// How many nodes it stands for, itself included.
    var weight = 1

    /// An empty value, or the word for it.
    var isNull: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.isPlain && PlainScalar(scalar.text) == .null
    }

    subscript(key: String) -> YAMLNode? {
        guard case .map(let fields) = content else { return nil }
        return fields.first { $0.key == key }?.value
    }
}

/// What an unquoted scalar means by the rules that YAML 1.2 and Kubernetes have in common.
enum PlainScalar: Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default: self = PlainScalar.numeral(text) ?? .text
        }
    }

    /// Words that YAML 1.1 readers take for a truth value.
    static func spokenBool(_ text: String) -> Bool? {
        switch text {
        case "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": true
        case "no", "No", "NO", "off", "Off", "OFF", "n", "N": false
        default: nil
        }
    }

    private static func numeral(_ text: String) -> PlainScalar? {
        guard text.utf8.count <= 64, let first = text.utf8.first, startsNumber.contains(first) else { return nil }
        if isWhole(text), let value = Int(text) { return .integer(value) }
        guard isDecimal(text), let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }

    private static let startsNumber = Set("+-.0123456789".utf8)

    /// `0`, or a sign and digits that do not begin with 0: leading zeros are octal to some readers.
    private static func isWhole(_ text: String) -> Bool {
        let digits = unsigned(text)
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return false }
        return digits.count == 1 || digits.first != UInt8(ascii: "0")
    }

    private static func isDecimal(_ text: String) -> Bool {
        let parts = unsigned(text).split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 | 0x20 == UInt8(ascii: "e")
        }
        guard let mantissa = parts.first else { return false }
        let digits = mantissa.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard digits.count <= 2, digits.contains(where: { !$0.isEmpty }), digits.joined().allSatisfy(isDigit)
        else { return false }
        if let whole = digits.first, whole.count > 1, whole.first == UInt8(ascii: "0") { return false }
        guard parts.count == 2 else { return true }
        let exponent = unsigned(parts[1])
        return !exponent.isEmpty && exponent.allSatisfy(isDigit)
    }

    private static func unsigned(_ text: String) -> ArraySlice<UInt8> { unsigned(Array(text.utf8)[...]) }

    private static func unsigned(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-") ? text.dropFirst() : text
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
