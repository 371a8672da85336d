import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct IngressFieldTests {
    private static let domain = """
        apiVersion: vyogo.tech/v1
        kind: SiteDomain
        metadata: {name: www}
        spec:
          siteRef: {name: one}
          domain: www.example.com

        """

    @Test func `annotations of the ingress become limits`() throws {
        let lines = """
            ingress:
              annotations:
                nginx.ingress.kubernetes.io/proxy-body-size: 100m
                nginx.ingress.kubernetes.io/proxy-read-timeout: "300"
                nginx.ingress.kubernetes.io/proxy-send-timeout: "60s"
                nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8, 2001:db8::/32
                nginx.ingress.kubernetes.io/limit-rps: "20"
                nginx.ingress.kubernetes.io/ssl-redirect: "false"
            """
        let outcome = Outcome(Sample.site(lines))
        #expect(outcome.lines == [])
        var expected = SiteIngress()
        expected.bodySize = 100 << 20
        expected.readTimeout = 300
        expected.sendTimeout = 60
        expected.sources = ["10.0.0.0/8", "2001:db8::/32"]
        expected.requestsPerSecond = 20
        expected.redirectsToHTTPS = false
        #expect(outcome.site?.ingress == expected)
    }

    @Test(arguments: [
        ("proxy-body-size", "lots", "is not a size (such as 100m or 1g; 0 for any)"),
        ("proxy-body-size", "m", "is not a size (such as 100m or 1g; 0 for any)"),
        ("proxy-read-timeout", "0", "is not a whole number of seconds (1 to 3600)"),
        ("limit-rps", "1.5", "is not a whole number of requests a second (1 to 100000)"),
        ("whitelist-source-range", "10.0.0.0/8,moon", "is not an address or a network (such as 10.0.0.0/8)"),
        ("whitelist-source-range", "10.0.0.1/8", "is not an address or a network (such as 10.0.0.0/8)"),
        ("ssl-redirect", "maybe", "is not \"true\" or \"false\""),
    ])
    func `an annotation that makes no sense is an error with its place`(name: String, text: String, reason: String) {
        let lines = "ingress:\n  annotations:\n    nginx.ingress.kubernetes.io/\(name): '\(text)'"
        let outcome = Outcome(Sample.site(lines))
        #expect(outcome.errors.count == 1)
        #expect(outcome.errors.first?.message.hasSuffix(reason) == true, "\(outcome.lines)")
        #expect(outcome.errors.first?.location.line == 9)
    }

    @Test func `an annotation of something else is a warning with a hint`() {
        let lines = "ingress:\n  annotations:\n    nginx.ingress.kubernetes.io/proxy-body-sise: 1m"
        let message = Outcome(Sample.site(lines)).lines.first
        #expect(message?.hasPrefix("~9:") == true && message?.contains("proxy-body-size?") == true)
    }

    @Test func `domains belong to their site, the public name among them`() throws {
        let primary = Self.domain.replacing("example.com", with: "example.com\n  redirectPrimary: true")
        let site = try #require(Outcome(Sample.site("") + "---\n" + primary).site)
        #expect(site.hostNames == ["one.localhost", "www.example.com"])
        #expect(site.publicName == "www.example.com" && site.redirectedNames == ["one.localhost"])
        let served = try #require(Outcome(Sample.site("") + "---\n" + Self.domain).site)
        #expect(served.publicName == "one.localhost" && served.redirectedNames == [])
        let led = Self.domain.replacing(
            "{name: www}", with: "{name: www, annotations: {frappectl.dev/redirect: 'true'}}")
        #expect(try #require(Outcome(Sample.site("") + "---\n" + led).site).redirectedNames == ["www.example.com"])
    }

    @Test func `a name that is claimed twice is refused with both`() {
        let text = Sample.site("domain: www.example.com") + "---\n" + Self.domain
        let lines = Outcome(text).lines
        #expect(
            lines.contains {
                $0.contains("\"www.example.com\" belongs to FrappeSite one already, at shop.yaml:7:11")
            }, "\(lines)")
        let stray = Outcome(Self.domain.replacing("{name: one}", with: "{name: two}") + "---\n" + Sample.site(""))
        #expect(stray.lines == ["5:19 spec.siteRef.name: there is no FrappeSite two."])
    }

    @Test func `a certificate needs its Secret and both keys`() {
        let tls = "tls: {secretName: pair}"
        #expect(Outcome(Sample.site(tls)).lines == ["7:21 spec.tls.secretName: there is no Secret pair."])
        let half = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: pair}\nstringData: {tls.crt: x}\n"
        #expect(Outcome(Sample.site(tls) + half).lines == ["7:21 spec.tls.secretName: Secret pair has no key tls.key"])
        let whole = half.replacing("tls.crt: x", with: "tls.crt: x, tls.key: y")
        #expect(Outcome(Sample.site(tls) + whole).site?.certificate == ObjectName("pair"))
        let off = Outcome(Sample.site("tls: {secretName: pair, enabled: false}") + whole)
        #expect(off.lines == [] && off.site?.certificate == nil)
    }

    @Test(arguments: ["10.0.0.0/8", "192.0.2.7", "2001:db8::1", "2001:db8::/32", "::1", "1:2:3:4:5:6:7:8"])
    func `proxies are trusted by address or network`(source: String) {
        let outcome = Outcome(Sample.host("ingress: {trustedProxies: ['\(source)']}"))
        #expect(outcome.lines == [] && outcome.manifests.host.trustedProxies == [source])
    }

    @Test(arguments: ["0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.example.com", "1:2", ":", ":::", "10.0.0.1; deny"])
    func `a proxy that is no network is refused`(source: String) {
        #expect(Outcome(Sample.host("ingress: {trustedProxies: ['\(source)']}")).errors.count == 1)
    }
}
