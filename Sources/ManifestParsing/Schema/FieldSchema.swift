/// What a field may hold.
package enum FieldType: Hashable, Sendable {
    /// Named fields, each with an entry of its own below this path.
    case map
    /// Free keys whose values follow the entry `path.*`.
    case namedMap
    /// Items that follow the entry `path[]`.
    case list
    /// Free keys with text values.
    case textMap
    /// Free keys with text values that are never shown.
    case secretMap
    /// As `secretMap`, in base64.
    case base64Map
    /// Whatever it is, it is kept and not looked at.
    case anything
    case text
    case bool
    case integer(ClosedRange<Int>)
    /// One of these words; those in `refused` are known but not supported, with what to say.
    case choice([String], refused: [String: String] = [:])
    case cpu
    /// Bytes, at least so many.
    case memory(atLeast: Int)
    case dnsName
    /// A DNS name, or `*.` and one.
    case dnsPattern
    /// `.example.com`, with or without the first dot.
    case domainSuffix
    /// A name of at most 63 letters, digits and hyphens.
    case label
    /// Labels with dots between them.
    case objectName
    case appName
    case imageRepository
    case imageTag
    case image
    /// Names as a JSON list in a text.
    case jsonNames
    /// `21000-21999`, or a map of `from` and `to`.
    case portRange
    /// An IPv4 network whose prefix is within the range.
    case network(ClosedRange<Int>)
    /// An IPv4 address, or `::` for all of IPv4 and IPv6.
    case address
    /// An address or a network, of IPv4 or IPv6.
    case source
    case directory
    case file
    case email
    /// Of a service that is reached over TLS alone.
    case secureURL

    /// Whether an unquoted number or word is kept as it was written.
    var isTextual: Bool {
        switch self {
        case .map, .namedMap, .list, .textMap, .secretMap, .base64Map, .anything, .bool, .integer, .cpu, .memory: false
        case .text, .choice, .dnsName, .dnsPattern, .domainSuffix, .label, .objectName, .appName, .imageRepository,
            .imageTag, .image, .jsonNames, .portRange, .network, .address, .source, .directory,
            .file, .email, .secureURL:
            true
        }
    }

    /// CPU or memory.
    var isAmount: Bool {
        switch self {
        case .cpu, .memory: true
        default: false
        }
    }

    /// The type in words, as in "expected a whole number".
    package var words: String {
        switch self {
        case .map, .namedMap, .textMap, .secretMap, .base64Map: "a map (lines of key: value)"
        case .list: "a list (lines that begin with \"- \")"
        case .anything: "anything"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .choice(let words, _): "one of \(words.joined(separator: ", "))"
        case .cpu: "an amount of CPU such as 100m, 0.5 or 2"
        case .memory: "an amount of memory such as 256Mi or 1Gi"
        case .dnsName, .domainSuffix: "a DNS name"
        case .dnsPattern: "a DNS name, or *. and one"
        case .label, .objectName, .appName: "a name"
        case .imageRepository: "an image name without a tag"
        case .imageTag: "an image tag"
        case .image: "an image such as mariadb:10.11"
        case .jsonNames: "a JSON list in quotes, such as '[\"erpnext\"]'"
        case .portRange: "a range of ports such as 21000-21999"
        case .network: "a network such as 10.217.0.0/16"
        case .address: "an IPv4 address, or ::"
        case .source: "an address or a network such as 10.0.0.0/8"
        case .directory: "the path of a directory"
        case .file: "the path of a file"
        case .email: "an address such as admin@example.com"
        case .secureURL: "a URL that begins with https://"
        case .text: "text"
        }
    }
}

/// One field of a kind: the validator, `explain` and the documentation all read this.
package struct FieldSchema: Hashable, Sendable {
    package enum Status: Hashable, Sendable {
        case inForce
        /// Accepted and kept; comes later.
        case notYet
        /// Accepted; has nothing to act on here.
        case meaningless
        /// An error, with what to write instead.
        case refused(String)

        /// What writing the field does here.
        package var words: String {
            switch self {
            case .inForce: "in force"
            case .notYet: "accepted, not yet in force"
            case .meaningless: "means nothing on one host"
            case .refused(let reason): "refused: \(reason)"
            }
        }

        /// The same, as it is told to who wrote it.
        var warning: String { self == .meaningless ? "\(words); ignored" : words }
    }

    /// Dotted, with `[]` for the items of a list and `*` for free keys: `spec.apps[].name`.
    package var path: String
    package var type: FieldType
    /// One sentence.
    package var meaning: String
    package var example: String
    /// The value in words when nothing is written; empty for none.
    package var defaultText: String
    package var isRequired: Bool
    package var status: Status
    /// The value that asks for what happens anyway, so that it needs no warning.
    package var quietValue: String?

    init(
        _ path: String, _ type: FieldType, _ meaning: String, example: String = "", default defaultText: String = "",
        required: Bool = false, status: Status = .inForce, quiet: String? = nil
    ) {
        self.path = path
        self.type = type
        self.meaning = meaning
        self.example = example
        self.defaultText = defaultText
        self.isRequired = required
        self.status = status
        self.quietValue = quiet
    }

    /// The last part of the path.
    package var name: String { String(path.split(separator: ".").last ?? "") }
}
