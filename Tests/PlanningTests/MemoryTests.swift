import FrappeModel
import Testing

@testable import Planning

@Suite("Memory in a plan")
struct MemoryTests {
    @Test("is noted only where the limits exceed the budget, with who may take most")
    func commitment() throws {
        var fixture = PlanFixture(converged: true)
        fixture.desired.memoryBudget = 11 << 30
        #expect(MemoryCommitment(fixture.desired)?.limits == 11 << 30)
        #expect(fixture.plan.notes == [])
        fixture.desired.memoryBudget = 4 << 30
        let note = try #require(fixture.plan.notes.first)
        #expect(
            note.hasPrefix(
                "memory limits add up to 11 GiB of a budget of 4 GiB (bench shop 10 GiB, mariadb frappe-mariadb 1 GiB)")
        )
        #expect(fixture.plan.isEmpty, "a note changes nothing")
    }

    @Test("says why a default changed, and where a written value is")
    func causes() {
        var fixture = PlanFixture(converged: true)
        fixture.desired.memoryBudget = 60 << 30
        fixture.redefine(.mariadb, memory: 2 << 30)
        #expect(fixture.text.contains { $0.contains("1 GiB -> 2 GiB (follows the host's memory budget of 60 GiB)") })
        fixture.locations[ManifestKey(.host, ObjectName("host"))] = [
            "spec.mariadb.memory": SourceLocation(file: "host.yaml", line: 7, column: 3)
        ]
        #expect(fixture.text.contains { $0.contains("1 GiB -> 2 GiB (host.yaml:7)") })
    }
}

@Suite("A dedicated database in a plan")
struct DedicatedDatabasePlanTests {
    private static let server = "one.localhost_db"

    private static func fixture() throws -> PlanFixture {
        var fixture = PlanFixture(converged: true)
        let name = ObjectName("one")
        fixture.desired.sites[name]?.databaseServer = server
        fixture.desired.sites[name]?.dedicatedDatabase = DedicatedDatabase()
        fixture.observed.sitePhases[name]?.databaseServer = server
        var container = PlanFixture.container(.mariadb, instance: server, network: "net-shop")
        container.identity.bench = PlanFixture.bench
        fixture.desired.containers.append(container)
        return fixture
    }

    @Test("belongs to its bench, holds up its own site alone, and gets a directory first")
    func made() throws {
        var fixture = try Self.fixture()
        fixture.observed.sitePhases = [:]
        fixture.observed.siteDirectories = [:]
        fixture.change("web") { $0.state = .exited }
        let steps = fixture.plan.steps
        let server = try #require(steps.first { $0.subject == "mariadb \(Self.server)" })
        #expect(server.bench == PlanFixture.bench)
        #expect(server.needs.contains("directory \(Self.server)"))
        #expect(steps.first { $0.subject == "site one.localhost" }?.needs.contains(server.id) == true)
        #expect(steps.filter { $0.subject.hasPrefix("web") }.allSatisfy { !$0.needs.contains(server.id) })
    }

    @Test("is left to delete once the dump is whole, and started again before")
    func closing() throws {
        var fixture = try Self.fixture()
        fixture.observed.sitePhases[ObjectName("one")]?.closing = .dumped
        #expect(fixture.plan.isEmpty, "\(fixture.text)")
        fixture.observed.sitePhases[ObjectName("one")]?.closing = .unrouted
        #expect(fixture.text.contains { $0.hasPrefix("start mariadb \(Self.server)") }, "\(fixture.text)")
    }
}
