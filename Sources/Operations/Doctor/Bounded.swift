import Dispatch
import Synchronization

/// Looks that end in time: one that hangs, on a disk that does not answer for example, is left behind.
enum Bounded {
    /// Work that blocks a thread; nil when it has not ended in time.
    static func blocking<Value: Sendable>(
        _ limit: Duration, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            DispatchQueue.global().async { answer.give(work()) }
            DispatchQueue.global().asyncAfter(deadline: .now() + limit.seconds) { answer.give(nil) }
        }
    }

    /// Work that ends when it is cancelled; nil when it failed or has not ended in time.
    static func calling<Value: Sendable>(
        _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { try? await work() }
            group.addTask {
                try? await ContinuousClock().sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

/// Resumes with whichever answer comes first.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

    func give(_ value: Value?) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: value)
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
