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
                fields.note(
                    .warning, path,
                    status == .notYet ? "accepted, not yet in force" : "means nothing on one host; ignored")
            } else {
                let known = [ConfigMapFields.domainSuffix] + ConfigMapFields.furtherSettings.keys.sorted()
                let hint = Suggestion.hint(for: entry.key, among: known)
                fields.note(.warning, path, "the operator has no such setting; ignored.\(hint)")
            }
        }
    }

    private mutating func check(domain text: String, _ path: String) {
        guard let domain = Self.domain(text) else { return }
        do throws(Complaint) {
            try Names.checkDNS(domain)
        } catch {
            fields.note(.error, path, error.message)
        }
    }

    /// What is appended to a site's name, without a dot at its beginning; nil where nothing is given.
    static func domain(_ text: String) -> String? {
        let domain = text.hasPrefix(".") ? String(text.dropFirst()) : text
        return domain.isEmpty ? nil : domain
    }
}
