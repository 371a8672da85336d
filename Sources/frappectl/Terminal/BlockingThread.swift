import Foundation
import Synchronization

/// A thread of its own for calls that block: the pool on which everything else runs must never wait for a pipe.
final class BlockingThread: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let ready = DispatchSemaphore(value: 0)

    init() {
        Thread.detachNewThread { [jobs = self] in
            while true {
                jobs.ready.wait()
                jobs.next()?()
            }
        }
    }

    /// Runs the work after what was given before, and gives its result.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            jobs.withLock { $0.append { continuation.resume(returning: work()) } }
            ready.signal()
        }
    }

    private func next() -> (@Sendable () -> Void)? {
        jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
