import FrappeModel

/// The tables of all kinds, and what can be said from them.
package enum ManifestSchema {
    /// The fields of a kind, in the order in which they are explained.
    package static func fields(of kind: ManifestKind) -> [FieldSchema] {
        switch kind {
        case .host: HostFields.table
        case .secret: SecretFields.table
        case .bench: BenchFields.table
        case .site: SiteFields.table
        case .domain: DomainFields.table
        }
    }

    package static func root(of kind: ManifestKind) -> SchemaNode {
        switch kind {
        case .host: host
        case .secret: secret
        case .bench: bench
        case .site: site
        case .domain: domain
        }
    }

    private static let host = SchemaNode.tree(of: HostFields.table)
    private static let secret = SchemaNode.tree(of: SecretFields.table)
    private static let bench = SchemaNode.tree(of: BenchFields.table)
    private static let site = SchemaNode.tree(of: SiteFields.table)
    private static let domain = SchemaNode.tree(of: DomainFields.table)

    /// The `apiVersion`s under which a kind is read; the first is the one to write.
    package static func apiVersions(of kind: ManifestKind) -> [String] {
        switch kind {
        case .host: ["frappectl.dev/v1alpha1"]
        case .secret: ["v1"]
        case .bench, .site: ["vyogo.tech/v1alpha1", "vyogo.tech/v1"]
        case .domain: ["vyogo.tech/v1", "vyogo.tech/v1alpha1"]
        }
    }
}
