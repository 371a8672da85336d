import FrappeModel

/// Turns nodes into manifest values and notes where each field and key was written.
struct ValueConversion {
    let file: String
    private(set) var locations: [String: SourceLocation] = [:]
    private(set) var problems: [ManifestProblem] = []

    init(file: String) {
        self.file = file
    }

    func location(_ mark: YAMLMark) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    mutating func value(of node: YAMLNode, at path: String, schema: SchemaNode?) -> ManifestValue {
        guard path.utf8.count <= ManifestLimits.pathLength else {
            let message = "nested too deeply, or with too long keys"
            problems.append(.init(severity: .error, location: location(node.mark), path: "", message: message))
            return .null
        }
        locations[path] = location(node.mark)
        switch node.content {
        case .scalar(let scalar): return value(of: scalar, type: schema?.field.type)
        case .list(let items):
            return .list(items.enumerated().map { value(of: $1, at: "\(path)[\($0)]", schema: schema?.item) })
        case .map(let fields): return .map(fields.map { entry(for: $0, below: path, schema: schema) })
        }
    }

    private mutating func entry(
        for field: YAMLNode.Field, below path: String, schema: SchemaNode?
    ) -> ManifestValue.Entry {
        let path = path.isEmpty ? field.key : "\(path).\(field.key)"
        locations[ManifestDocument.keyPath(path)] = location(field.keyMark)
        let child = schema.flatMap { $0.field.type.textValues ?? $0.child(field.key) }
        return .init(key: field.key, value: value(of: field.value, at: path, schema: child))
    }

    /// What a scalar means where `type` is expected: `frappeVersion: 15` is text, `enabled: yes` a truth value.
    private func value(of scalar: YAMLScalar, type: FieldType?) -> ManifestValue {
        guard scalar.isPlain else { return .string(scalar.text) }
        let plain = PlainScalar(scalar.text)
        if type?.isTextual == true, plain != .null { return .string(scalar.text) }
        if type == .bool, let spoken = PlainScalar.spokenBool(scalar.text) { return .bool(spoken) }
        // A cluster takes an amount with decimals as text alone.
        if case .number = plain, type?.isAmount == true { return .string(scalar.text) }
        return switch plain {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .text: .string(scalar.text)
        }
    }
}

extension FieldType {
    /// The schema of the values of a map of texts.
    fileprivate var textValues: SchemaNode? {
        switch self {
        case .textMap, .secretMap, .base64Map: .text
        default: nil
        }
    }
}

extension SchemaNode {
    /// A field that holds text.
    static let text = SchemaNode(leaf: FieldSchema("", .text, "Text."))
}

extension ManifestDocument {
    /// Under which `locations` has the place of a field's key, beside that of its value.
    static func keyPath(_ path: String) -> String { "\(path):" }

    /// Where the value at `path` was written, or else what is around it.
    package func location(of path: String) -> SourceLocation {
        locations[path] ?? locationOfKey(path)
    }

    /// Where the key at `path` was written, or else what is around it.
    package func locationOfKey(_ path: String) -> SourceLocation {
        var path = path
        while true {
            if let place = locations[ManifestDocument.keyPath(path)] { return place }
            if path.hasSuffix("]"), let place = locations[path] { return place }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            path = String(path[..<end])
        }
        return locations[""] ?? SourceLocation(file: "stored \(key)", line: 0, column: 0)
    }
}
