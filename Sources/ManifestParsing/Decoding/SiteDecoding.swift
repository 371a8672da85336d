import FrappeModel

/// Reads a `FrappeSite`; its bench gives the suffix of its domain.
struct SiteDecoding {
    private let fields: DocumentFields
    private let benches: [ObjectName: Bench]

    init(_ fields: DocumentFields, benches: [ObjectName: Bench]) {
        self.fields = fields
        self.benches = benches
    }

    func site() -> Site {
        let bench = fields.reference("spec.benchRef") ?? ObjectName("", namespace: fields.name.namespace)
        let siteName = fields.text("spec.siteName") ?? ""
        return Site(
            name: fields.name, bench: bench, siteName: siteName, domain: domain(of: siteName, on: benches[bench]),
            adminPassword: fields.reference("spec.adminPasswordSecretRef")
                .map { SecretKeyReference(secret: $0, key: "password") },
            apps: apps(), databaseServer: fields.text("spec.dbConfig.mariadbRef.name") ?? Site.defaultDatabaseServer)
    }

    /// The explicit domain, else the name with the bench's suffix; nil where that is the name itself.
    private func domain(of siteName: String, on bench: Bench?) -> String? {
        let domain = fields.text("spec.domain") ?? suffixed(siteName, bench?.domainSuffix)
        return domain == siteName ? nil : domain
    }

    private func suffixed(_ siteName: String, _ suffix: String?) -> String {
        guard let suffix, !siteName.isEmpty, !".\(siteName)".hasSuffix(suffix) else { return siteName }
        return siteName + suffix
    }

    private func apps() -> [String]? {
        guard let items = fields["spec.apps"]?.items else { return nil }
        return items.compactMap(\.string).filter { $0 != "frappe" }
    }
}
