import FrappeModel

/// Checks one value that is neither list nor map against the type of its field.
enum ValueCheck {
    static func check(_ value: ManifestValue, is type: FieldType) throws(Complaint) {
        switch type {
        case .map, .namedMap, .textMap, .secretMap, .base64Map, .list: throw expected(type, value)
        case .anything: return
        case .bool: guard case .bool = value else { throw expected(type, value) }
        case .integer(let range): try checkInteger(value, range, type)
        case .cpu: _ = try Amount.milliCPU(amount(value, type))
        case .memory(let least): try checkMemory(value, least, type)
        case .portRange where value.isMap: try checkPorts(value)
        default:
            guard let text = value.string else {
                let hint = value["type"]?.string.map { ". Write \(SafeText.plain($0, limit: 60)) itself" } ?? ""
                throw Complaint(expected(type, value).message + hint)
            }
            try checkText(text, type)
        }
    }

    static func expected(_ type: FieldType, _ value: ManifestValue) -> Complaint {
        Complaint("expected \(type.words), found \(value.words)")
    }

    private static func checkInteger(
        _ value: ManifestValue, _ range: ClosedRange<Int>, _ type: FieldType
    ) throws(Complaint) {
        if let text = value.string, Int(text) != nil {
            throw Complaint("expected a whole number, found \(SafeText.quoted(text)): leave out the quotes")
        }
        guard case .integer(let number) = value else { throw expected(type, value) }
        guard !range.contains(number) else { return }
        if range.count == 1 { throw Complaint("\(number) is not possible: it is always \(range.lowerBound)") }
        throw Complaint("\(number) is out of range (\(range.lowerBound) to \(range.upperBound))")
    }

    private static func amount(_ value: ManifestValue, _ type: FieldType) throws(Complaint) -> String {
        guard let text = value.amountText else { throw expected(type, value) }
        return text
    }

    private static func checkMemory(_ value: ManifestValue, _ least: Int, _ type: FieldType) throws(Complaint) {
        let text = try amount(value, type)
        let bytes = try Amount.bytes(text)
        guard bytes >= least else {
            throw Complaint("\(SafeText.quoted(text)) is too little: at least \(least >> 20)Mi")
        }
    }

    private static func checkText(_ text: String, _ type: FieldType) throws(Complaint) {
        switch type {
        case .choice(let words, let refused): try checkChoice(text, words, refused)
        case .dnsName: try Names.checkSite(text)
        case .dnsPattern: try Names.checkPattern(text)
        case .domainSuffix: try Names.checkSuffix(text)
        case .label: try Names.checkLabel(text)
        case .objectName: try Names.checkObject(text)
        case .appName: try Names.checkApp(text)
        case .imageRepository: try ImageNames.checkRepository(text)
        case .imageTag: try ImageNames.checkTag(text)
        case .image: try ImageNames.check(text)
        case .jsonNames: _ = try JSONNames.read(text)
        case .portRange: _ = try Ports.read(text)
        case .network(let prefixes): try checkNetwork(text, prefixes)
        case .address: try checkAddress(text)
        case .source: try Sources.check(text)
        case .directory: try checkPath(text, "directory (such as /home/frappe)")
        case .file: try checkPath(text, "file (such as /etc/ssl/our-ca.pem)")
        case .email: try Addresses.checkEmail(text)
        case .secureURL: try Addresses.checkSecureURL(text)
        default: return
        }
    }

    private static func checkChoice(
        _ text: String, _ words: [String], _ refused: [String: String]
    ) throws(Complaint) {
        if let reason = refused[text] { throw Complaint(reason) }
        guard !words.contains(text) else { return }
        let usable = words.filter { refused[$0] == nil }
        let hint = Suggestion.hint(for: text, among: words)
        throw Complaint("\(SafeText.quoted(text)) is not one of \(usable.joined(separator: ", ")).\(hint)")
    }

