import FrappeModel

extension ManifestSchema {
    /// Every field of every kind as a document in Markdown.
    package static var document: String {
        let start = """
            # Fields of a manifest

            Written by `frappectl schema --markdown` from the table that the parser reads; a test keeps it so. The same is
            told by `frappectl explain KIND.field`, and to editors by `frappectl schema`. In paths, `[]` is each item of a
            list and `*` each key of a map. A field whose status is "accepted, not yet in force" or "means nothing on one
            host" is taken with a warning. Kinds of which nothing is in force are kept, and given back by `frappectl get`.

            Shapes that examples of the Frappe Operator use although its schema refuses them (`version`, `image`, `url`,
            `source: {type: image}`, `workers`, `4gb`) are read, each with a warning that names the right field. With
            `--strict`, `up`, `plan` and `diff` refuse them, and whatever else a cluster would refuse: fields of our own,
            numbers where text is wanted, fields that are missing. An unknown field is an error either way.


            """
        return start + summary + everyKind + ManifestKind.allCases.map(section).joined()
    }

    /// How many fields of each kind have which status; those of every kind are counted once.
    private static var summary: String {
        var rows = [("every kind", commonNodes)]
        rows += ManifestKind.allCases.map { ($0.rawValue, ownNodes(of: $0)) }
        let counts = rows.map { name, nodes in (name, statuses(of: nodes)) }
        let total = counts.reduce([0, 0, 0, 0]) { sum, row in zip(sum, row.1).map { $0 + $1 } }
        let lines = (counts + [("together", total)]).map { name, numbers in
            "| \(name) | " + (numbers + [numbers.reduce(0, +)]).map(String.init).joined(separator: " | ") + " |\n"
        }
        return """
            | Kind | in force | accepted, not yet in force | means nothing on one host | refused | fields |
            |---|---|---|---|---|---|
            \(lines.joined())
            """
    }

    private static func statuses(of nodes: [SchemaNode]) -> [Int] {
        var counts = [0, 0, 0, 0]
        for node in nodes {
            switch node.status {
            case .inForce: counts[0] += 1
            case .notYet: counts[1] += 1
            case .meaningless: counts[2] += 1
            case .refused: counts[3] += 1
            }
        }
        return counts
    }

    private static let commonPaths = Set(CommonFields.start.map(\.path))

    private static var commonNodes: [SchemaNode] {
        nodes(below: root(of: .bench)).filter { commonPaths.contains($0.field.path) }
    }

    private static func ownNodes(of kind: ManifestKind) -> [SchemaNode] {
        nodes(below: root(of: kind)).filter { !commonPaths.contains($0.field.path) }
    }

    private static var everyKind: String {
        "\n## Every kind\n\n" + tableHead + commonNodes.map { row($0, .bench) }.joined()
    }

    private static let tableHead =
        "| Field | Type | Default | Status | Meaning | Example |\n|---|---|---|---|---|---|\n"

    private static func section(_ kind: ManifestKind) -> String {
        let root = root(of: kind)
        let example = (["apiVersion: \(apiVersions(of: kind)[0])", "kind: \(kind.rawValue)"] + sample(root))
            .map { "    \($0)\n" }.joined()
        let note = kind.isInForce ? "" : " Kept, and not yet in force."
        return """

            ## \(kind.rawValue)

            `apiVersion`: \(apiVersions(of: kind).map { "`\($0)`" }.joined(separator: " or ")).\(note) The least of it:

            \(example)
            \(tableHead)\(ownNodes(of: kind).map { row($0, kind) }.joined())
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
