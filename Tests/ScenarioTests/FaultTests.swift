import Foundation
import Synchronization
import TestSupport
import Testing

extension Scenarios.Changing {
    /// A verb is killed, or a call of the Engine goes wrong for it; one rerun leaves what an undisturbed run leaves, and
    /// sites that served before went on serving.
    ///
    /// Here a share of the faults; `scripts/faults` tries all of them.
    @Suite struct FaultTests {
        @Test(arguments: FaultScenario.all)
        func `one rerun leaves what an undisturbed run leaves`(scenario: FaultScenario) async throws {
            guard FaultBudget.includes(scenario) else { return }
            let queue = FaultQueue(end: FaultBudget.end(of: scenario))
            try await withThrowingTaskGroup { group in
                for lane in 0..<FaultBudget.lanes {
                    group.addTask { try await Self.suffer(scenario, lane, queue) }
                }
                try await group.waitForAll()
            }
        }

        /// Takes fault after fault, with an installation of its own.
        private static func suffer(_ scenario: FaultScenario, _ lane: Int, _ queue: FaultQueue) async throws {
            try await withInstallation { shop in
                let reference = try await scenario.reference(shop)
                #expect(!reference.moments.isEmpty && !reference.calls.isEmpty)
                let faults = FaultChoice.kinds(reference.faults)
                if queue.fill(FaultBudget.choose(faults)) {
                    FaultBudget.note(
                        "\(scenario.name): \(reference.moments.count) moments, \(reference.calls.count) kinds of "
                            + "calls, \(faults.count) kinds of faults, \(queue.count) of them chosen")
                }
                while let fault = queue.next() {
                    let (outcome, events) = try await EventRecorder.during(shop) {
                        try await scenario.suffer(fault, shop, reference: reference)
                    }
                    FaultBudget.note("\(outcome)")
                    guard !outcome.problems.isEmpty else { continue }
                    Issue.record("\(outcome)")
                    let told = events.map(\.description).joined(separator: ", ")
                    FaultBudget.keep("\(outcome)\nevents: \(told)\n\(await shop.report())")
                }
            }
        }
    }
}

/// The faults of one verb, for several installations to take from.
private final class FaultQueue: Sendable {
    private let end: ContinuousClock.Instant?
    private let faults = Mutex<[Fault]?>(nil)

    init(end: ContinuousClock.Instant?) { self.end = end }

    /// Whether it was still to be filled.
    func fill(_ chosen: [Fault]) -> Bool {
        faults.withLock { faults in
            guard faults == nil else { return false }
            faults = chosen.reversed()
            return true
        }
    }

    var count: Int { faults.withLock { $0?.count ?? 0 } }

    func next() -> Fault? {
        guard end.map({ ContinuousClock.now < $0 }) ?? true else { return nil }
        return faults.withLock { $0?.popLast() }
    }
}

extension FaultScenario: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// How much is tried, by the environment:
/// - FRAPPECTL_FAULTS: `all`, `kills`, `calls`, or how many faults of each verb,
/// - FRAPPECTL_FAULTS_ONLY: the verbs' names with commas between them, or all of them,
/// - FRAPPECTL_FAULTS_LANES: how many installations suffer side by side, one unless said,
/// - FRAPPECTL_FAULTS_MINUTES: for how long, in equal shares for the verbs,
/// - FRAPPECTL_FAULTS_REPORT: the file that is told what came of each; beside it, with `.failed` after its name, one with
///   the events, logs and journal of those that left something wrong.
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

    static func choose(_ faults: [Fault]) -> [Fault] {
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
