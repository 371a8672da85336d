import FrappeModel
import ManifestParsing

/// Values of Secrets: those of documents that were just read, and else those that are kept.
struct SecretValues: Sendable {
    /// What a document gives, and which of the kept values it goes on with; a key that is in neither is gone.
    private struct Given: Sendable {
        var values: [String: [UInt8]]
        var kept: Set<String>
    }

    private let given: [ObjectName: Given]
    private let kept: SecretStore

    init(_ set: ManifestSet, _ kept: SecretStore) {
        let documents = set.changed.filter { $0.key.kind == .secret }
        let pairs = documents.map { document in
            let values = ManifestParser.secretValues(of: document)
            return (document.key.object, Given(values: values, kept: ManifestParser.keptKeys(of: document)))
        }
        given = Dictionary(pairs) { $1 }
        self.kept = kept
    }

    init(kept: SecretStore) {
        given = [:]
        self.kept = kept
    }

    func value(_ secret: ObjectName, _ key: String) -> [UInt8]? {
        if let given = given[secret] {
            if let value = given.values[key] { return value }
            guard given.kept.contains(key) else { return nil }
        }
        return kept.value(.manifest(secret, key: key))
    }

    func text(_ secret: ObjectName, _ key: String) -> String? {
        value(secret, key).map { String(decoding: $0, as: UTF8.self) }
    }
}
