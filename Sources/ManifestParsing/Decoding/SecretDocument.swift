import FoundationEssentials
import FrappeModel

/// Takes the values of a `Secret` out of its document, which then names the keys that are kept elsewhere.
enum SecretDocument {
    static let keysAnnotation = "frappectl.dev/keys"
    /// In which kubectl keeps a copy of what was applied, values and all.
    private static let copyAnnotation = "kubectl.kubernetes.io/last-applied-configuration"

    static func values(of document: ManifestDocument) -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for entry in document.value["data"]?.entries ?? [] {
            if isKey(entry.key), let bytes = entry.value.string.flatMap(decoded) { values[entry.key] = bytes }
        }
        for entry in document.value["stringData"]?.entries ?? [] {
            if isKey(entry.key), let text = entry.value.string { values[entry.key] = Array(text.utf8) }
        }
        return values
    }

    static func redacted(_ document: ManifestDocument) -> ManifestDocument {
        var document = document
        let keys = keptKeys(of: document).union(values(of: document).keys).sorted()
        document.value.set(["data"], to: nil)
        document.value.set(["stringData"], to: nil)
        document.value.set(["metadata", "annotations", copyAnnotation], to: nil)
        document.value.set(["metadata", "annotations", keysAnnotation], to: .string(keys.joined(separator: ",")))
        document.locations = document.locations.filter { !isValuePath($0.key) }
        return document
    }

    /// The keys whose values were taken out before.
    static func keptKeys(of document: ManifestDocument) -> Set<String> {
        Set(listedKeys(of: document).filter(isKey))
    }

    /// What the annotation says, whether or not they can be keys.
    static func listedKeys(of document: ManifestDocument) -> [String] {
        let text = document.value["metadata"]?["annotations"]?[keysAnnotation]?.string ?? ""
        return text.split(separator: ",").map { String($0.filter { $0 != " " }) }
    }

    /// Keys become file names: nothing else ever leaves this type.
    private static func isKey(_ text: String) -> Bool {
        (try? Names.checkSecretKey(text)) != nil
    }

    /// The bytes of a text in base64, line breaks allowed.
    static func decoded(_ text: String) -> [UInt8]? {
        let packed = String(decoding: text.utf8.filter { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        return Data(base64Encoded: packed).map { Array($0) }
    }

    private static func isValuePath(_ path: String) -> Bool {
        path.hasPrefix("data") || path.hasPrefix("stringData") || path.contains(copyAnnotation)
    }
}

extension ManifestParser {
    /// The values of a `Secret` by key; `stringData` wins over `data`.
    package static func secretValues(of document: ManifestDocument) -> [String: [UInt8]] {
        document.key.kind == .secret ? SecretDocument.values(of: document) : [:]
    }

    /// What keeps a value from being a person's password, nil where nothing does.
    package static func passwordProblem(_ value: [UInt8]) -> String? {
        do throws(Complaint) {
            try Names.checkPassword(value)
            return nil
        } catch { return error.message }
    }

    /// The document without values; an annotation names the keys, so that it can be given back as it is.
    package static func redacted(_ document: ManifestDocument) -> ManifestDocument {
        document.key.kind == .secret ? SecretDocument.redacted(document) : document
    }

    /// The keys of a redacted `Secret`, whose values must be kept elsewhere already.
    package static func keptKeys(of document: ManifestDocument) -> Set<String> {
        document.key.kind == .secret ? SecretDocument.keptKeys(of: document) : []
    }
}
