import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct TemplateTests {
    private typealias Ingress = ManifestTemplate.Ingress

    private static let laptop = Ingress(address: "127.0.0.1", httpPort: 8081, httpsPort: 8443)
    private static let server = Ingress(address: "0.0.0.0", httpPort: 80, httpsPort: 443)

    private static func including(_ configuration: String, file: String?) -> Ingress {
        var ingress = server
        ingress.inclusion = Ingress.Inclusion(
            port: 443, configuration: configuration, file: file, otherPorts: .init(http: 8081, https: 8444))
        return ingress
    }

    private static func template(_ ingress: Ingress) -> ManifestTemplate {
        ManifestTemplate(
            bench: "shop", repository: "localhost:5000/demo/bench", tag: "1",
            sites: ["one.localhost", "two.localhost"], ingress: ingress, serviceImages: ["redis": "a/redis:7"])
    }

    /// What the text says once every commented field is in force.
    private static func uncommented(_ text: String) -> Outcome {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("  # ") ? "  " + line.dropFirst(4) : String(line)
        }
        let secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: shop-admin}\nstringData: {password: x}"
        return Outcome(lines.joined(separator: "\n") + secret)
    }

    @Test func `the starter manifest has no problems`() {
        let outcome = Outcome(Self.template(Self.laptop).text)
        #expect(outcome.lines == [])
        let host = outcome.manifests.host
        #expect(host.listenAddress == "127.0.0.1" && host.httpPort == 8081 && host.httpsPort == 8443)
        #expect(host.redisImage == "a/redis:7")
        #expect(outcome.bench?.image == ImageSettings(repository: "localhost:5000/demo/bench", tag: "1"))
        #expect(Set(outcome.manifests.sites.values.map(\.siteName)) == ["one.localhost", "two.localhost"])
    }

    @Test func `its commented lines are valid as well`() {
        for ingress in [Self.laptop, Self.server, Self.including("/etc/nginx/nginx.conf", file: nil)] {
            let outcome = Self.uncommented(Self.template(ingress).text)
            #expect(outcome.lines == [])
            #expect(outcome.manifests.sites.values.contains { $0.domain == "shop.example.com" })
            #expect(outcome.bench?.apps == ["erpnext"])
        }
    }

    @Test func `a server has its ports, and proxies and the service to be uncommented`() {
        let text = Self.template(Self.server).text
        let plain = Outcome(text).manifests.host
        #expect(plain.listenAddress == "0.0.0.0" && plain.httpPort == 80 && plain.httpsPort == 443)
        #expect(plain.trustedProxies == [] && plain.ingressService == nil && plain.ingressMode == .own)
        let full = Self.uncommented(text).manifests.host
        #expect(full.trustedProxies == ["10.0.0.0/8"] && full.ingressService == true)
        #expect(full.acmeAccounts == [ACMEAccount(name: "letsencrypt", email: "you@example.com")])
        #expect(!Self.template(Self.laptop).text.contains("trustedProxies"))
    }

    @Test func `mode include says why, and what else could be`() {
        let text = Self.template(Self.including("/etc/nginx/nginx.conf", file: nil)).text
        let outcome = Outcome(text)
        #expect(outcome.lines == [] && outcome.manifests.host.ingressMode == .include)
        #expect(outcome.manifests.host.includingConfiguration == nil && outcome.manifests.host.includeFile == nil)
        #expect(text.contains("# The nginx of /etc/nginx/nginx.conf holds port 443"))
        #expect(text.contains("httpPort: 8081 and httpsPort: 8444"))
    }

    @Test func `an nginx elsewhere is named with its files, whatever they are called`() {
        let odd = "/srv/my web: 1/nginx.conf"
        let outcome = Outcome(Self.template(Self.including(odd, file: "/srv/my web: 1/x/frappectl.conf")).text)
        #expect(outcome.lines == [])
        #expect(outcome.manifests.host.includingConfiguration == odd)
        #expect(outcome.manifests.host.includeFile == "/srv/my web: 1/x/frappectl.conf")
    }
}
