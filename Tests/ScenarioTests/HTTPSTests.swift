import CurlTransport
import Foundation
import TestSupport
import Testing

extension Scenarios.Changing {
    /// A site with a certificate from a Secret.
    @Suite struct HTTPSTests {
        private static let site = "one.localhost"

        @Test func `it is served with its certificate, and HTTP leads there unless the annotation says no`()
            async throws
        {
            try await withShop { shop in
                let certificates = try await TestCertificates.make(for: Self.site, in: shop.directory)
                let port = shop.lease.upstreamPorts.upperBound
                let authority = "\(shop.directory)/authority.crt"
                try certificates.authority.write(toFile: authority, atomically: true, encoding: .utf8)
                func apply(redirects: Bool?) async throws {
                    try shop.write(Self.manifest(shop, port, certificates, redirects), to: "https.yaml")
                    try await shop.succeed(["up", "-f", "https.yaml"])
                }
                func status(encrypted: Bool) async throws -> (Int, String?) {
                    let client = HTTPClient(
                        .tcp(host: Self.site, port: encrypted ? port : shop.port, tls: encrypted),
                        trust: .authority(path: authority))
                    defer { client.shutDown() }
                    let answer = try await client.send(HTTPRequest(.get, "/api/method/ping?a=b"))
                    return (answer.status, answer.headers["Location"])
                }

                try await apply(redirects: nil)
                #expect(try await status(encrypted: true) == (200, nil))
                let (code, location) = try await status(encrypted: false)
                #expect(
                    code == 308 && location == "https://\(Self.site):\(port)/api/method/ping?a=b", "\(location ?? "")")
                let listed = try await shop.succeed(["site", "list", "--json"]).json().array
                #expect(listed.contains { $0.url.string == "https://\(Self.site):\(port)" }, "\(listed)")

                try await apply(redirects: false)
                #expect(try await status(encrypted: true) == (200, nil))
                #expect(try await status(encrypted: false) == (200, nil))

                let key =
                    try await shop.run(["get", "secret", "-o", "yaml"]).output + shop.run(["plan", "--json"]).output
                #expect(!key.contains("PRIVATE KEY"))
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await status(encrypted: false) == (200, nil))
            }
        }

        private static func manifest(
            _ shop: Installation, _ port: Int, _ certificates: TestCertificates, _ redirects: Bool?
        ) -> String {
            func block(_ text: String) -> String { "|\n    \(text.replacing("\n", with: "\n    "))" }
            let secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: one-tls}
                stringData:
                  tls.crt: \(block(certificates.certificate))
                  tls.key: \(block(certificates.privateKey))

                """
            let annotation = redirects.map {
                ["ingress:", "  annotations: {nginx.ingress.kubernetes.io/ssl-redirect: \"\($0)\"}"]
            }
            // The last of the ports is none of the upstreams' here.
            let host = shop.hostManifest.replacing("    httpPort:", with: "    httpsPort: \(port)\n    httpPort:")
                .replacing("-\(port)\n", with: "-\(port - 1)\n")
            return shop.manifests([
                secret, host,
                shop.siteManifest(
                    site, name: "one", extra: ["tls: {enabled: true, secretName: one-tls}"] + (annotation ?? [])),
            ])
        }
    }
}
