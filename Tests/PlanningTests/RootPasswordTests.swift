import FrappeModel
import Planning
import Testing

@Suite("Root's password of a MariaDB server")
struct RootPasswordTests {
    private let name = ObjectName("one")

    @Test("is set while the server runs, before anything is asked of it as root")
    func order() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.rootPasswordCauses = ["frappe-mariadb": "changed"]
        #expect(fixture.text == ["set-root-password mariadb frappe-mariadb: changed"])
        #expect(fixture.plan.steps.first?.effect == Step.Effect.none)
        fixture.desired.sites[name]?.maxStatementSeconds = 60
        fixture.observed.sitePhases[name]?.phase = .failed
        let create = fixture.plan.steps.first { $0.action.kind == "create-site" }
        #expect(create?.after == ["root password frappe-mariadb"])
        fixture.observed.sitePhases[name]?.phase = .ready
        let limit = fixture.plan.steps.first { $0.action.kind == "limit-statements" }
        #expect(limit?.after.contains("root password frappe-mariadb") == true)
    }

    @Test("waits for a server that is not as it should be")
    func needs() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.rootPasswordCauses = ["frappe-mariadb": "changed", "other": "changed"]
        fixture.change("mariadb") { $0.state = .exited }
        let step = fixture.plan.steps.first { $0.action.kind == "set-root-password" }
        #expect(step?.needs.contains("mariadb frappe-mariadb") == true)
        #expect(fixture.plan.steps.filter { $0.action.kind == "set-root-password" }.count == 1)
    }
}
