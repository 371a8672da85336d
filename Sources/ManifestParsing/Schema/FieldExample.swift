import FrappeModel

extension SchemaNode {
    /// The same, with what the header of this kind says.
    package func exampleLines(of kind: ManifestKind) -> [String] {
        switch field.path {
        case "apiVersion": ["apiVersion: \(ManifestSchema.apiVersions(of: kind)[0])"]
        case "kind": ["kind: \(kind.rawValue)"]
        default: exampleLines
        }
    }

    /// One example as lines of YAML: the field with a value, or with what is most needed below it.
    package var exampleLines: [String] {
        let value = field.example.isEmpty ? field.type.example : field.example
        if !value.isEmpty, field.path.hasSuffix("[]") { return [value] }
        if !field.example.isEmpty || children.isEmpty { return ["\(field.name): \(value.isEmpty ? "{}" : value)"] }
        if field.path.hasSuffix("[]") { return childLines }
        if let item {
            let lines = item.exampleLines
            let rest = lines.dropFirst().map { "    " + $0 }
            return ["\(field.name):", "  - \(lines[0])"] + rest
        }
        let below = childLines
        return field.path.isEmpty ? below : ["\(field.name):"] + below.map { "  " + $0 }
    }

    /// What is required, and else the first field that is in force.
    private var childLines: [String] {
        if let any = children.first, any.field.name == "*" {
            return ["gunicorn:"] + any.childLines.map { "  " + $0 }
        }
        let required = children.filter(\.field.isRequired)
        let first = children.first { $0.status == .inForce } ?? children.first
        return (required.isEmpty ? [first].compactMap(\.self) : required).flatMap(\.exampleLines)
    }
}

extension FieldType {
    /// A value of the type, as YAML; empty for what is made of other fields.
    var example: String {
        switch self {
        case .map, .namedMap, .list: ""
        case .textMap, .secretMap: "{team: books}"
        case .base64Map: "{password: c2VjcmV0}"
        case .anything: "{}"
        case .text: "text"
        case .bool: "true"
        case .integer(let range): "\(range.lowerBound)"
        case .choice(let words, let refused): words.first { refused[$0] == nil } ?? ""
        case .cpu: "500m"
        case .memory: "1Gi"
        case .dnsName, .dnsPattern: "one.example.com"
        case .domainSuffix: ".example.com"
        case .label, .objectName: "shop"
        case .appName: "erpnext"
        case .imageRepository: "frappe/erpnext"
        case .imageTag: "version-15"
        case .image: "redis:7"
        case .jsonNames: "'[\"erpnext\"]'"
        case .portRange: "21000-21999"
        case .network: "10.217.0.0/16"
        case .address: "0.0.0.0"
        case .source: "10.0.0.0/8"
        case .directory: "/home/frappe"
        case .file: "/etc/ssl/our-ca.pem"
        case .email: "admin@example.com"
        case .secureURL: "https://example.com/directory"
        }
    }
}
