import Foundation
import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct SchemaTests {
    private static let kinds = ManifestKind.allCases.map(\.rawValue).joined(separator: ", ")

    @Test(arguments: ManifestKind.allCases)
    func `every field has a sentence, one place and a parent`(kind: ManifestKind) {
        let fields = ManifestSchema.fields(of: kind)
        #expect(Set(fields.map(\.path)).count == fields.count)
        for field in fields {
            #expect(field.meaning.hasSuffix("."), "\(field.path)")
            let names = field.path.replacing("[]", with: "").split(separator: ".").map(String.init)
            #expect(ManifestSchema.root(of: kind).descend(names) != nil, "\(field.path)")
        }
    }

    @Test(arguments: ManifestKind.allCases)
    func `every example and default is valid`(kind: ManifestKind) throws {
        for field in ManifestSchema.fields(of: kind) where !field.example.isEmpty {
            let text = "apiVersion: frappectl.dev/v1alpha1\nkind: Host\nx: \(field.example)"
            let value = try #require(ManifestParser.documents(text: text, file: "f").documents.first?.value["x"])
            switch field.type {
            case .map, .namedMap, .secretMap, .base64Map, .textMap: #expect(value.isMap)
            default:
                let literal = field.type.isTextual ? ManifestValue.string(value.amountText ?? "") : value
                #expect(throws: Never.self, "\(field.path)") { try ValueCheck.check(literal, is: field.type) }
            }
        }
    }

    @Test func `a field is explained from the table`() throws {
        #expect(
            try ManifestSchema.explain(path: "FrappeBench.spec.imageConfig") == """
                FrappeBench.spec.imageConfig

                  The image that all its containers run.
                  type      a map (lines of key: value)
                  status    in force
                  example   imageConfig:
                              repository: frappe/erpnext

                fields:
                  repository   Name of the image, without the tag.
                  tag          Tag of the image.
                  pullPolicy   When to ask the registry.
                  pullSecrets  Logins of private registries.

                """)
        #expect(
            try ManifestSchema.explain(path: "frappebench.apps.name") == """
                FrappeBench.spec.apps[].name

                  Name of its Python package.
                  type      a name
                  required  yes
                  status    in force
                  example   name: erpnext

                """)
    }

    @Test(arguments: [
        ("", "name a kind: \(kinds)"),
        ("FrappeBunch", "\"FrappeBunch\" is not a kind (\(kinds)). Did you mean FrappeBench?"),
        ("FrappeBench.spec.imageConfg", "FrappeBench has no field \"imageConfg\". Did you mean imageConfig?"),
    ])
    func `what cannot be explained is told with a hint`(path: String, message: String) {
        #expect(throws: ExplainFailure(message: message)) { try ManifestSchema.explain(path: path) }
    }

    @Test(arguments: ManifestKind.allCases)
    func `every field can be explained`(kind: ManifestKind) throws {
        for field in ManifestSchema.fields(of: kind) where !field.path.hasSuffix("[]") {
            #expect(try ManifestSchema.explain(path: "\(kind.rawValue).\(field.path)").contains(field.meaning))
        }
    }

    @Test(arguments: ManifestKind.allCases)
    func `every field has an example that the parser takes at its place`(kind: ManifestKind) throws {
        for node in Self.nodes(below: ManifestSchema.root(of: kind)) {
            let path = node.field.path
            let names = path.replacing("[]", with: "").split(separator: ".").map { $0 == "*" ? "gunicorn" : String($0) }
            guard !["apiVersion", "kind", "status"].contains(path) else { continue }
            var lines = node.exampleLines
            #expect(!lines.isEmpty && !lines.joined().isEmpty, "\(path)")
            if path.hasSuffix("[]") {
                lines = ["\(names.last ?? ""):"] + ["- \(lines[0])"] + lines.dropFirst().map { "  " + $0 }
            }
            if path.hasSuffix(".*") { lines = ["gunicorn:"] + lines.dropFirst() }
            var above = names.dropLast()
            if path.hasSuffix("*") { above = names.dropLast() }
            for name in above.reversed() { lines = ["\(name):"] + lines.map { "  " + $0 } }
            let text =
                "apiVersion: \(ManifestSchema.apiVersions(of: kind)[0])\nkind: \(kind.rawValue)\n"
                + lines.map { $0 + "\n" }.joined()
            let isRefused = if case .refused = node.status { true } else { false }
            let wrong = Outcome(text).errors.filter { $0.path.hasPrefix(names.joined(separator: ".")) && !isRefused }
            // Of this field alone: what else the document needs is not its business.
            #expect(
                wrong.filter { !$0.message.hasPrefix("required") && !$0.message.hasPrefix("there is no") } == [],
                "\(text)")
        }
    }

    static func nodes(below node: SchemaNode) -> [SchemaNode] { node.children.flatMap { [$0] + nodes(below: $0) } }

    @Test func `the document of all fields is as the tables are`() throws {
        let file = #filePath.replacing("Tests/ManifestParsingTests/SchemaTests.swift", with: "docs/manifest.md")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text == ManifestSchema.document, "write it anew: frappectl schema --markdown > docs/manifest.md")
        for kind in ManifestKind.allCases {
            for field in ManifestSchema.fields(of: kind) { #expect(text.contains("`\(field.path)`"), "\(field.path)") }
        }
    }

    @Test func `the schema for editors takes what the parser takes, and knows no other field`() throws {
        let schema = ManifestSchema.jsonSchema
        for document in Outcome(Sample.full).documents {
            #expect(Validation(schema).complaints(document.value) == [], "\(document.key)")
        }
        func complaints(_ text: String) -> [String] {
            Outcome(text).documents.flatMap { Validation(schema).complaints($0.value) }
        }
        #expect(complaints(Sample.host("subnetz: 1")) == ["spec.subnetz is unknown"])
        #expect(complaints(Sample.host("ingress: {httpPort: 70000}")) == ["spec.ingress.httpPort is out of range"])
        #expect(complaints(Sample.host("ingress: {mode: other}")) == ["spec.ingress.mode is none of the words"])
        #expect(complaints("apiVersion: v1\nkind: Secret\ndata: [a]\n") == ["data is not of the type"])
        #expect(
            complaints("apiVersion: vyogo.tech/v1\nkind: SiteDomain\nspec: {domain: a.b}\n") == [
                "spec.siteRef is missing"
            ])
    }
}

