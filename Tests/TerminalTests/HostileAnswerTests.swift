import Diagnosis
import FrappeModel
import Testing

@testable import ManifestParsing
@testable import Operations
@testable import Planning
@testable import frappectl

/// Answers whose every field was written by somebody who means harm.
@Suite struct HostileAnswerTests {
    private static let evil = "x\u{1B}[2J\u{9B}31m\u{202E}\nFAKE line\r\u{7}"

    /// No line of an answer begins with what a field says, and nothing in it acts on a terminal.
    private func check(_ text: String) {
        let shown = ShownText.text(text, colours: false)
        #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) })
        #expect(!shown.contains("\nFAKE"), "\(shown)")
        #expect(shown.contains("FAKE"), "the field is not shown at all: \(shown)")
    }

    private static let component = HostStatus.ComponentStatus(
        name: evil, component: evil, container: evil, state: evil, health: evil, status: evil, restarts: .max,
        isLooping: true, lastExitCode: .min, lastLine: evil, killedForMemory: true, memoryKills: .max, memory: .max,
        memoryPeak: .max, memoryLimit: .max, cpuSeconds: 1e300,
        bench: evil, dataSize: .max, dataQuota: .max)

    private static let machine = HostStatus.Machine(
        cores: .max, memory: .max, memoryAvailable: 0, diskTotal: 1, diskFree: 0, load: 1, memoryBudget: .max,
        memoryLimits: .max)

    @Test func `status`() throws {
        let bench = HostStatus.BenchStatus(
            name: "shop", image: Self.evil, release: 1, healthy: 0, expected: .max, filesSize: .max, filesQuota: 1,
            components: [Self.component],
            sites: [])
        let status = HostStatus(
            root: "/srv/x", rootID: "aaaaaa", machine: Self.machine,
            disks: [.init(name: Self.evil, path: Self.evil, total: .max, free: .min, inodes: .max, inodesFree: .min)],
            proxy: "serving", shared: [Self.component],
            benches: [bench], attention: [Self.evil])
        check(StatusText(status).text)
        #expect(try JSONOutput.line(status).unicodeScalars.allSatisfy(SafeText.isPrintable))
    }

    @Test func `plans`() throws {
        let container = ObservedContainer(
            id: "1", name: Self.evil, state: .running, labels: [Label.bench: Self.evil, Label.step: Self.evil])
        let step = Step(
            id: Self.evil, action: .remove(container), bench: ObjectName(Self.evil), subject: Self.evil,
            cause: Self.evil, effect: .downtime)
        var plan = Plan(steps: [step])
        plan.notes = [Self.evil]
        check(PlanText.text(plan, applyWith: "frappectl up"))
        #expect(try JSONOutput.line(PlanAnswer(plan)).unicodeScalars.allSatisfy(SafeText.isPrintable))
        var tree = ProgressTree()
        tree.apply(.waiting(lock: Self.evil, holder: Self.evil), at: 0)
        check(ProgressFrame(tree: tree, now: 0, columns: 200, style: .plain).lines(rows: nil).joined(separator: "\n"))
        tree.apply(.planned(plan), at: 0)
        tree.apply(.stepStarted(step), at: 0)
        tree.apply(.stepProgress(id: step.id, text: Self.evil), at: 0)
        let lines = ProgressFrame(tree: tree, now: 0, columns: 200, style: .plain).lines(rows: nil)
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy(SafeText.isPrintable) }, "\(lines)")
    }

    @Test func `findings of doctor`() {
        check(
            DoctorText.text(
                DoctorReport(
                    root: "/srv/x", seconds: 0, failures: 1, warnings: 0,
                    findings: [Finding(.fail, "images", Self.evil, reason: "why", next: "do")])))
    }
}
