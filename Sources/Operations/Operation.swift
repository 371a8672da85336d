import Foundation
import StateStore
import Synchronization

extension HostContext {
    /// Runs a verb's work under its locks and in the journal.
    ///
    /// Operations of the same locks that never ended belong to dead processes: they are marked interrupted, and the
    /// work itself finishes or undoes what they began, since it compares what is to be with what is.
    func operation<Result>(
        subject: String, locks names: [LockName: FileLock.Mode], _ work: (Operation) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await locked(subject: subject, locks: names, work)
            progress(.ended(.done))
            return result
        } catch {
            progress(.ended(error is CancellationError || Task.isCancelled ? .interrupted : .failed))
            throw error
        }
    }

    private func locked<Result>(
        subject: String, locks names: [LockName: FileLock.Mode], _ work: (Operation) async throws -> Result
    ) async throws -> Result {
        let locks = try await lock(names)
        defer { locks.keep() }
        let exclusive = names.filter { $0.value == .exclusive }.keys.sorted().last ?? .host
        // Who holds a lock, even shared, knows that no other process holds it alone.
        let covered = exclusive == .host ? nil : names.keys.map(\.fileName)
        for dead in try store.interruptUnfinished(locks: covered, except: nil, at: now) {
            progress(
                .warning("\(dead.verb) \(dead.subject) (operation \(dead.id)) was interrupted; going on from there"))
        }
        let operation = Operation(host: self, subject: subject, lock: exclusive.fileName)
        do {
            let result = try await work(operation)
            try operation.end(.done, reason: nil)
            return result
        } catch {
            // What went wrong is told even where it cannot be written down: the next run marks it interrupted.
            let (outcome, reason) = Operation.ending(of: error)
            try? operation.end(outcome, reason: reason)
            throw error
        }
    }
}

/// One verb at work. It gets its number in the journal with its first step: a run that finds nothing to do leaves none.
final class Operation: Sendable {
    let host: HostContext
    private let subject: String
    private let lock: String
    private let number = Mutex<Int64?>(nil)

    init(host: HostContext, subject: String, lock: String) {
        self.host = host
        self.subject = subject
        self.lock = lock
    }

    /// Its number, 0 before its first step.
    var id: Int64 { number.withLock { $0 ?? 0 } }

    private func begin() throws -> Int64 {
        try number.withLock { number in
            if let number { return number }
            let fresh = try host.store.begin(
                verb: host.invocation.verb, subject: subject, lock: lock,
                process: Int(ProcessInfo.processInfo.processIdentifier), user: host.invocation.user, at: host.now)
            number = fresh
            return fresh
        }
    }

    /// A failure is kept even when no step had begun.
    func end(_ outcome: Outcome, reason: String?) throws {
        guard id != 0 || outcome == .failed else { return }
        try host.store.end(operation: try begin(), outcome: outcome, reason: reason, at: host.now)
    }

    /// Runs one piece of work as a step of the journal, written before it begins and after it ended.
    func step<Result>(
        _ name: String, kind: String, subject: String, cause: String, _ work: () async throws -> Result
    ) async throws -> Result {
        FaultPoint.pass("before \(name)")
        let id = try begin()
        try host.store.begin(
            step: StepRecord(
                operation: id, name: name, kind: kind, subject: subject, cause: cause, startedAt: host.now))
        FaultPoint.pass("begun \(name)")
        do {
            let result = try await work()
            FaultPoint.pass("done \(name)")
            try host.store.end(step: name, operation: id, outcome: .done, reason: nil, at: host.now)
            FaultPoint.pass("after \(name)")
            return result
        } catch {
            let (outcome, reason) = Self.ending(of: error)
            try? host.store.end(step: name, operation: id, outcome: outcome, reason: reason, at: host.now)
            throw error
        }
    }

    /// How an error is told in the journal; one that came of Ctrl-C or of a signal is no failure.
    static func ending(of error: any Error) -> (Outcome, reason: String) {
        error is CancellationError || Task.isCancelled
            ? (.interrupted, "stopped by Ctrl-C or a signal") : (.failed, "\(error)")
    }
}
