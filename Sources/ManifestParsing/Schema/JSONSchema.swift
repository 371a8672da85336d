import FrappeModel

extension ManifestSchema {
    /// What editors check a manifest against while it is written: JSON Schema, draft 7, of all kinds.
    package static var jsonSchema: ManifestValue {
        let kinds = ManifestKind.allCases
        return object([
            ("$schema", .string("http://json-schema.org/draft-07/schema#")),
            ("title", .string("Manifests of frappectl")), ("type", .string("object")),
            ("required", texts(["apiVersion", "kind"])),
            ("properties", object([("kind", object([("enum", texts(kinds.map(\.rawValue)))]))])),
            ("allOf", .list(kinds.map(choice))),
            ("definitions", object(kinds.map { ($0.rawValue, definition(of: $0)) })),
        ])
    }

    private static func choice(_ kind: ManifestKind) -> ManifestValue {
        let isKind = object([("properties", object([("kind", object([("const", .string(kind.rawValue))]))]))])
        return object([("if", isKind), ("then", object([("$ref", .string("#/definitions/\(kind.rawValue)"))]))])
    }

    private static func definition(of kind: ManifestKind) -> ManifestValue {
        var schema = root(of: kind).jsonSchema
        schema.set(["properties", "apiVersion", "enum"], to: texts(apiVersions(of: kind)))
        schema.set(["properties", "kind", "const"], to: .string(kind.rawValue))
        return schema
    }

    fileprivate static func object(_ entries: [(String, ManifestValue)]) -> ManifestValue {
        .map(entries.map { ManifestValue.Entry(key: $0.0, value: $0.1) })
    }

    fileprivate static func texts(_ texts: [String]) -> ManifestValue { .list(texts.map { .string($0) }) }
}

extension SchemaNode {
    fileprivate var jsonSchema: ManifestValue {
        var schema = field.type.jsonSchema
        if !field.path.isEmpty { schema.set(["description"], to: .string(description)) }
        if !field.example.isEmpty, children.isEmpty {
            schema.set(["examples"], to: ManifestSchema.texts([field.example]))
        }
        if let item { schema.set(["items"], to: item.jsonSchema) }
        let named = children.filter { !$0.field.path.hasSuffix("[]") && $0.field.name != "*" }
        if field.type == .map {
            schema.set(["properties"], to: ManifestSchema.object(named.map { ($0.field.name, $0.jsonSchema) }))
            let required = named.filter(\.field.isRequired).map(\.field.name)
            if !required.isEmpty { schema.set(["required"], to: ManifestSchema.texts(required)) }
        } else if field.type == .namedMap, let any = children.first {
            schema.set(["additionalProperties"], to: any.jsonSchema)
        }
        return schema
    }

    private var description: String {
        let standard = field.defaultText.isEmpty ? "" : " Default: \(field.defaultText)."
        return field.meaning + standard + (status == .inForce ? "" : " (\(statusText))")
    }
}

extension FieldType {
    /// Lenient as the parser is: a number or a word without quotes is a text too.
    fileprivate var jsonSchema: ManifestValue {
        let text = ManifestSchema.texts(["string", "number", "boolean"])
        func type(_ name: String, _ more: [(String, ManifestValue)] = []) -> ManifestValue {
            ManifestSchema.object([("type", .string(name))] + more)
        }
        switch self {
        case .map: return type("object", [("additionalProperties", .bool(false))])
        case .namedMap: return type("object")
        case .list: return type("array")
        case .textMap, .secretMap, .base64Map:
            return type("object", [("additionalProperties", ManifestSchema.object([("type", text)]))])
        case .anything: return ManifestSchema.object([])
        case .bool: return type("boolean")
        case .integer(let range):
            return type("integer", [("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound))])
        case .choice(let words, let refused):
            return ManifestSchema.object([("enum", ManifestSchema.texts(words.filter { refused[$0] == nil }))])
        case .portRange: return ManifestSchema.object([("type", ManifestSchema.texts(["string", "object"]))])
        default: return ManifestSchema.object([("type", text)])
        }
    }
}
