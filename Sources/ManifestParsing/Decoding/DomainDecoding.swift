import FrappeModel

extension ManifestParser {
    /// On a `SiteDomain`: the name leads to the site's public name instead of serving the site.
    package static let redirectAnnotation = "frappectl.dev/redirect"
}

/// Reads a `SiteDomain`.
struct DomainDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
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
        return SiteDomain(
            name: fields.name, site: site, domain: domain, isPrimary: isPrimary,
            redirects: redirects,
            certificate: fields.text("spec.tls.secretName").map { ObjectName($0, namespace: fields.name.namespace) })
    }
}
