/// One call of the Engine's API as the proxy saw it.
package struct EngineCallRecord: Sendable {
    package var method: String
    /// Path and query as they came.
    package var path: String
    /// Nil while there is no answer.
    package var status: Int?
    /// The container or network that it is about, in a word that is the same for every installation, such as
    /// `shop-web`; nil where there is none, or where the proxy does not ask.
    package var subject: String?

    /// What kind of call of whom it is.
    package var kind: String { "\(method) \(template)" + (subject.map { " of \($0)" } ?? "") }

    /// The path without version and query, with `{id}` for what is called by name or id.
    package var template: String {
        var parts = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        if let first = parts.first, first.first == "v", first.dropFirst().allSatisfy({ $0.isNumber || $0 == "." }) {
            parts.removeFirst()
        }
        guard parts.count > 1, !Self.collections.contains(parts[1]) else { return "/" + parts.joined(separator: "/") }
        // Names of images have slashes of their own.
        let isImage = parts[0] == "images" && parts.count > 2
        let rest = isImage ? parts.suffix(1).filter(Self.imageVerbs.contains) : Array(parts.dropFirst(2))
        return "/" + ([parts[0], "{id}"] + rest).joined(separator: "/")
    }

    /// What follows a kind of object and is no name.
    private static let collections: Set<String> = ["json", "create", "prune", "search", "get", "load"]
    private static let imageVerbs: Set<String> = ["json", "history", "tag", "push", "get"]
}
