import FrappeModel
import Testing

@Suite("Certificates that authorities make")
struct CertificateRecordTests {
    private let account = ACMEAccount(name: "ours", server: "https://ours.test/dir")
    private let day = 86_400.0

    private func issued(days: Double) -> CertificateRecord {
        CertificateRecord(issued: .init(server: account.server, from: 0, until: days * day))
    }

    @Test("one is renewed when a third of its time is left, whatever that time is")
    func renewal() {
        #expect(CertificateRecord().cause(for: account, at: 5) == "does not exist yet")
        let long = issued(days: 90)
        #expect(long.cause(for: account, at: 59.9 * day) == nil)
        #expect(long.cause(for: account, at: 60 * day) == "is valid for 30 days more")
        #expect(long.cause(for: account, at: 89 * day) == "is valid for 24 hours more")
        #expect(long.cause(for: account, at: 90 * day) == "has expired")
        #expect(long.turn(for: account) == 60 * day)
        #expect(issued(days: 6).turn(for: account) == 4 * day)
    }

    @Test("that of another authority is no longer the right one")
    func otherAuthority() {
        let other = ACMEAccount(name: "other")
        #expect(issued(days: 90).cause(for: other, at: 0) == "is of another authority")
        #expect(issued(days: 90).turn(for: other) == 0)
    }

    @Test("after a failure one waits longer each time, up to 20 hours, and a person need not")
    func failures() {
        var record = issued(days: 90)
        for (count, hours) in [(1, 1.0), (2, 2), (3, 4), (5, 16), (6, 20), (60, 20)] {
            record.failure = .init(server: account.server, reason: "no", at: 70 * day, count: count)
            let retry = 70 * day + hours * 3600
            #expect(record.turn(for: account) == retry)
            #expect(record.cause(for: account, at: retry - 1) == nil)
            #expect(record.cause(for: account, at: retry) != nil)
        }
        // Another authority has nothing to do with it.
        #expect(record.cause(for: ACMEAccount(name: "other"), at: 70 * day) == "is of another authority")
        #expect(record.turn(for: ACMEAccount(name: "other")) == 0)
        record.askedAt = 70 * day
        #expect(record.cause(for: account, at: 70 * day) == "a new one was asked for")
        let never = CertificateRecord(failure: .init(server: account.server, reason: "no", at: 0, count: 1))
        #expect(never.cause(for: account, at: 3600) == "could not be had before")
        #expect(never.cause(for: account, at: 3599) == nil && never.need(for: account, at: 3599) != nil)
    }

    @Test(
        "what is said of one changes when it is due, when it may be asked for again, and when nobody is left to renew it"
    )
    func changes() {
        let never = CertificateRecord()
        #expect(never.nextChange(for: account, after: 5) == 0 && never.nextChange(for: nil, after: 5) == nil)
        var record = issued(days: 90)
        #expect(record.nextChange(for: account, after: 5) == 60 * day)
        #expect(record.nextChange(for: nil, after: 5) == 60 * day)
        #expect(record.nextChange(for: nil, after: 61 * day) == nil)
        record.failure = .init(server: account.server, reason: "no", at: 59.9 * day, count: 6)
        #expect(record.nextChange(for: account, after: 59.95 * day) == 60 * day)
        #expect(record.nextChange(for: account, after: 60.1 * day) == 59.9 * day + 72_000)
    }

    @Test("names are ordered that an authority can ask for here and that have no Secret")
    func orders() {
        var site = Site(name: ObjectName("s"), bench: ObjectName("b"), siteName: "one.shop.test", domain: "plain")
        site.wildcard = "*.shop.test"
        site.certificateRequest = CertificateRequest(account: account)
        var secret = SiteDomain(name: ObjectName("a"), site: site.name, domain: "a.shop.test")
        secret.certificate = ObjectName("pair")
        var open = SiteDomain(name: ObjectName("b"), site: site.name, domain: "b.shop.test")
        open.isSecure = false
        var other = SiteDomain(name: ObjectName("c"), site: site.name, domain: "c.shop.test", redirects: true)
        other.certificateRequest = CertificateRequest(account: ACMEAccount(name: "other"))
        site.domains = [
            secret, open, other, SiteDomain(name: ObjectName("d"), site: site.name, domain: "d.localhost"),
        ]
        #expect(
            site.certificateOrders.map { "\($0.name) \($0.account.name)" } == [
                "one.shop.test ours", "c.shop.test other",
            ])
        site.issuedNames = ["one.shop.test"]
        #expect(site.certificate(for: "one.shop.test") == .issued("one.shop.test"))
        #expect(site.certificate(for: "a.shop.test") == .secret(ObjectName("pair")))
        #expect(site.certificate(for: "b.shop.test") == nil && site.certificate(for: "c.shop.test") == nil)
        // The site's Secret is for its own names, and for those that say nothing themselves.
        site.certificate = ObjectName("whole")
        site.issuedNames = ["c.shop.test"]
        #expect(site.certificateOrders.map(\.name) == ["c.shop.test"])
        #expect(site.certificate(for: "c.shop.test") == .issued("c.shop.test"))
        #expect(site.certificate(for: "one.shop.test") == .secret(ObjectName("whole")))
        #expect(site.certificate(for: "d.localhost") == .secret(ObjectName("whole")))
        site.certificate = nil
        site.ingress.isEnabled = false
        #expect(site.certificateOrders == [])
    }

    @Test("a name begins its links with https from its first certificate on")
    func publicURL() {
        var site = Site(name: ObjectName("s"), bench: ObjectName("b"), siteName: "one.shop.test")
        site.certificateRequest = CertificateRequest(account: account)
        var manifests = Manifests(sites: [site.name: site])
        manifests.host.httpsPort = 443
        manifests.host.httpPort = 80
        func url(_ records: [String: CertificateRecord]) -> String? {
            let serving = manifests.serving(records)
            return serving.sites[site.name].map { serving.publicURL(of: $0) }
        }
        #expect(url([:]) == "http://one.shop.test")
        let failed = CertificateRecord(failure: .init(server: account.server, reason: "no", at: 0, count: 1))
        #expect(url(["one.shop.test": failed]) == "http://one.shop.test")
        // An account that was taken away takes away no certificate.
        manifests.sites[site.name]?.certificateRequest = CertificateRequest(account: nil)
        #expect(url(["one.shop.test": issued(days: 1)]) == "https://one.shop.test")
        manifests.sites[site.name]?.certificateRequest = nil
        #expect(url(["one.shop.test": issued(days: 1)]) == "http://one.shop.test")
        manifests.sites[site.name] = site
        #expect(url(["one.shop.test": issued(days: 1), "two.shop.test": issued(days: 1)]) == "https://one.shop.test")
    }
}
