import FrappeModel

extension ManifestSchema {
    /// Every field of every kind as a document in Markdown.
    package static var document: String {
        let start = """
            # Fields of a manifest

            Written by `frappectl schema --markdown` from the table that the parser reads; a test keeps it so. The same is
            told by `frappectl explain KIND.field`, and to editors by `frappectl schema`. In paths, `[]` is each item of a
            list and `*` each key of a map. A field whose status is "accepted, not yet in force" or "means nothing on one
            host" is taken with a warning.

            """
        return start + ManifestKind.allCases.map(section).joined()
    }

    private static func section(_ kind: ManifestKind) -> String {
        let root = root(of: kind)
        let example = (["apiVersion: \(apiVersions(of: kind)[0])", "kind: \(kind.rawValue)"] + sample(root))
            .map { "    \($0)\n" }.joined()
        let rows = nodes(below: root).map { row($0, kind) }.joined()
        return """

            ## \(kind.rawValue)

            `apiVersion`: \(apiVersions(of: kind).map { "`\($0)`" }.joined(separator: " or ")). The least of it:

            \(example)
            | Field | Type | Default | Status | Meaning | Example |
            |---|---|---|---|---|---|
            \(rows)
            """
    }

    /// What a document of the kind needs besides its header.
    private static func sample(_ root: SchemaNode) -> [String] {
        root.children.filter { ["metadata", "spec", "stringData"].contains($0.field.name) }.flatMap(\.exampleLines)
    }

    private static func nodes(below node: SchemaNode) -> [SchemaNode] {
        node.children.flatMap { [$0] + nodes(below: $0) }
    }

    private static func row(_ node: SchemaNode, _ kind: ManifestKind) -> String {
        let field = node.field
        let standard = field.isRequired ? "required" : field.defaultText
        let example = node.exampleLines(of: kind).joined(separator: " ⏎ ")
        let cells = [
            "`\(field.path)`", field.type.words, standard, node.statusText, field.meaning,
            example.utf8.count <= 90 ? "`\(example)`" : "",
        ]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
}
