import FrappeModel

/// The annotations of a site's ingress that mean something here; as ingress-nginx names and words them.
enum Annotations {
    static let prefix = "nginx.ingress.kubernetes.io/"
    static let strictTransport = "frappectl.dev/hsts-max-age"

    static let names =
        [
            "proxy-body-size", "proxy-read-timeout", "proxy-send-timeout", "whitelist-source-range", "limit-rps",
            "ssl-redirect",
        ].map { prefix + $0 } + [strictTransport]

    /// False where the annotation is none of these.
    static func read(_ name: String, _ text: String, into ingress: inout SiteIngress) throws(Complaint) -> Bool {
        if name == strictTransport {
            ingress.strictTransportSeconds = try number(text, 0...63_072_000, "seconds")
            return true
        }
        guard name.hasPrefix(prefix) else { return false }
        switch name.dropFirst(prefix.count) {
        case "proxy-body-size": ingress.bodySize = try bytes(text)
        case "proxy-read-timeout": ingress.readTimeout = try number(text, 1...3600, "seconds")
        case "proxy-send-timeout": ingress.sendTimeout = try number(text, 1...3600, "seconds")
        case "whitelist-source-range": ingress.sources = try sources(text)
        case "limit-rps": ingress.requestsPerSecond = try number(text, 1...100_000, "requests a second")
        case "ssl-redirect": ingress.redirectsToHTTPS = try flag(text)
        default: return false
        }
        return true
    }

    /// `100m`, `1g`, `512k`, plain bytes, or `0` for any number.
    private static func bytes(_ text: String) throws(Complaint) -> Int {
        let units: [Character: Int] = ["k": 10, "m": 20, "g": 30]
        let lowered = text.lowercased()
        let shift = lowered.last.flatMap { units[$0] }
        let digits = shift == nil ? lowered[...] : lowered.dropLast()
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), number <= 1 << 30,
            number << (shift ?? 0) <= 1 << 42
        else { throw Complaint("\(SafeText.quoted(text)) is not a size (such as 100m or 1g; 0 for any)") }
        return number << (shift ?? 0)
    }

    private static func number(
        _ text: String, _ range: ClosedRange<Int>, _ unit: String
    ) throws(Complaint) -> Int {
        let digits = text.hasSuffix("s") && unit == "seconds" ? text.dropLast() : text[...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), range.contains(number) else {
            throw Complaint(
                "\(SafeText.quoted(text)) is not a whole number of \(unit) (\(range.lowerBound) to \(range.upperBound))"
            )
        }
        return number
    }

    private static func flag(_ text: String) throws(Complaint) -> Bool {
        guard let flag = Bool(text) else { throw Complaint("\(SafeText.quoted(text)) is not \"true\" or \"false\"") }
        return flag
    }

    private static func sources(_ text: String) throws(Complaint) -> [String] {
        var sources: [String] = []
        for part in text.split(separator: ",") {
            let source = String(part.drop { $0 == " " }.prefix { $0 != " " })
            try Sources.check(source)
            sources.append(source)
        }
        guard !sources.isEmpty else { throw Complaint("names nobody: leave it out to let everybody in") }
        return sources
    }
}
