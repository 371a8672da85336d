import FrappeModel
import Operations
import StateStore
import Testing

@testable import frappectl

@Suite struct ProgressTreeTests {
    private static let shop = ObjectName("shop")

    private static func step(_ name: String, _ action: StepAction? = nil, bench: ObjectName? = shop) -> Step {
        Step(
            id: name, action: action ?? .configureBench(shop), bench: bench, subject: name, cause: "because of \(name)")
    }

    private static func tree(_ steps: [Step], _ events: [(Double, ProgressEvent)]) -> ProgressTree {
        var tree = ProgressTree()
        tree.apply(.planned(Plan(steps: steps)), at: 0)
        for (time, event) in events { tree.apply(event, at: time) }
        return tree
    }

    private static func lines(_ tree: ProgressTree, at now: Double, columns: Int = 79, rows: Int? = nil) -> [String] {
        ProgressFrame(tree: tree, now: now, columns: columns, style: .plain).lines(rows: rows)
    }

    @Test func `Each thing has a line with its state, its time and what it said last`() {
        let steps = [Self.step("one"), Self.step("two"), Self.step("three"), Self.step("four")]
        let tree = Self.tree(
            steps,
            [
                (0, .stepStarted(steps[0])), (1, .stepFinished(steps[0], seconds: 1)), (1, .stepStarted(steps[1])),
                (2, .stepProgress(id: "two", text: "61 %")), (2, .stepStarted(steps[2])),
                (
                    3,
                    .stepFailed(steps[2], StepFailure(step: "three", subject: "three", reason: "no\nroom"), seconds: 1)
                ),
            ])
        let lines = Self.lines(tree, at: 4)
        #expect(lines[0].hasPrefix("shop ") && lines[0].contains("1 of 4 done"))
        #expect(lines[1].split(separator: " ") == ["one", "written", "1.0", "s"])
        #expect(lines[2].split(separator: " ") == ["two", "writing", "3.0", "s", "61", "%"])
        #expect(lines[3].split(separator: " ") == ["three", "FAILED", "1.0", "s", "no"])
        #expect(lines[4].split(separator: " ") == ["four", "waits"])
    }

    @Test func `Steps about one thing share its line, which is done with the last of them`() {
        var attach = Self.step("attach")
        attach.subject = "one"
        let steps = [Self.step("one"), attach]
        var tree = Self.tree(steps, [(0, .stepStarted(steps[0])), (1, .stepFinished(steps[0], seconds: 1))])
        #expect(Self.lines(tree, at: 1).count == 2)
        #expect(tree.lines[0].state == .waits)
        tree.apply(.stepStarted(attach), at: 1)
        tree.apply(.stepFinished(attach, seconds: 2), at: 3)
        #expect(tree.lines[0].state == .done)
        #expect(tree.lines[0].elapsed(at: 9) == 3)
    }

    @Test(arguments: [(24, 80), (10, 80), (5, 40), (2, 20), (1, 9), (3, 4)])
    func `A frame never has more lines or columns than the screen`(_ rows: Int, _ columns: Int) {
        let steps = (0..<40).map { Self.step("東京 step \($0)", bench: $0 % 3 == 0 ? nil : Self.shop) }
        var events: [(Double, ProgressEvent)] = steps.prefix(30).map { (0, .stepStarted($0)) }
        events += steps.prefix(20).map { (1, .stepFinished($0, seconds: 1)) }
        let lines = Self.lines(Self.tree(steps, events), at: 2, columns: columns, rows: rows)
        #expect(!lines.isEmpty && lines.count <= rows)
        #expect(lines.allSatisfy { TextWidth.columns($0) <= columns })
    }

    @Test func `Where there is no room, what waits goes before what is done, and what runs stays`() {
        let steps = (0..<12).map { Self.step("step \($0)") }
        var events: [(Double, ProgressEvent)] = steps.prefix(6).map { (0, .stepStarted($0)) }
        events += steps.prefix(4).map { (1, .stepFinished($0, seconds: 1)) }
        let tree = Self.tree(steps, events)
        let some = Self.lines(tree, at: 2, rows: 9)
        #expect(some.count == 8 && some.contains { $0.contains("step 0 ") } && some.last == "  = 6 wait")
        let few = Self.lines(tree, at: 2, rows: 5)
        #expect(few.count == 4 && few.contains { $0.contains("step 4 ") } && few.last == "  = 4 done, 6 wait")
    }

    @Test func `At the end all lines are there, with the health that was observed`() {
        let steps = (0..<30).map { Self.step("step \($0)") }
        var tree = Self.tree(
            steps, steps.map { (0, .stepStarted($0)) } + steps.map { (1, .stepFinished($0, seconds: 1)) })
        let health = BenchHealth(name: Self.shop, tag: "version-15", sites: 2, healthy: 11, expected: 12)
        tree.apply(.observed([health]), at: 2)
        tree.apply(.ended(.done), at: 41)
        let lines = Self.lines(tree, at: 50)
        #expect(lines.count == 31)
        #expect(lines[0].hasPrefix("shop (version-15, 2 sites) ") && lines[0].hasSuffix("11 of 12 healthy      41 s"))
    }

    @Test func `What an interrupted run never began is said`() {
        let steps = [Self.step("one"), Self.step("two")]
        let tree = Self.tree(
            steps, [(0, .stepStarted(steps[0])), (1, .stepInterrupted(steps[0])), (1, .ended(.interrupted))])
        #expect(tree.lines.map(\.word) == ["stopped", "not begun"])
    }
}
