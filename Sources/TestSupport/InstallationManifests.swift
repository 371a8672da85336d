/// Manifests of this installation, one document each, to be joined by `---`.
extension Installation {
    package func manifests(_ documents: [String]) -> String { documents.joined(separator: "---\n") }

    package var hostManifest: String {
        """
        apiVersion: frappectl.dev/v1alpha1
        kind: Host
        spec:
          ingress:
            address: 127.0.0.1
            httpPort: \(port)
          upstreamPorts: \(lease.upstreamPorts.lowerBound)-\(lease.upstreamPorts.upperBound)
          subnets: \(lease.subnets)
          images:
            mariadb: \(images.mariadb)
            redis: \(images.redis)
          mariadb:
            memory: 512Mi

        """
    }

    /// - Parameter extra: further lines of `spec`, unindented.
    package func benchManifest(
        _ name: String = "shop", image: String? = nil, extra: [String] = []
    ) -> String {
        let parts = (image ?? images.bench).split(separator: ":")
        return """
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeBench
            metadata:
              name: \(name)
            spec:
              frappeVersion: "1"
              imageConfig:
                repository: \(parts[0])
                tag: "\(parts[1])"
                pullPolicy: Never
              apps:
                - name: demo
                  source: image

            """ + extra.map { "  \($0)\n" }.joined()
    }

    package func siteManifest(
        _ siteName: String, name: String? = nil, bench: String = "shop", domain: String? = nil, extra: [String] = []
    ) -> String {
        let domain = domain.map { ["domain: \($0)"] } ?? []
        return """
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeSite
            metadata:
              name: \(name ?? siteName)
            spec:
              benchRef:
                name: \(bench)
              siteName: \(siteName)

            """ + (domain + extra).map { "  \($0)\n" }.joined()
    }

    /// Host, bench `shop`, sites `one.localhost` and `two.localhost`, the second with a domain of its own.
    package var shopManifest: String {
        manifests([
            hostManifest, benchManifest(), siteManifest("one.localhost", name: "one"),
            siteManifest("two.localhost", name: "two", domain: "books.example.test"),
        ])
    }
}
