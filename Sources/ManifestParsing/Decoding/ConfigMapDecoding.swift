import FrappeModel

/// Reads the texts of a `ConfigMap`.
struct ConfigMapDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
    }

    mutating func texts() -> [String: String] {
        var texts: [String: String] = [:]
        for entry in fields["data"]?.entries ?? [] { texts[entry.key] = entry.value.string }
        if fields.name.name == ConfigMapFields.operatorSettings { checkOperatorSettings() }
        return texts
    }

    private mutating func checkOperatorSettings() {
        for entry in fields["data"]?.entries ?? [] {
            let path = "data.\(entry.key)"
            if entry.key == ConfigMapFields.domainSuffix {
                check(domain: entry.value.string ?? "", path)
            } else if let status = ConfigMapFields.furtherSettings[entry.key] {
                fields.note(.warning, path, status.warning)
            } else {
                let known = [ConfigMapFields.domainSuffix] + ConfigMapFields.furtherSettings.keys.sorted()
                let hint = Suggestion.hint(for: entry.key, among: known)
                fields.note(.warning, path, "the operator has no such setting; ignored.\(hint)")
            }
        }
    }

    private mutating func check(domain text: String, _ path: String) {
        guard Names.domain(ofSuffix: text) != nil else { return }
        do throws(Complaint) {
            try Names.checkSuffix(text)
        } catch {
            fields.note(.error, path, error.message)
        }
    }
}
