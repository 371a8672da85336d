import Synchronization
import Testing

/// The real program on the real Engine, one scenario after the other: they share an installation.
///
/// First those that only look at what stands, while the Engine's own probes get round to every container; then those
/// that change it, and change it back.
@Suite(.serialized, .countingFailures) enum Scenarios {
    @Suite enum Standing {}
    @Suite enum Changing {}
}

/// Scenarios that run beside those, also one after the other: they have installations of their own, or change one that
/// only they share.
@Suite(.serialized, .countingFailures, .sharing(.apart)) enum ScenariosApart {}

extension Trait where Self == ShopTrait {
    /// Which installation `withShop` gives.
    static func sharing(_ shop: Shop) -> Self { ShopTrait(shop: shop) }
}

struct ShopTrait: SuiteTrait, TestTrait, TestScoping {
    let shop: Shop
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Shop.$current.withValue(shop) { try await function() }
    }
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
