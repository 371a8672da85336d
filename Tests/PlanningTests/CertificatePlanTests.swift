import FrappeModel
import Planning
import Testing

@Suite("Certificates in a plan")
struct CertificatePlanTests {
    private let account = ACMEAccount(name: "ours", server: "https://ours.test/dir")
    private let site = ObjectName("one")

    private func fixture(_ names: [String] = ["one.shop.test"]) -> PlanFixture {
        var fixture = PlanFixture(converged: true)
        fixture.observed.now = 1_000_000
        fixture.desired.sites[site]?.certificateRequest = CertificateRequest(account: account)
        fixture.desired.sites[site]?.domains = names.map {
            SiteDomain(name: ObjectName($0), site: site, domain: $0)
        }
        return fixture
    }

    @Test("are asked for one after the other, once the route leads there")
    func order() {
        var fixture = fixture(["a.shop.test", "b.shop.test"])
        #expect(
            fixture.text == [
                "obtain-certificate certificate a.shop.test: does not exist yet",
                "obtain-certificate certificate b.shop.test: does not exist yet",
            ])
        #expect(fixture.plan.steps[1].after.contains("certificate a.shop.test"))
        fixture.observed.routeDrift = "benches/shop.conf differs"
        #expect(
            fixture.plan.steps.map(\.id) == ["route", "certificate a.shop.test", "certificate b.shop.test"])
        #expect(fixture.plan.steps.dropFirst().allSatisfy { $0.needs.contains("route") })
    }

    @Test("are left alone while they are valid, and while an authority wants to be left alone")
    func none() {
        var fixture = fixture()
        let issued = CertificateRecord.Issued(server: account.server, from: 0, until: 9_000_000)
        fixture.observed.certificates["one.shop.test"] = CertificateRecord(issued: issued)
        #expect(fixture.plan.isEmpty && fixture.plan.notes == [])
        fixture.observed.certificates["one.shop.test"] = CertificateRecord(
            failure: .init(server: account.server, reason: "no such host", at: 999_000, count: 1))
        #expect(fixture.plan.isEmpty)
        #expect(
            fixture.plan.notes == [
                "there is no new certificate for one.shop.test: no such host; up tries again after "
                    + "1970-01-12T14:30:00Z, and frappectl certificate renew one.shop.test at once"
            ])
    }

    @Test("are renewed whatever becomes of the route, and a failed attempt is told only while one is due")
    func renewal() {
        var fixture = fixture()
        fixture.observed.routeDrift = "benches/shop.conf differs"
        var record = CertificateRecord(issued: .init(server: account.server, from: 0, until: 1_200_000))
        fixture.observed.certificates["one.shop.test"] = record
        #expect(fixture.plan.steps.last?.cause == "is valid for 2 days more")
        #expect(fixture.plan.steps.last?.needs == [] && fixture.plan.steps.last?.after.contains("route") == true)
        fixture.observed.routeDrift = nil
        record.failure = .init(server: account.server, reason: "no", at: 999_000, count: 1)
        fixture.observed.certificates["one.shop.test"] = record
        #expect(fixture.plan.isEmpty && fixture.plan.notes.count == 1)
        record.issued?.until = 9_000_000
        fixture.observed.certificates["one.shop.test"] = record
        #expect(fixture.plan.isEmpty && fixture.plan.notes == [])
    }

    @Test("that nobody is left to renew are told in time")
    func unrenewed() {
        var fixture = fixture()
        fixture.desired.sites[site]?.certificateRequest = CertificateRequest(account: nil)
        let issued = CertificateRecord.Issued(server: account.server, from: 0, until: 1_200_000)
        fixture.observed.certificates["one.shop.test"] = CertificateRecord(issued: issued)
        fixture.desired.sites[site] = fixture.desired.sites[site]?.serving(fixture.observed.certificates)
        #expect(
            fixture.plan.notes == [
                "the certificate of one.shop.test is valid until 1970-01-14T21:20:00Z, and Host has no account to renew "
                    + "it with; next: frappectl explain Host.spec.acmeAccounts"
            ])
        fixture.observed.now = 700_000
        #expect(fixture.plan.isEmpty && fixture.plan.notes == [])
    }

    @Test("that nobody tried to renew in three days are told")
    func overdue() {
        var fixture = fixture()
        let issued = CertificateRecord.Issued(server: account.server, from: 0, until: 1_050_000)
        fixture.observed.certificates["one.shop.test"] = CertificateRecord(issued: issued)
        #expect(
            fixture.plan.notes == [
                "the certificate of one.shop.test waits to be renewed since 1970-01-09T02:26:40Z, and nothing did it; "
                    + "next: frappectl up, and let cron run frappectl certificate renew once a day"
            ])
        fixture.observed.now = 959_000
        #expect(fixture.plan.notes == [] && fixture.plan.steps.count == 1)
    }

    @Test("are renewed by a timer of this machine, where it has one")
    func timer() {
        var fixture = fixture()
        fixture.observed.certificates["one.shop.test"] = CertificateRecord(
            issued: .init(server: account.server, from: 0, until: 9_000_000))
        for isWanted in [true, false] {
            fixture.observed.renewalDrift = RenewalDrift(name: "renew.timer", cause: "it differs", isWanted: isWanted)
            #expect(fixture.text == ["schedule-renewal renewal: it differs"])
        }
    }

    @Test("are not asked for where the site does not serve")
    func unserved() {
        var fixture = fixture()
        fixture.observed.sitePhases[site]?.closing = .unrouted
        #expect(fixture.plan.steps.allSatisfy { !$0.action.isOrder })
    }
}
