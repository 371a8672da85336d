import FrappeModel
import ManifestParsing

/// `site domain`: further names of a site, each a stored `SiteDomain`.
package struct SiteDomains: Sendable {
    let host: HostContext

    package enum Use: String, Codable, Sendable {
        case serves
        /// Leads to the site's public name.
        case redirects
        /// Is the site's public name.
        case primary
    }

    package struct Entry: Codable, Sendable {
        package var domain: String
        package var use: Use
        /// What declares it: the site's own manifest, or a SiteDomain.
        package var declaredBy: String
    }

    package init(_ host: HostContext) { self.host = host }

    package func add(_ domain: String, to name: String, use: Use) async throws -> UpReport {
        let site = try site(name)
        // The name of an object holds no asterisk.
        let isWildcard = HostPattern.isWildcard(domain)
        let object = ObjectName(
            isWildcard ? "wildcard-\(domain.dropFirst(2))" : domain, namespace: site.name.namespace)
        return try await edit(site) { stored in
            let key = ManifestKey(.domain, object)
            try Self.refuseTaken(domain, by: key, in: stored, besides: site)
            var document = stored.first { $0.key == key } ?? Self.document(object, domain: domain, site: site.name)
            let isPrimary = use == .primary
            document.value.set(["spec", "redirectPrimary"], to: isPrimary ? .bool(true) : nil)
            let annotation = ["metadata", "annotations", ManifestParser.redirectAnnotation]
            if use == .redirects || document.value["metadata"]?["annotations"] != nil {
                document.value.set(annotation, to: use == .redirects ? .string("true") : nil)
            }
            return [document]
        }
    }

    private static func refuseTaken(
        _ domain: String, by key: ManifestKey, in stored: [ManifestDocument], besides site: Site
    ) throws {
        let known = try ManifestSet.merge(stored: stored, files: []).manifests.domains[key.object]
        guard let known, known.site != site.name || known.domain != domain else { return }
        throw OperationError.failed(
            "\(known.domain) belongs to FrappeSite \(known.site) already (SiteDomain \(known.name)), "
                + "and FrappeSite \(site.name) cannot have it too",
            next: "frappectl site domain remove \(known.site) \(known.domain), then this command again")
    }

    package func remove(_ domain: String, of name: String) async throws -> UpReport {
        let site = try site(name)
        guard let declared = site.domains.first(where: { $0.domain == domain }) else {
            let own = site.hostNames.contains(domain)
            throw OperationError.failed(
                own
                    ? "\(SafeText.word(domain)) is in the manifest of FrappeSite \(site.name) itself"
                    : "\(SafeText.word(domain)) is not a name of \(site.siteName)",
                next: own
                    ? "change spec.domain there and: frappectl up -f FILE"
                    : "frappectl site domain list \(site.siteName)")
        }
        return try await host.operation(subject: "site \(site.siteName)", locks: [.host: .exclusive]) { operation in
            try host.store.remove(ManifestKey(.domain, declared.name))
            let set = try host.storedManifests()
            return try await Up(host).converge(set, operation: operation)
        }
    }

    package func list(_ name: String) throws -> [Entry] {
        let site = try site(name)
        return site.hostNames.map { domain in
            let declared = site.domains.first { $0.domain == domain }
            return Entry(
                domain: domain,
                use: domain == site.publicName
                    ? .primary : site.redirectedNames.contains(domain) ? .redirects : .serves,
                declaredBy: declared.map { "SiteDomain \($0.name)" } ?? "FrappeSite \(site.name)")
        }
    }

    /// By site name, object, or any of its names.
    private func site(_ name: String) throws -> Site {
        let sites = try host.storedManifests().manifests.sites.values
        if let site = sites.first(where: { $0.hostNames.contains(name) || $0.name.description == name }) { return site }
        throw OperationError.unknown("site", name, known: sites.map(\.siteName).sorted())
    }

    /// The proxy serves all benches, so that a name is a change of the host.
    private func edit(
        _ site: Site, _ change: @escaping @Sendable ([ManifestDocument]) throws -> [ManifestDocument]
    ) async throws -> UpReport {
        try await Edit(host: host).apply(
            subject: "site \(site.siteName)", locks: [.host: .exclusive], scope: .host, change)
    }

    /// A name that leads to the site's public name.
    static func redirect(_ domain: String, to site: ObjectName) -> ManifestDocument {
        var document = document(
            ObjectName(domain, namespace: site.namespace), domain: domain, site: site, place: "site rename")
        document.value.set(["metadata", "annotations", ManifestParser.redirectAnnotation], to: .string("true"))
        return document
    }

    private static func document(
        _ object: ObjectName, domain: String, site: ObjectName, place: String = "site domain add"
    ) -> ManifestDocument {
        var value = ManifestValue.map([])
        value.set(["apiVersion"], to: .string("vyogo.tech/v1"))
        value.set(["kind"], to: .string(ManifestKind.domain.rawValue))
        value.set(["metadata", "name"], to: .string(object.name))
        if object.namespace != ObjectName.defaultNamespace {
            value.set(["metadata", "namespace"], to: .string(object.namespace))
        }
        value.set(["spec", "siteRef", "name"], to: .string(site.name))
        value.set(["spec", "domain"], to: .string(domain))
        var document = ManifestDocument(key: ManifestKey(.domain, object), apiVersion: "vyogo.tech/v1", value: value)
        let here = SourceLocation(place: place)
        for path in ["", "metadata.name", "spec", "spec.domain", "spec.siteRef.name", "spec.redirectPrimary"] {
            document.locations[path] = here
        }
        return document
    }
}
