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

    /// What the Host, the bench and the site say, and the public name with where it comes from.
    @Test(arguments: [
        ("spec: {domain: example.com}", "", "siteName: one", "one.example.com", Site.DomainSource.autoDetected),
        ("spec: {domain: .example.com}", "", "siteName: one", "one.example.com", .autoDetected),
        ("spec: {domain: example.com}", "", "siteName: one.localhost", "one.localhost", .siteName),
        ("spec: {domain: example.com}", "", "siteName: localhost", "localhost", .siteName),
        ("spec: {domain: example.com}", "autoDetect: false", "siteName: one", "one", .siteName),
        ("spec: {domain: example.com}", "suffix: .b.test", "siteName: one", "one.b.test", .suffix),
        ("spec: {domain: example.com}", "suffix: .b.test", "siteName: one.b.test", "one.b.test", .siteName),
        ("spec: {domain: example.com}", "suffix: .b.test", "siteName: one\n  domain: c.test", "c.test", .explicit),
        ("spec: {domain: example.com}", "", "siteName: one\n  domain: '*.c.test'", "one.example.com", .autoDetected),
        ("spec: {}", "", "siteName: one", "one", .siteName),
    ])
    func `the public name is the domain, else the suffix, else the host's domain, else the site's name`(
        host: String, bench: String, site: String, name: String, source: Site.DomainSource
    ) throws {
        let text = Sample.site("").replacing("siteName: one.localhost", with: site)
            .replacing(Sample.bench(""), with: Sample.bench("domainConfig: {\(bench)}"))
        let outcome = Outcome("apiVersion: frappectl.dev/v1alpha1\nkind: Host\n\(host)\n---\n" + text)
        #expect(outcome.lines == [])
        #expect(outcome.site?.publicName == name && outcome.site?.domainSource == source)
    }

    @Test func `a bench that wants the host's domain is told where there is none`() {
        let lines = Outcome(Sample.bench("domainConfig: {autoDetect: true}")).lines
        #expect(
            lines == [
                "~5:30 spec.domainConfig.autoDetect: there is no domain to append: write spec.domain into the Host manifest"
            ])
    }

    @Test func `a wildcard serves and is never the public name`() throws {
        let wild = Self.domain.replacing("domain: www.example.com", with: "domain: '*.example.com'")
        let site = try #require(Outcome(Sample.site("domain: '*.c.test'") + "---\n" + wild).site)
        #expect(site.hostNames == ["one.localhost", "*.c.test", "*.example.com"])
        #expect(site.publicName == "one.localhost" && site.plainNames == ["one.localhost"])
        let primary = Outcome(Sample.site("") + "---\n" + wild + "  redirectPrimary: true\n")
        #expect(
            primary.lines.first?.hasSuffix("links cannot begin with *.example.com: name one of its names") == true)
        let twice = Outcome(Sample.site("domain: '*.example.com'") + "---\n" + wild)
        #expect(
            twice.lines.first?.hasSuffix("\"*.example.com\" belongs to FrappeSite one already, at shop.yaml:7:11")
                == true,
            "\(twice.lines)")
        for wrong in ["'*'", "'*.'", "'*.*.c.test'", "'x.*.test'", "'**.test'", "'*.Test'"] {
            #expect(Outcome(Sample.site("domain: \(wrong)")).errors.count == 1, "\(wrong)")
        }
    }

    @Test func `a site that is not to be served is not left to another's wildcard`() {
        let off = Sample.site("ingress: {enabled: false}")
        #expect(Outcome(off).lines == [] && Outcome(off).site?.ingress.isEnabled == false)
        let other = """
            ---
            apiVersion: vyogo.tech/v1
            kind: FrappeSite
            metadata: {name: two}
            spec: {benchRef: {name: shop}, siteName: two.test, domain: "*.localhost"}

            """
        #expect(
            Outcome(off + other).lines == [
                "7:22 spec.ingress.enabled: one.localhost would then be served by FrappeSite two, whose *.localhost "
                    + "covers it (shop.yaml:18:60): rename the site or take that name away"
            ])
    }

    @Test func `a file that claims a name of a stored site is refused with both lines`() throws {
        let stored = Outcome(Sample.site("")).documents
        let text = Self.domain.replacing("www.example.com", with: "one.localhost")
        let reading = ManifestParser.read(files: [("new.yaml", text)], stored: stored)
        let problem = try #require(reading.problems.first)
        #expect(problem.location.description == "new.yaml:6:11")
        #expect(problem.message == "\"one.localhost\" belongs to FrappeSite one already, at shop.yaml:6:13")
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
