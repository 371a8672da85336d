import FrappeModel
import ManifestParsing

/// What a file changes in one stored manifest.
package struct ManifestDifference: Codable, Sendable, Hashable {
    package struct Field: Codable, Sendable, Hashable {
        package var path: String
        /// As YAML; nil where it is not there.
        package var before: String?
        package var after: String?
        /// Where the file says it, or the document where it says nothing any more.
        package var place: String
    }

    package var kind: String
    package var name: String
    package var isNew: Bool
    package var fields: [Field]
}

/// `diff`: files against what is stored; touches nothing.
package struct Diff: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// The manifests that would change, in the order of the files, and what the files say that has no effect.
    package func run(files: ManifestFiles) throws -> (differences: [ManifestDifference], warnings: [ManifestProblem]) {
        let stored = try host.store.documents()
        let set = try ManifestSet.merge(stored: stored, files: try files.read(), strict: files.isStrict)
        let known = Dictionary(stored.map { ($0.key, $0) }) { _, last in last }
        let differences: [ManifestDifference] = set.changed.compactMap { document in
            let before = known[document.key]
            let fields =
                Self.fields(from: before?.value, to: ManifestParser.redacted(document), document) + values(document)
            guard before == nil || !fields.isEmpty else { return nil }
            return ManifestDifference(
                kind: document.key.kind.rawValue, name: "\(document.key.object)", isNew: before == nil, fields: fields)
        }
        let named = Set(set.changed.map { $0.location(of: "").file })
        return (differences, set.warnings.filter { named.contains($0.location.file) })
    }

    /// The keys of a Secret whose values are not those that are kept.
    private func values(_ document: ManifestDocument) -> [ManifestDifference.Field] {
        ManifestParser.secretValues(of: document).sorted { $0.key < $1.key }.compactMap { key, value in
            let kept = host.secrets.value(.manifest(document.key.object, key: key))
            guard kept != value else { return nil }
            let path = document.value["stringData"]?[key] == nil ? "data.\(key)" : "stringData.\(key)"
            return .init(
                path: path, before: kept.map { _ in "(kept)" }, after: kept == nil ? "(a value)" : "(another value)",
                place: document.location(of: path).lineText)
        }
    }

    private static func fields(
        from before: ManifestValue?, to after: ManifestDocument, _ written: ManifestDocument
    ) -> [ManifestDifference.Field] {
        let old = before.map { leaves($0, at: "") } ?? []
        let new = leaves(after.value, at: "")
        let (known, wanted) = (Dictionary(old) { first, _ in first }, Dictionary(new) { first, _ in first })
        let paths = new.map(\.0) + old.map(\.0).filter { wanted[$0] == nil }
        return paths.filter { known[$0] != wanted[$0] }.map {
            .init(
                path: $0, before: known[$0].map(text), after: wanted[$0].map(text),
                place: written.location(of: $0).lineText)
        }
    }

    /// Every value that is neither list nor map, or an empty one, by its path.
    private static func leaves(_ value: ManifestValue, at path: String) -> [(String, ManifestValue)] {
        switch value {
        case .map(let entries) where !entries.isEmpty:
            entries.flatMap { leaves($0.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
        case .list(let items) where !items.isEmpty:
            items.enumerated().flatMap { leaves($0.element, at: "\(path)[\($0.offset)]") }
        default: [(path, value)]
        }
    }

    private static func text(_ value: ManifestValue) -> String { value.string ?? ManifestWriter.yaml(value).trimmed }
}
