import Synchronization
import Testing

/// The real program on the real Engine, one scenario after the other: they share an Engine and a few cores.
///
/// First those that only look at what stands, while the Engine's own probes get round to every container; then those
/// that change it, and change it back.
@Suite(.serialized, .countingFailures) enum Scenarios {
    @Suite enum Standing {}
    @Suite enum Changing {}
}

extension Trait where Self == IssueHandlingTrait {
    /// Counts what fails, so that a fixture knows whether to report.
    static var countingFailures: Self {
        .compactMapIssues { issue in
            Failures.add()
            return issue
        }
    }
}

/// How many issues were recorded so far.
enum Failures {
    private static let number = Mutex(0)

    static var count: Int { number.withLock { $0 } }
    static func add() { number.withLock { $0 += 1 } }
}
