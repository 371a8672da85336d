import FrappeModel

extension ManifestSchema {
    /// What a kind or one of its fields is for, such as `FrappeBench.spec.imageConfig`; what is wrong with the path if not.
    package static func explain(path: String) throws(ExplainFailure) -> String {
        var parts = path.replacing("[]", with: "").split(separator: ".").map(String.init)
        guard let first = parts.first else { throw ExplainFailure(message: "name a kind: \(kindNames)") }
        guard let kind = ManifestKind(word: first) else {
            let hint = Suggestion.hint(for: first, among: ManifestKind.allCases.map(\.rawValue))
            throw ExplainFailure(message: "\(SafeText.quoted(first)) is not a kind (\(kindNames)).\(hint)")
        }
        parts.removeFirst()
        return FieldExplanation(kind: kind, node: try node(parts, in: kind)).text
    }

    /// The node that a path names, with `spec.` left out or not.
    private static func node(_ parts: [String], in kind: ManifestKind) throws(ExplainFailure) -> SchemaNode {
        let root = root(of: kind)
        if let node = root.descend(parts) ?? root.descend(["spec"] + parts) { return node }
        var deepest = root
        for part in parts {
            guard let next = deepest.child(part) ?? deepest.item?.child(part) else {
                let names = (deepest.item ?? deepest).fieldNames
                let hint = Suggestion.hint(for: part, among: names)
                throw ExplainFailure(
                    message: "\(kind.rawValue) has no field \(SafeText.quoted(part)).\(hint)", next: kind.rawValue)
            }
            deepest = next
        }
        return deepest
    }

    private static var kindNames: String { ManifestKind.allCases.map(\.rawValue).joined(separator: ", ") }
}

/// A path that `explain` does not know, in words.
package struct ExplainFailure: Error, Hashable {
    package var message: String
    /// What to explain instead.
    package var next = ManifestKind.bench.rawValue
}

/// One field as text, with the fields below it.
private struct FieldExplanation {
    let kind: ManifestKind
    let node: SchemaNode

    var text: String {
        var lines = [title, "", "  \(node.field.meaning)"]
        lines += facts.flatMap { fact in
            fact.lines.enumerated().map { number, line in
                let name = number == 0 ? fact.name : ""
                return "  \(name)\(String(repeating: " ", count: 10 - name.count))\(line)"
            }
        }
        let below = (node.item ?? node).children
        if !below.isEmpty { lines += ["", "fields:"] + rows(below) }
        return lines.map { $0 + "\n" }.joined()
    }

    private var title: String { node.field.path.isEmpty ? kind.rawValue : "\(kind.rawValue).\(node.field.path)" }

    private var facts: [(name: String, lines: [String])] {
        let field = node.field
        guard !field.path.isEmpty else {
            return [("version", [ManifestSchema.apiVersions(of: kind).joined(separator: ", ")])]
        }
        var facts: [(name: String, lines: [String])] = [("type", [field.type.words])]
        if field.isRequired { facts.append(("required", ["yes"])) }
        if !field.defaultText.isEmpty { facts.append(("default", [field.defaultText])) }
        facts.append(("status", [node.statusText]))
        facts.append(("example", node.exampleLines(of: kind)))
        return facts
    }

    private func rows(_ nodes: [SchemaNode]) -> [String] {
        let width = nodes.map(\.field.name.count).max() ?? 0
        return nodes.map { node in
            let name = node.field.name
            let status = node.status == .inForce ? "" : " (\(node.statusText))"
            return "  \(name)\(String(repeating: " ", count: width - name.count))  \(node.field.meaning)\(status)"
        }
    }
}

extension SchemaNode {
    package var statusText: String { status.words }
}
