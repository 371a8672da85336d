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
        case .server: DatabaseFields.table
        case .configMap: ConfigMapFields.table
        default: LaterFields.table(of: kind)
        }
    }

    package static func root(of kind: ManifestKind) -> SchemaNode {
        roots[kind] ?? SchemaNode.tree(of: fields(of: kind))
    }

    private static let roots = Dictionary(
        uniqueKeysWithValues: ManifestKind.allCases.map { ($0, SchemaNode.tree(of: fields(of: $0))) })

    /// The `apiVersion`s under which a kind is read; the first is the one to write.
    package static func apiVersions(of kind: ManifestKind) -> [String] {
        switch kind {
        case .host: ["frappectl.dev/v1alpha1"]
        case .secret, .configMap: ["v1"]
        case .server: ["k8s.mariadb.com/v1alpha1", "k8s.mariadb.com/v1"]
        case .bench, .site: ["vyogo.tech/v1alpha1", "vyogo.tech/v1"]
        default: ["vyogo.tech/v1", "vyogo.tech/v1alpha1"]
        }
    }
}
