import Foundation
import Synchronization
import TestSupport
import Testing

extension ScenariosApart {
    /// A verb is killed, or a call of the Engine goes wrong for it; one rerun leaves what an undisturbed run leaves, and
    /// sites that served before went on serving.
    ///
    /// Here a share of the faults; `scripts/faults` tries all of them.
    @Suite struct FaultTests {
        @Test func `one rerun leaves what an undisturbed run leaves`() async throws {
            let queues = FaultScenario.all.filter(FaultBudget.includes).map(FaultQueue.init)
            try await withThrowingTaskGroup { group in
                for _ in 0..<FaultBudget.lanes {
                    group.addTask {
                        try await withInstallation { shop in
                            for queue in queues { try await Self.suffer(queue, shop) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        /// Takes fault after fault of a verb.
        private static func suffer(_ queue: FaultQueue, _ shop: Installation) async throws {
            let scenario = queue.scenario
            guard !queue.isOver else { return }
            let reference = try await scenario.reference(shop)
            #expect(!reference.moments.isEmpty && !reference.calls.isEmpty)
            let faults = FaultChoice.kinds(reference.faults)
            if queue.fill(FaultBudget.choose(faults, of: scenario), until: FaultBudget.end(of: scenario)) {
                FaultBudget.note(
                    "\(scenario.name): \(reference.moments.count) moments, \(reference.calls.count) kinds of "
                        + "calls, \(faults.count) kinds of faults, \(queue.count) of them chosen")
            }
            while let fault = queue.next() {
                do {
                    let (outcome, events) = try await EventRecorder.during(shop) {
                        try await scenario.suffer(fault, shop, reference: reference)
                    }
                    FaultBudget.note("\(outcome)")
                    guard !outcome.problems.isEmpty else { continue }
                    Issue.record("\(outcome)")
                    let told = events.map(\.description).joined(separator: ", ")
                    FaultBudget.keep("\(outcome)\nevents: \(told)\n\(await shop.report())")
                } catch let error as TestFailure {
                    // What one fault left wrong is no reason not to try the next.
                    FaultBudget.note("FAILED  \(scenario.name): \(fault) (not tried to its end)\n    \(error)")
                    FaultBudget.keep("\(scenario.name): \(fault)\n\(error)\n\(await shop.report())")
                    Issue.record("\(scenario.name): \(fault): \(error)")
                    try await shop.reset()
                }
            }
        }
    }
}

/// The faults of one verb, for several installations to take from.
private final class FaultQueue: Sendable {
    let scenario: FaultScenario
    private let state = Mutex<(faults: [Fault], end: ContinuousClock.Instant?)?>(nil)

    init(_ scenario: FaultScenario) { self.scenario = scenario }

    /// Whether it was still to be filled.
    func fill(_ chosen: [Fault], until end: ContinuousClock.Instant?) -> Bool {
        state.withLock { state in
            guard state == nil else { return false }
            state = (chosen.reversed(), end)
            return true
        }
    }

    var count: Int { state.withLock { $0?.faults.count ?? 0 } }

    /// Whether it was filled, and nothing is left or no time for it.
    var isOver: Bool {
        state.withLock { state in
            guard let state else { return false }
            return state.faults.isEmpty || state.end.map { ContinuousClock.now >= $0 } ?? false
        }
    }

    func next() -> Fault? { isOver ? nil : state.withLock { $0?.faults.popLast() } }
}

/// How much is tried, by the environment:
/// - FRAPPECTL_FAULTS: `all`, `kills`, `calls`, or how many faults of each verb,
/// - FRAPPECTL_FAULTS_ONLY: the verbs' names with commas between them, or all of them,
/// - FRAPPECTL_FAULTS_LIKE: words of which a fault has at least one in its name, with commas between them,
/// - FRAPPECTL_FAULTS_LANES: how many installations suffer side by side, one unless said,
/// - FRAPPECTL_FAULTS_MINUTES: for how long, in equal shares for the verbs,
/// - FRAPPECTL_FAULTS_REPORT: the file that is told what came of each; what it already calls whole is not tried again.
///   Beside it, with `.failed` after its name, one with the events, logs and journal of those that left something wrong.
private enum FaultBudget {
    private static let environment = ProcessInfo.processInfo.environment
    private static let start = ContinuousClock.now
    private static let minutes = environment["FRAPPECTL_FAULTS_MINUTES"].flatMap { Int($0) }
    private static let only = environment["FRAPPECTL_FAULTS_ONLY"].map {
        Set($0.split(separator: ",").map(String.init))
    }

    static func includes(_ scenario: FaultScenario) -> Bool { only?.contains(scenario.name) ?? true }

    /// What a verb leaves of its share goes to those after it.
    static func end(of scenario: FaultScenario) -> ContinuousClock.Instant? {
        guard let minutes else { return nil }
        let included = FaultScenario.all.filter(includes).map(\.name)
        let left = start + .seconds(minutes * 60) - .now
        return .now + left / (included.count - (included.firstIndex(of: scenario.name) ?? 0))
    }

    static let lanes = environment["FRAPPECTL_FAULTS_LANES"].flatMap { Int($0) } ?? 1

    private static let like = environment["FRAPPECTL_FAULTS_LIKE"].map { $0.split(separator: ",").map(String.init) }

    /// The kinds of faults that the report of an earlier run already calls whole: `down: HEAD /_ping hangs`.
    private static let tried: Set<String> = {
        guard let path = environment["FRAPPECTL_FAULTS_REPORT"],
            let report = try? String(contentsOfFile: path, encoding: .utf8)
        else { return [] }
        return Set(report.matches(of: /(?m)^ok +(.+) \(exit\b/).map { FaultChoice.kind(String($0.1)) })
    }()

    static func choose(_ all: [Fault], of scenario: FaultScenario) -> [Fault] {
        let faults = all.filter { fault in
            (like?.contains { fault.description.contains($0) } ?? true)
                && !tried.contains(FaultChoice.kind("\(scenario.name): \(fault)"))
        }
        let wanted = environment["FRAPPECTL_FAULTS"] ?? "1"
        switch wanted {
        case "all": return FaultChoice.scattered(faults)
        case "kills": return FaultChoice.scattered(faults.filter(\.isKill))
        case "calls": return FaultChoice.scattered(faults.filter { !$0.isKill })
        default: return FaultChoice.share(faults, count: Int(wanted) ?? 1)
        }
    }

    static func note(_ line: String) { append(line, to: "") }

    static func keep(_ report: String) { append(report, to: ".failed") }

    private static func append(_ text: String, to ending: String) {
        guard let path = environment["FRAPPECTL_FAULTS_REPORT"] else { return }
        let bytes = Array("\(text)\n".utf8)
        let descriptor = open(path + ending, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}