/// As much of JSON Schema as ours uses.
private struct Validation {
    private let schema: ManifestValue

    init(_ schema: ManifestValue) { self.schema = schema }

    func complaints(_ document: ManifestValue) -> [String] {
        guard let kind = document["kind"]?.string, let definition = schema["definitions"]?[kind] else {
            return ["no kind"]
        }
        return complaints(document, definition, "")
    }

    private func complaints(_ value: ManifestValue, _ schema: ManifestValue, _ path: String) -> [String] {
        if let words = schema["enum"]?.items { return words.contains(value) ? [] : ["\(path) is none of the words"] }
        if let types = schema["type"], !isOf(value, types) { return ["\(path) is not of the type"] }
        if case .integer(let number) = value, case .integer(let least) = schema["minimum"],
            case .integer(let most) = schema["maximum"], !(least...most).contains(number)
        {
            return ["\(path) is out of range"]
        }
        if let item = schema["items"], let items = value.items {
            return items.flatMap { complaints($0, item, path + "[]") }
        }
        var found: [String] = []
        for entry in value.entries ?? [] {
            let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            if let known = schema["properties"]?[entry.key] {
                found += complaints(entry.value, known, below)
            } else if schema["additionalProperties"] == .bool(false) {
                found.append("\(below) is unknown")
            } else if let any = schema["additionalProperties"] {
                found += complaints(entry.value, any, below)
            }
        }
        for name in schema["required"]?.items?.compactMap(\.string) ?? [] where value[name] == nil {
            found.append("\(path.isEmpty ? name : "\(path).\(name)") is missing")
        }
        return found
    }

    private func isOf(_ value: ManifestValue, _ types: ManifestValue) -> Bool {
        let names = types.items?.compactMap(\.string) ?? [types.string ?? ""]
        switch value {
        case .null: return true
        case .bool: return names.contains("boolean")
        case .integer: return names.contains("integer") || names.contains("number")
        case .number: return names.contains("number")
        case .string: return names.contains("string")
        case .list: return names.contains("array")
        case .map: return names.contains("object")
        }
    }
}

@Suite struct AmountTests {
    @Test(arguments: [
        ("100m", 100), ("1", 1000), ("0.5", 500), ("2.5", 2500), ("0.001", 1), ("0.0001", 1), ("1000000n", 1),
        ("1500u", 2), ("1e1", 10_000),
        (".5", 500), ("+1", 1000),
    ])
    func `CPU is read in thousandths of a core, rounded up`(text: String, value: Int) throws {
        #expect(try Amount.milliCPU(text) == value)
    }

    @Test(arguments: [
        ("256Mi", 256 << 20), ("1Gi", 1 << 30), ("1G", 1_000_000_000), ("1.5Gi", 3 << 29), ("1024", 1024), ("1k", 1000),
        ("1Ki", 1024),
        ("1e6", 1_000_000), ("1E6", 1_000_000), ("2Ti", 2 << 40), ("0.1Gi", 107_374_183), ("1M", 1_000_000),
    ])
    func `memory is read in bytes, rounded up`(text: String, value: Int) throws {
        #expect(try Amount.bytes(text) == value)
    }

    @Test(arguments: [
        "", " ", "-1", "1 Gi", "Gi", "1.2.3", ".", "1e", "e3", "1e-3", "1e99", "99999999999999999999", "9999999Pi",
        "1Gib", "١", "1,5",
        "0x10", "inf", "nan", "1m", "512MB",
    ])
    func `what is no amount of memory is refused`(text: String) {
        #expect(throws: Complaint.self) { try Amount.bytes(text) }
    }

    @Test(arguments: ["", "0", "-1", "1Gi", "1.5.2", "one", "99999999", "1 m", "0.0000000000001"])
    func `what is no amount of CPU is refused`(text: String) {
        #expect(throws: Complaint.self) { try Amount.milliCPU(text) }
    }

    @Test(arguments: [
        ("frappe/erpnext", true), ("erpnext", true), ("ghcr.io/a/b", true), ("localhost:5000/a", true),
        ("a.b-c_d/e__f", true),
        ("A/b", false), ("a//b", false), ("/a", false), ("a/", false), ("a b", false), ("http://a/b", false),
        ("a..b", false), ("", false),
        ("-a", false), ("host:x/a", false),
    ])
    func `a repository follows the rules of registries`(text: String, isValid: Bool) {
        #expect(((try? ImageNames.checkRepository(text)) != nil) == isValid)
    }

    @Test(arguments: [
        ("frappeVersoin", "frappeVersion"), ("reids", "redis"), ("x", nil), ("tga", "tag"), ("abcdefgh", nil),
    ])
    func `the closest word is suggested, nothing far-fetched`(word: String, closest: String?) {
        #expect(Suggestion.closest(to: word, among: ["frappeVersion", "redis", "tag", "apps"]) == closest)
    }
}
