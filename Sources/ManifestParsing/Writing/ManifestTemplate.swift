/// The manifest that `init` writes: what is needed, with the rest to be uncommented.
package struct ManifestTemplate {
    package var bench: String
    package var repository: String
    package var tag: String
    package var sites: [String]
    package var ingress: Ingress
    package var webServers: Int
    /// Images of services by their field, where they are not the usual ones.
    package var serviceImages: [String: String]

    package init(
        bench: String, repository: String, tag: String, sites: [String], ingress: Ingress, webServers: Int = 1,
        serviceImages: [String: String] = [:]
    ) {
        self.bench = bench
        self.repository = repository
        self.tag = tag
        self.sites = sites
        self.ingress = ingress
        self.webServers = webServers
        self.serviceImages = serviceImages
    }

    package var text: String {
        ([header + host, benchDocument] + sites.enumerated().map { site($1, isFirst: $0 == 0) })
            .joined(separator: "---\n")
    }

    private var header: String {
        """
        # A bench and its sites. Bring them up with:   frappectl up -f FILE
        # See what would change first:                 frappectl plan -f FILE
        # Every field, with its default and example:   frappectl explain FrappeBench

        """
    }

    private var host: String {
        """
        apiVersion: frappectl.dev/v1alpha1
        kind: Host
        spec:

        """ + ingress.text + shared + images
    }

    private var shared: String {
        """
          # subnets: 10.217.0.0/16  # every bench takes a /24 network from here
          # mariadb:
          #   memory: 1Gi           # the database server that all benches share

        """
    }

    private var images: String {
        guard !serviceImages.isEmpty else { return "" }
        let lines = serviceImages.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value)\n" }
        return "  images:                   # what all benches share\n" + lines.joined()
    }

    private var benchDocument: String {
        """
        apiVersion: vyogo.tech/v1alpha1
        kind: FrappeBench
        metadata:
          name: \(ScalarText.key(bench))
        spec:
          frappeVersion: \(ScalarText.key(tag))
          imageConfig:
            repository: \(ScalarText.key(repository))
            tag: \(ScalarText.key(tag))
            pullPolicy: IfNotPresent
          # apps:                   # beside frappe; they must be in the image
          #   - name: erpnext
          #     source: image
          componentReplicas:        # 0 workers are possible, 0 web servers are not
            gunicorn: \(webServers)
            workerDefault: 1
            workerShort: 1
            workerLong: 1
          # componentResources:     # a component that is not named keeps the default
          #   gunicorn:
          #     requests: {cpu: 100m, memory: 256Mi}
          #     limits: {cpu: "1", memory: 1Gi}
          # redisConfig:
          #   type: redis
          #   maxMemory: 128Mi      # what the cache may hold

        """
    }

    private func site(_ name: String, isFirst: Bool) -> String {
        let secure = "  # tls: {enabled: true}          # HTTPS; its certificate is made with acmeAccounts above\n"
        let more = """
              # domain: shop.example.com      # the name people type, where it differs from siteName
            \(ingress.isPublic ? secure : "")  # apps: [erpnext]               # all of the bench's when left out
              # adminPasswordSecretRef:       # a Secret with the key password; made when left out
              #   name: \(bench)-admin

            """
        return """
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeSite
            metadata:
              name: \(ScalarText.key(objectName(name)))
            spec:
              benchRef:
                name: \(ScalarText.key(bench))
              siteName: \(ScalarText.key(name))

            """ + (isFirst ? more : "")
    }

    /// A site's name without dots: `one.localhost` becomes `one-localhost`.
    private func objectName(_ siteName: String) -> String {
        String(siteName.map { $0 == "." ? "-" : $0 })
    }
}
