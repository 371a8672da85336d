import FrappeModel

/// Reads the keys of a `Secret`; its values stay in the document.
struct SecretDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
    }

    mutating func secret() -> SecretReference {
        var keys: Set<String> = []
        for part in ["data", "stringData"] {
            for entry in fields[part]?.entries ?? [] where entry.value.string != nil {
                check(entry, in: part)
                keys.insert(entry.key)
            }
        }
        checkListedKeys()
        keys.formUnion(SecretDocument.keptKeys(of: fields.document))
        return SecretReference(name: fields.name, type: fields.text("type") ?? "Opaque", keys: keys)
    }

    private mutating func checkListedKeys() {
        for key in SecretDocument.listedKeys(of: fields.document) {
            do throws(Complaint) {
                try Names.checkSecretKey(key)
            } catch {
                fields.note(.error, "metadata.annotations.\(SecretDocument.keysAnnotation)", error.message)
            }
        }
    }

    private mutating func check(_ entry: ManifestValue.Entry, in part: String) {
        let path = "\(part).\(entry.key)"
        do throws(Complaint) {
            try Names.checkSecretKey(entry.key)
        } catch {
            fields.note(.error, path, error.message)
        }
        if part == "data", let text = entry.value.string, SecretDocument.decoded(text) == nil {
            fields.note(.error, path, "not base64: encode the value, or write it as text in stringData")
        }
    }
}
