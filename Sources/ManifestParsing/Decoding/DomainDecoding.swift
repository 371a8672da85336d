import FrappeModel

extension ManifestParser {
    /// On a `SiteDomain`: the name leads to the site's public name instead of serving the site.
    package static let redirectAnnotation = "frappectl.dev/redirect"
}

/// Reads a `SiteDomain`.
struct DomainDecoding {
    private(set) var fields: DocumentFields

    private let manifests: Manifests

    /// - Parameter manifests: with the sites, apart from their further names.
    init(_ fields: DocumentFields, _ manifests: Manifests) {
        self.fields = fields
        self.manifests = manifests
    }

    mutating func domain() -> SiteDomain {
        let site = fields.reference("spec.siteRef") ?? ObjectName("", namespace: fields.name.namespace)
        let isPrimary = fields["spec.redirectPrimary"] == .bool(true)
        let redirects = fields["metadata"]?["annotations"]?[ManifestParser.redirectAnnotation]?.string == "true"
        if isPrimary, redirects {
            fields.note(.error, "spec.redirectPrimary", "it cannot be the public name and lead to it: choose one")
        }
        let domain = fields.text("spec.domain") ?? ""
        if isPrimary, HostPattern.isWildcard(domain) {
            fields.note(.error, "spec.redirectPrimary", "links cannot begin with \(domain): name one of its names")
        }
        var result = SiteDomain(
            name: fields.name, site: site, domain: domain, isPrimary: isPrimary,
            redirects: redirects,
            certificate: fields.text("spec.tls.secretName").map { ObjectName($0, namespace: fields.name.namespace) })
        result.isSecure = fields["spec.tls.enabled"] != .bool(false)
        if result.isSecure, result.certificate == nil { readIssuer(&result) }
        return result
    }
    /// Who is named goes before what the site says; `enabled` alone asks for nothing where the site has an answer.
    private mutating func readIssuer(_ domain: inout SiteDomain) {
        let issuer = "spec.tls.issuerRef.name"
        let site = manifests.sites[domain.site]
        if fields[issuer] != nil {
            domain.certificateRequest = fields.certificateRequest(issuer, isNamed: true, of: manifests.host)
        } else if fields["spec.tls.enabled"] == .bool(true), site?.certificate == nil, site?.certificateRequest == nil {
            domain.certificateRequest = fields.certificateRequest(
                "spec.tls.enabled", isNamed: false, of: manifests.host)
        }
    }
}
