import FrappeModel
import Testing

@testable import Operations

@Suite struct ProofsTests {
    private func container(_ status: String) -> ObservedContainer {
        ObservedContainer(id: "1", name: "web", state: .running, health: .starting, status: status, labels: [:])
    }

    /// Started at 1000, proven at 1002, asked at `now`.
    private func holds(_ status: String, at now: Double, interval: Int? = 60, id: String = "1") throws -> Bool {
        let directory = try TemporaryDirectory()
        let first = Proofs(directory: directory.path)
        first.add("1", startedAt: 1000, at: 1002)
        first.save(at: 1003)
        var container = container(status)
        container.id = id
        return Proofs(directory: directory.path).holding([container], at: now) { _ in interval }.contains(id)
    }

    @Test func `a proof counts for the same start until the Engine asks itself`() throws {
        #expect(try holds("Up 8 seconds (health: starting)", at: 1008.7))
        #expect(try holds("Up About a minute (health: starting)", at: 1061))
    }

    @Test func `a proof ends with the interval of the Engine's probes`() throws {
        #expect(try !holds("Up About a minute (health: starting)", at: 1063))
        #expect(try !holds("Up 31 seconds (health: starting)", at: 1032.5, interval: 30))
        #expect(try !holds("Up 8 seconds (health: starting)", at: 1008, interval: nil))
    }

    @Test func `a container that was started anew is asked again`() throws {
        #expect(try !holds("Up 2 seconds (health: starting)", at: 1008))
        #expect(try !holds("Up Less than a second (health: starting)", at: 1008))
        #expect(try !holds("Up 8 seconds (health: starting)", at: 1008, id: "2"))
    }

    @Test(arguments: ["Up 3 hours (health: starting)", "Restarting (1) 2 seconds ago", "", "Up", "Up x seconds"])
    func `words that tell no time prove nothing`(status: String) {
        #expect(Proofs.seconds(inStatus: status) == nil)
    }
}
