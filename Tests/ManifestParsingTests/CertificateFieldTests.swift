import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct CertificateFieldTests {
    private static let two =
        "acmeAccounts: [{name: le, email: me@shop.test}, {name: ours, server: 'https://ca.test/dir', caFile: /etc/ca.pem}]"

    private static func site(_ tls: String, host: String = two) -> Outcome {
        let text = Sample.site("domain: one.shop.test\n\(tls)") + "---\n" + Sample.host(host)
        return Outcome(text)
    }

    @Test(arguments: [
        ("tls: {enabled: true}", "le"), ("tls: {issuer: ours}", "ours"), ("ingress: {tls: {enabled: true}}", "le"),
        ("tls: {enabled: true, certManagerIssuer: ours}", "ours"), ("tls: {enabled: false, issuer: ours}", nil),
        ("tls: {}", nil),
    ])
    func `the account is the one that is named, else the first`(tls: String, account: String?) {
        let outcome = Self.site(tls)
        #expect(outcome.lines == [])
        #expect(outcome.site?.certificateRequest?.account?.name == account)
        #expect(outcome.site?.certificateOrders.map(\.name) == (account == nil ? [] : ["one.shop.test"]))
    }

    @Test func `an account has its server, its address and who to trust`() {
        #expect(
            Self.site("").manifests.host.acmeAccounts == [
                ACMEAccount(name: "le", server: ACMEAccount.letsEncrypt, email: "me@shop.test"),
                ACMEAccount(name: "ours", server: "https://ca.test/dir", caFile: "/etc/ca.pem"),
            ])
    }

    @Test func `the issuer of a cluster is another's word for the first account`() {
        let outcome = Self.site("tls: {enabled: true, certManagerIssuer: letsencrypt-prod}")
        #expect(
            outcome.lines == [
                "~8:43 spec.tls.certManagerIssuer: acmeAccounts of Host has no \"letsencrypt-prod\": le is asked instead."
            ])
        #expect(outcome.site?.certificateRequest?.account?.name == "le")
    }

    @Test func `names that nobody can prove are told`() {
        let text = Sample.site("tls: {enabled: true}") + "---\n" + Sample.host(Self.two)
        #expect(
            Outcome(text).lines == [
                "~7:3 spec.tls: no authority can prove one.localhost: name a Secret with tls.crt and tls.key in secretName"
            ])
    }

    @Test func `a further name has an issuer of its own, or no HTTPS at all`() {
        func domain(_ tls: String, site: String = "{enabled: true}") -> SiteDomain? {
            let text =
                "---\napiVersion: vyogo.tech/v1\nkind: SiteDomain\nmetadata: {name: www}\n"
                + "spec: {siteRef: {name: one}, domain: www.shop.test, tls: \(tls)}\n"
            let all = Sample.site("tls: \(site)\ndomain: one.shop.test") + text + "---\n" + Sample.host(Self.two)
            let outcome = Outcome(all)
            #expect(outcome.errors.isEmpty, "\(outcome.lines)")
            return outcome.site?.domains.first
        }
        #expect(domain("{issuerRef: {name: ours, kind: ClusterIssuer}}")?.certificateRequest?.account?.name == "ours")
        #expect(domain("{enabled: true}")?.certificateRequest == nil)
        #expect(domain("{enabled: true}", site: "{}")?.certificateRequest?.account?.name == "le")
        #expect(domain("{}")?.certificateRequest == nil && domain("{}")?.isSecure == true)
        #expect(domain("{enabled: false, issuerRef: {name: ours}}")?.isSecure == false)
    }

    @Test(arguments: [
        ("[{email: a@b.test}]", "4:18 spec.acmeAccounts[0].name: required, for example letsencrypt"),
        ("[{name: a, email: a}]", "4:35 spec.acmeAccounts[0].email: \"a\" is not an address such as admin@example.com"),
        (
            "[{name: a, email: '-m@shop.test'}]",
            "4:35 spec.acmeAccounts[0].email: \"-m@shop.test\" is not an address such as admin@example.com"
        ),
        (
            "[{name: a, server: 'http://ca.test'}]",
            "4:36 spec.acmeAccounts[0].server: \"http://ca.test\" is not a URL that begins with https://"
        ),
        ("[{name: a}, {name: a}]", "4:36 spec.acmeAccounts[1].name: \"a\" is given twice"),
    ])
    func `an account that cannot be meant is refused`(accounts: String, line: String) {
        #expect(Outcome(Sample.host("acmeAccounts: \(accounts)")).lines == [line])
    }
}
