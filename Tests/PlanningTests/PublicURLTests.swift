import FrappeModel
import Planning
import Testing

@Suite("The public URL in a site's configuration")
struct PublicURLTests {
    private let name = ObjectName("one")

    @Test("follows the one that people use, once the route leads there, and interrupts nobody")
    func follows() {
        var fixture = PlanFixture(converged: true)
        fixture.desired.publicURLs[name] = "https://shop.test"
        #expect(
            fixture.text == [
                "configure-site site one.localhost: its public URL http://one.localhost -> https://shop.test"
            ])
        #expect(fixture.plan.unchangedSites == 0)
        #expect(fixture.plan.steps.first?.effect == Step.Effect.none)
        fixture.observed.routeDrift = "benches/shop.conf differs"
        #expect(fixture.plan.steps.map(\.id) == ["route", "configure one.localhost"])
        #expect(fixture.plan.steps.last?.needs.contains("route") == true)
        fixture.observed.containers.removeAll { $0.name.hasPrefix("web-2") }
        #expect(fixture.plan.steps.map(\.id) == ["shop/web-2", "shop/route", "configure one.localhost"])
        #expect(fixture.plan.steps.last?.needs.contains("shop/route") == true)
    }

    @Test("is written once where an earlier build did not record it")
    func unknown() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.sitePhases[name]?.publicURL = nil
        #expect(
            fixture.text == [
                "configure-site site one.localhost: it is not known whether its public URL is http://one.localhost"
            ])
    }

    @Test("waits for the proof of a site that has not answered yet")
    func unproven() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.sitePhases[name]?.phase = .failed
        fixture.desired.publicURLs[name] = "https://shop.test"
        #expect(fixture.plan.steps.map(\.action.kind) == ["create-site", "route", "verify-site", "configure-site"])
        #expect(fixture.plan.steps.last?.after == ["verify one.localhost"])
    }

    @Test("is left alone in a site that is made, deleted or lost")
    func others() {
        var fixture = PlanFixture(converged: true)
        fixture.desired.publicURLs[name] = "https://shop.test"
        fixture.observed.sitePhases[name]?.closing = .unrouted
        #expect(fixture.plan.isEmpty)
        fixture.observed.sitePhases[name]?.closing = nil
        fixture.observed.siteDirectories = [:]
        #expect(fixture.plan.isEmpty)
        fixture.observed.sitePhases[name]?.created = false
        fixture.observed.sitePhases[name]?.phase = .provisioning
        #expect(fixture.plan.steps.map(\.action.kind) == ["create-site", "route", "verify-site"])
    }
}
