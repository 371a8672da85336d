import FrappeModel

extension ManifestTemplate {
    /// How sites are reached, with the reasons as comments.
    package struct Ingress: Hashable, Sendable {
        package var address: String
        package var httpPort: Int
        package var httpsPort: Int
        /// The distribution's nginx, where it has a port that the sites want.
        package var inclusion: Inclusion?

        package init(address: String, httpPort: Int, httpsPort: Int, inclusion: Inclusion? = nil) {
            self.address = address
            self.httpPort = httpPort
            self.httpsPort = httpsPort
            self.inclusion = inclusion
        }

        /// What mode `include` adds to.
        package struct Inclusion: Hashable, Sendable {
            /// The port that it holds.
            package var port: Int
            /// Its main file.
            package var configuration: String
            /// The file to write; nil for the usual one.
            package var file: String?
            /// Ports that an nginx of our own could have instead.
            package var otherPorts: OtherPorts

            package init(port: Int, configuration: String, file: String?, otherPorts: OtherPorts) {
                self.port = port
                self.configuration = configuration
                self.file = file
                self.otherPorts = otherPorts
            }
        }

        package struct OtherPorts: Hashable, Sendable {
            package var http: Int
            package var https: Int

            package init(http: Int, https: Int) {
                self.http = http
                self.https = https
            }
        }

        private static let usualConfiguration = "/etc/nginx/nginx.conf"

        /// The lines below `spec:`.
        var text: String { "  ingress:\n" + mode + places + (isPublic ? further + accounts : "") }

        var isPublic: Bool { address != "127.0.0.1" }

        private var mode: String {
            guard let inclusion else {
                return "    mode: own               # an nginx of its own, beside whatever else runs here\n"
            }
            let other = inclusion.otherPorts
            return """
                    # The nginx of \(SafeText.plain(inclusion.configuration)) holds port \(inclusion.port).
                    # With mode include it serves the sites beside its own; one file is added to its configuration.
                    # The alternative is mode: own with ports that are free (httpPort: \(other.http) and httpsPort: \(other.https)),
                    # or with these ports once that nginx is stopped.
                    mode: include

                """ + files(inclusion)
        }

        private func files(_ inclusion: Inclusion) -> String {
            var lines: [String] = []
            if inclusion.configuration != Self.usualConfiguration {
                lines.append("      configuration: \(ScalarText.key(inclusion.configuration))\n")
            }
            if let file = inclusion.file { lines.append("      file: \(ScalarText.key(file))\n") }
            return lines.isEmpty ? "" : "    include:\n" + lines.joined()
        }

        private var places: String {
            let other = isPublic ? "127.0.0.1 to be reached from here only" : "0.0.0.0 to be reached from outside"
            return """
                    address: \(address)      # \(other)
                    httpPort: \(httpPort)
                    httpsPort: \(httpsPort)          # listened on once a site has a certificate

                """
        }

        private var accounts: String {
            """
              # acmeAccounts:           # who makes certificates, for sites with tls: {enabled: true}
              #   - name: letsencrypt   # having it here is agreeing to its terms
              #     email: you@example.com

            """
        }

        /// What a server may need beside.
        private var further: String {
            let proxies =
                "  #   trustedProxies: [10.0.0.0/8]   # proxies in front, whose word about clients is believed\n"
            guard inclusion == nil else { return proxies }
            return proxies + "  #   service: true         # systemd starts nginx at boot; the default below port 1024\n"
        }
    }
}
