import FrappeModel
import StateStore
import Synchronization
import Testing

@testable import Operations

@Suite("The executor")
struct ExecutorTests {
    private struct Broken: Error {}

    private static func step(
        _ id: String, needs: Set<String> = [], after: Set<String> = [], provenAfter: Set<String> = []
    ) -> Step {
        var step = Step(
            id: id, action: .route(nil), bench: nil, subject: id, cause: "test", needs: needs, after: after)
        step.provenAfter = provenAfter
        return step
    }

    /// Runs steps of which some fail, and gives the order in which they ran, the error and the journal.
    private static func run(
        _ steps: [Step], failing: Set<String> = []
    ) async throws -> (ran: [String], error: OperationError?, journal: [StepRecord]) {
        let directory = try TemporaryDirectory()
        let host = try HostContext.open(
            root: directory.path, socket: "/nonexistent", invocation: .init(verb: "test", user: "tester"))
        let ran = Mutex<[String]>([])
        var caught: OperationError?
        do {
            try await host.operation(subject: "test", locks: [.host: .exclusive]) { operation in
                try await Executor(operation: operation) { step, proof in
                    ran.withLock { $0.append(step.id) }
                    if failing.contains(step.id) { throw Broken() }
                    try await proof()
                    if !step.provenAfter.isEmpty { ran.withLock { $0.append("\(step.id) proven") } }
                }.run(Plan(steps: steps))
            }
        } catch let error as OperationError {
            caught = error
        }
        return (ran.withLock { $0 }, caught, try host.store.history(limit: 1).first?.steps ?? [])
    }

    @Test("runs a step after what it needs, and does not wait for what is not in the plan")
    func order() async throws {
        let steps = [Self.step("c", needs: ["b", "elsewhere"]), Self.step("b", needs: ["a"]), Self.step("a")]
        let (ran, error, journal) = try await Self.run(steps)
        #expect(ran == ["a", "b", "c"])
        #expect(error == nil)
        #expect(journal.allSatisfy { $0.outcome == .done && $0.finishedAt != nil })
    }

    @Test("goes on with what does not need a failed step, and tells all failures at the end")
    func failure() async throws {
        let steps = [
            Self.step("a"), Self.step("b", needs: ["a"]), Self.step("c", needs: ["b"]), Self.step("d", after: ["a"]),
            Self.step("e"),
        ]
        let (ran, error, journal) = try await Self.run(steps, failing: ["a", "e"])
        #expect(Set(ran) == ["a", "d", "e"])
        guard case .steps(let failures)? = error else {
            Issue.record("no failure of steps: \(String(describing: error))")
            return
        }
        #expect(Set(failures.map(\.step)) == ["a", "e"])
        #expect(error?.exitCode == 1)
        #expect(Set(journal.filter { $0.outcome == .failed }.map(\.name)) == ["a", "e"])
    }

    @Test("starts what is proven by others before they ended, and proves it once they are done")
    func proof() async throws {
        // More that wait than may run at once: the one that they wait for still gets its turn.
        let webs = (10..<60).map { Self.step("web \($0)", provenAfter: ["z"]) }
        let (ran, error, _) = try await Self.run(webs + [Self.step("y"), Self.step("z", needs: ["y"])])
        #expect(error == nil)
        #expect(Set(ran).count == 102)
        #expect(ran.filter { $0.hasSuffix("proven") } == ran.suffix(50))
        #expect(ran.firstIndex(of: "web 10").map { $0 < 40 } == true)
    }

    @Test("what cannot be proven without a step that failed is skipped, with all that needs it")
    func unproven() async throws {
        let steps = [
            Self.step("database"), Self.step("web", provenAfter: ["database"]), Self.step("route", needs: ["web"]),
        ]
        let (ran, error, journal) = try await Self.run(steps, failing: ["database"])
        #expect(Set(ran) == ["database", "web"])
        guard case .steps(let failures)? = error else {
            Issue.record("no failure of steps: \(String(describing: error))")
            return
        }
        #expect(failures.map(\.step) == ["database"])
        #expect(journal.first { $0.name == "web" }?.reason == "was started, and cannot be proven without database")
        let circle = try await Self.run([
            Self.step("a", provenAfter: ["b"]), Self.step("b", needs: ["c"]), Self.step("c", needs: ["b"]),
        ])
        #expect(circle.ran == ["a"])
    }

    @Test("ends and says so when steps wait for each other")
    func circle() async throws {
        let (ran, error, _) = try await Self.run([
            Self.step("a", needs: ["b"]), Self.step("b", needs: ["a"]), Self.step("c"),
        ])
        #expect(ran == ["c"])
        #expect(error?.description.contains("a: its turn never came") == true)
    }

    @Test("runs many steps at once, and no more than are proven in their time")
    func width() async throws {
        let directory = try TemporaryDirectory()
        let host = try HostContext.open(
            root: directory.path, socket: "/nonexistent", invocation: .init(verb: "test", user: "tester"))
        let running = Mutex((now: 0, most: 0, all: 0))
        let width = try await host.operation(subject: "test", locks: [.host: .exclusive]) { operation in
            let executor = Executor(operation: operation) { _, _ in
                running.withLock { running in
                    running.now += 1
                    running.all += 1
                    running.most = max(running.most, running.now)
                }
                try await Task.sleep(for: .milliseconds(2))
                running.withLock { $0.now -= 1 }
            }
            try await executor.run(Plan(steps: (0..<150).map { Self.step("step \($0)") }))
            return executor.width
        }
        let (_, most, all) = running.withLock { $0 }
        #expect(all == 150)
        #expect((2...width).contains(most))
    }

    @Test("a run without steps leaves nothing in the journal")
    func empty() async throws {
        let (ran, error, journal) = try await Self.run([])
        #expect(ran.isEmpty && error == nil && journal.isEmpty)
    }
}
