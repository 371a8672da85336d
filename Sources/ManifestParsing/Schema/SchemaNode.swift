/// A field with the fields below it, made from the flat table of a kind.
package final class SchemaNode: Sendable {
    package let field: FieldSchema
    /// In the order of the table; items of a list are the one child named `[]`, free keys the one named `*`.
    package let children: [SchemaNode]
    /// Of the field, or of what is above it where that is not in force.
    package let status: FieldSchema.Status
    private let index: [String: Int]

    private init(field: FieldSchema, children: [SchemaNode], status: FieldSchema.Status) {
        self.field = field
        self.status = status
        self.children = children
        index = Dictionary(children.enumerated().map { ($1.key, $0) }) { first, _ in first }
    }

    convenience init(leaf field: FieldSchema) {
        self.init(field: field, children: [], status: field.status)
    }

    /// The tree of a table in which every path follows the path above it.
    static func tree(of table: [FieldSchema]) -> SchemaNode {
        let above = Dictionary(grouping: table) { parent(of: $0.path) }
        return build(FieldSchema("", .map, "A manifest."), above, under: .inForce)
    }

    private static func build(
        _ field: FieldSchema, _ above: [String: [FieldSchema]], under parent: FieldSchema.Status
    ) -> SchemaNode {
        let status = parent == .inForce ? field.status : parent
        let children = (above[field.path] ?? []).map { build($0, above, under: status) }
        return SchemaNode(field: field, children: children, status: status)
    }

    private static func parent(of path: String) -> String {
        if path.hasSuffix("[]") { return String(path.dropLast(2)) }
        return path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
    }

    private var key: String { field.path.hasSuffix("[]") ? "[]" : field.name }

    /// The node of a field or free key below this one.
    package func child(_ name: String) -> SchemaNode? {
        if let position = index[name] { return children[position] }
        return index["*"].map { children[$0] }
    }

    package var item: SchemaNode? { index["[]"].map { children[$0] } }

    package var fieldNames: [String] { children.map(\.key).filter { $0 != "[]" && $0 != "*" } }

    /// The node at a path such as `spec.apps.name`; list brackets may be left out.
    package func descend(_ path: some Sequence<String>) -> SchemaNode? {
        var node = self
        for name in path {
            guard let next = node.child(name) ?? node.item?.child(name) else { return nil }
            node = next
        }
        return node
    }
}
