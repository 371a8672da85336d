import Foundation
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
            try await withInstallation { shop in
                let reference = try await scenario.reference(shop)
                #expect(!reference.moments.isEmpty && !reference.calls.isEmpty)
                for fault in FaultBudget.choose(reference.faults) where !FaultBudget.isSpent {
                    let outcome = try await scenario.suffer(fault, shop, reference: reference)
                    FaultBudget.note(outcome)
                    #expect(outcome.problems.isEmpty, "\(outcome)")
                }
            }
        }
    }
}

extension FaultScenario: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// How much is tried: FRAPPECTL_FAULTS is `all`, or how many faults of each verb, for at most
/// FRAPPECTL_FAULTS_MINUTES; what came of each goes to the file FRAPPECTL_FAULTS_REPORT.
private enum FaultBudget {
    private static let environment = ProcessInfo.processInfo.environment
    private static let end = environment["FRAPPECTL_FAULTS_MINUTES"].flatMap { Int($0) }.map {
        ContinuousClock.now + .seconds($0 * 60)
    }

    static var isSpent: Bool { end.map { ContinuousClock.now > $0 } ?? false }

    static func choose(_ faults: [Fault]) -> [Fault] {
        let wanted = environment["FRAPPECTL_FAULTS"] ?? "1"
        return wanted == "all" ? faults : FaultChoice.share(FaultChoice.kinds(faults), count: Int(wanted) ?? 1)
    }

    static func note(_ outcome: FaultOutcome) {
        guard let path = environment["FRAPPECTL_FAULTS_REPORT"] else { return }
        let line = Array("\(outcome)\n".utf8)
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        _ = write(descriptor, line, line.count)
        close(descriptor)
    }
}
