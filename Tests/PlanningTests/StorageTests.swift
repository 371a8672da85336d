import FrappeModel
import Planning
import Testing

@Suite struct StorageTests {
    private static let trouble = StorageTrouble(reason: "the disk of /mnt/fast is not mounted", next: "mount /mnt/fast")

    private static func plan(_ fixture: PlanFixture) -> Plan {
        Planner(desired: fixture.desired, observed: fixture.observed, knownBenches: [PlanFixture.bench]).plan()
    }

    @Test(arguments: [false, true])
    func `of a bench whose files cannot be reached one step is left, which says why`(isConverged: Bool) throws {
        var fixture = PlanFixture(converged: isConverged)
        fixture.observed.configured = [:]
        fixture.observed.storageTroubles = [PlanFixture.bench: Self.trouble]
        let steps = Self.plan(fixture).steps.filter { $0.bench == PlanFixture.bench }
        let only = try #require(steps.first)
        #expect(steps.count == 1)
        #expect(only.action == .requireStorage(Self.trouble))
        #expect(only.cause == Self.trouble.words)
    }

    @Test func `what benches share is made all the same, also what the bench would have made first`() throws {
        var fixture = PlanFixture(converged: false)
        let other = ObjectName("other")
        var desired = try #require(fixture.desired.benches[PlanFixture.bench])
        desired.bench.name = other
        fixture.desired.benches[other] = desired
        fixture.observed.storageTroubles = [PlanFixture.bench: Self.trouble]
        let steps = Self.plan(fixture).steps
        #expect(steps.contains { $0.action == .prepareDatabase(server: "frappe-mariadb") })
        #expect(steps.contains { $0.action == .prepareBench(other) })
        fixture.observed.storageTroubles = [other: Self.trouble]
        #expect(Self.plan(fixture).steps.contains { $0.action == .extractAssets(PlanFixture.bench) })
    }
}