    private static func checkNetwork(_ text: String, _ prefixes: ClosedRange<Int>) throws(Complaint) {
        guard let network = IPv4Network(text), network.description == text else {
            throw Complaint("\(SafeText.quoted(text)) is not a network (such as 10.217.0.0/16, host bits zero)")
        }
        guard prefixes.contains(network.prefix) else {
            throw Complaint("/\(network.prefix) is out of range (/\(prefixes.lowerBound) to /\(prefixes.upperBound))")
        }
    }

    private static func checkAddress(_ text: String) throws(Complaint) {
        guard text != "::", IPv4Network.parseAddress(text).map(IPv4Network.dotted) != text else { return }
        throw Complaint(
            "\(SafeText.quoted(text)) is not an IPv4 address (such as 127.0.0.1, 0.0.0.0 for all, :: for IPv6 as well)")
    }

    private static func checkPath(_ text: String, _ what: String) throws(Complaint) {
        let parts = text.split(separator: "/")
        let isClean =
            !parts.contains("..") && !parts.contains(".") && text.unicodeScalars.allSatisfy(SafeText.isPrintable)
        guard text.hasPrefix("/"), !parts.isEmpty, isClean else {
            throw Complaint("\(SafeText.quoted(text)) is not the path of a \(what)")
        }
    }

    private static func checkPorts(_ value: ManifestValue) throws(Complaint) {
        guard let entries = value.entries, Set(entries.map(\.key)) == ["from", "to"],
            case .integer(let from)? = value["from"], case .integer(let to)? = value["to"]
        else { throw Complaint("expected from and to, two whole numbers") }
        _ = try Ports.range(from, to)
    }
}

/// Ranges of ports such as `21000-21999`.
enum Ports {
    static func read(_ value: ManifestValue) -> ClosedRange<Int>? {
        if let text = value.string { return try? read(text) }
        guard case .integer(let from)? = value["from"], case .integer(let to)? = value["to"] else { return nil }
        return try? range(from, to)
    }

    static func read(_ text: String) throws(Complaint) -> ClosedRange<Int> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let from = ends[0], let to = ends[1] else {
            throw Complaint("\(SafeText.quoted(text)) is not a range of ports (such as 21000-21999)")
        }
        return try range(from, to)
    }

    static func range(_ from: Int, _ to: Int) throws(Complaint) -> ClosedRange<Int> {
        guard (1024...65_535).contains(from), (from...65_535).contains(max(to, from)), to <= 65_535, from <= to else {
            throw Complaint("\(from)-\(to) is not a range of ports (1024 to 65535, the lower first)")
        }
        return from...to
    }
}

/// Names in a JSON list inside a text, such as `'["erpnext", "hrms"]'`.
enum JSONNames {
    static func read(_ text: String) throws(Complaint) -> [String] {
        let complaint = Complaint("\(SafeText.quoted(text)) is not a JSON list of names (such as '[\"erpnext\"]')")
        var composer = YAMLComposer(text: text, firstLine: 1, weightLeft: 1000)
        guard text.first == "[", let root = try? composer.root(), case .list(let items) = root.content else {
            throw complaint
        }
        var names: [String] = []
        for item in items {
            guard let name = item.text else { throw complaint }
            try Names.checkApp(name)
            names.append(name)
        }
        return names
    }
}

extension ManifestValue {
    var entries: [Entry]? { if case .map(let entries) = self { entries } else { nil } }

    var items: [ManifestValue]? { if case .list(let items) = self { items } else { nil } }

    var isMap: Bool { entries != nil }

    /// A number or text that may be an amount.
    var amountText: String? {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let value): value
        case .null, .bool, .list, .map: nil
        }
    }

    /// What was found instead of what was expected.
    var words: String {
        switch self {
        case .null: "nothing"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): SafeText.quoted(value)
        case .list: "a list"
        case .map: "a map"
        }
    }
}
