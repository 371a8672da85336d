/// What is wrong with a value, in words that follow its path.
struct Complaint: Error, Equatable {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}

/// Amounts of CPU and memory in the notation of Kubernetes.
package enum Amount {
    /// Thousandths of a core.
    static func milliCPU(_ text: String) throws(Complaint) -> Int {
        let complaint = Complaint("\(SafeText.quoted(text)) is not an amount of CPU (such as 100m, 0.5 or 2)")
        guard let parts = Parts(text), let unit = cpuUnits[parts.suffix] else { throw complaint }
        guard let value = parts.times(unit), value > 0 else {
            throw Complaint("\(SafeText.quoted(text)) is out of range (1m to 1000)")
        }
        guard value <= 1_000_000 else { throw Complaint("\(SafeText.quoted(text)) is more CPU than a host has") }
        return value
    }

    static func bytes(_ text: String) throws(Complaint) -> Int {
        guard let parts = Parts(text) else { throw notMemory(text) }
        if parts.suffix == "m" {
            throw Complaint("\(SafeText.quoted(text)) is less than a byte each. Did you mean \(parts.number)Mi?")
        }
        guard let unit = memoryUnits[parts.suffix] else { throw notMemory(text, parts) }
        guard let value = parts.times(unit) else { throw Complaint("\(SafeText.quoted(text)) is too much memory") }
        return value
    }

    /// `4gb` as Redis writes it, which the operator's examples do; nil for anything else.
    static func redisBytes(_ text: String) -> (bytes: Int, written: String)? {
        guard let parts = Parts(text), let unit = ["kb": "Ki", "mb": "Mi", "gb": "Gi"][parts.suffix.lowercased()],
            let factor = memoryUnits[unit], let value = parts.times(factor)
        else { return nil }
        return (value, parts.number + unit)
    }

    private static func notMemory(_ text: String, _ parts: Parts? = nil) -> Complaint {
        let message = "\(SafeText.quoted(text)) is not an amount of memory (such as 256Mi, 1Gi or 1G)"
        guard let parts, let first = parts.suffix.uppercased().first, "KMGT".contains(first) else {
            return Complaint(message)
        }
        return Complaint("\(message). Did you mean \(parts.number)\(first)i?")
    }

    /// What to multiply with, and what to divide by.
    private struct Unit {
        var factor = 1
        var divisor = 1
    }

    private static let cpuUnits: [String: Unit] = [
        "": .init(factor: 1000), "m": .init(), "u": .init(divisor: 1000), "n": .init(divisor: 1_000_000),
        "k": .init(factor: 1_000_000),
    ]

    private static let memoryUnits: [String: Unit] = {
        var units = ["": Unit()]
        for (power, letter) in ["k", "M", "G", "T", "P"].enumerated() {
            units[letter] = Unit(factor: (0...power).reduce(1) { product, _ in product * 1000 })
            units[(letter == "k" ? "K" : letter) + "i"] = Unit(factor: 1 << (10 * (power + 1)))
        }
        return units
    }()

    /// A decimal number and the letters after it.
    private struct Parts {
        /// The number as written.
        let number: String
        let suffix: String
        private var mantissa = 0
        private var divisor = 1

        init?(_ text: String) {
            guard text.utf8.count <= 32, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            let body = text.hasPrefix("+") ? text.dropFirst() : text[...]
            let digits = body.prefix { $0.isNumber || $0 == "." }
            number = String(digits)
            let rest = String(body.dropFirst(digits.count))
            let exponent = Parts.exponent(rest)
            suffix = exponent == nil ? rest : ""
            guard read(digits), exponent.map({ shift($0) }) ?? true else { return nil }
        }

        private mutating func read(_ digits: Substring) -> Bool {
            let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
            guard halves.count <= 2, let whole = halves.first, let value = Int(halves.joined()) else { return false }
            mantissa = value
            let decimals = halves.count == 2 ? halves[1].count : 0
            guard !(whole.isEmpty && decimals == 0), decimals <= 12 else { return false }
            divisor = (0..<decimals).reduce(1) { product, _ in product * 10 }
            return true
        }

        /// The power of ten after `e` or `E`; nil where that is no exponent.
        private static func exponent(_ text: String) -> Int? {
            guard text.first == "e" || text.first == "E" else { return nil }
            return Int(text.dropFirst())
        }

        private mutating func shift(_ power: Int) -> Bool {
            guard (0...15).contains(power) else { return false }
            for _ in 0..<power {
                let (value, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                guard !overflow else { return false }
                mantissa = value
            }
            return true
        }

        /// The amount in the unit, rounded up; nil beyond what fits.
        func times(_ unit: Unit) -> Int? {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: unit.factor)
            let (whole, tooSmall) = divisor.multipliedReportingOverflow(by: unit.divisor)
            guard !overflow, !tooSmall else { return nil }
            let (sum, over) = product.addingReportingOverflow(whole - 1)
            return over ? nil : sum / whole
        }
    }
}
