import FoundationEssentials

/// A moment as the Engine writes it, to the nanosecond.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let nanosecondsSinceEpoch: Int64

    package init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// What is beyond the ends of time, in 1677 and 2262, is at them.
    package init(_ date: Date) {
        let nanoseconds = (date.timeIntervalSince1970 * 1e9).rounded()
        nanosecondsSinceEpoch = nanoseconds > -9.2e18 ? Int64(min(nanoseconds, 9.2e18)) : Int64(-9.2e18)
    }

    /// Whole seconds, which may be any that an Engine says.
    init(secondsSinceEpoch seconds: Int64) {
        nanosecondsSinceEpoch = max(-9_200_000_000, min(seconds, 9_200_000_000)) * 1_000_000_000
    }

    package var date: Date { Date(timeIntervalSince1970: Double(nanosecondsSinceEpoch) / 1e9) }

    /// "1700000000.000000123", as `since` and `until` take it.
    package var seconds: String {
        let digits = String(nanosecondsSinceEpoch % 1_000_000_000)
        let padding = String(repeating: "0", count: max(0, 9 - digits.count))
        return "\(nanosecondsSinceEpoch / 1_000_000_000).\(padding)\(digits)"
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }

    /// Reads "2024-05-01T10:20:30.123456789Z" or with an offset; nil for anything else, and for the Engine's
    /// "0001-01-01T00:00:00Z", which means never.
    package init?(rfc3339 text: some StringProtocol) {
        var scanner = DigitScanner(text)
        guard
            let year = scanner.number(4, then: "-"), let month = scanner.number(2, then: "-"),
            let day = scanner.number(2, then: "T"), let hour = scanner.number(2, then: ":"),
            let minute = scanner.number(2, then: ":"), let second = scanner.number(2, then: nil),
            let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd,
            (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset
        nanosecondsSinceEpoch = seconds * 1_000_000_000 + fraction
    }

    /// Days since 1970-01-01 in the Gregorian calendar: years run from March, so that leap days come last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

/// Reads numbers of fixed width from the front of a text.
private struct DigitScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) {
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ width: Int, then separator: Character?) -> Int64? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(width)
        if let separator, !skip(separator) { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Nanoseconds after a dot; 0 without one.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return (digits + Array(repeating: 0x30, count: 9 - digits.count)).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Seconds east of Greenwich.
    mutating func offset() -> Int64? {
        if skip("Z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2, then: ":"), let minutes = number(2, then: nil) else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }
}
