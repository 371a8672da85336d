import Foundation
import FrappeModel
import Planning
import Rendering
import StateStore
import Synchronization

/// Every effect a verb may have: the root, its state, its secrets, the Engine, the proxy, and where progress goes.
package struct HostContext: Sendable {
    package let root: Root
    package let layout: HostLayout
    package let store: StateDatabase
    package let secrets: SecretStore
    package let engine: EngineAccess
    package let progress: ProgressSink
    package let invocation: Invocation

    /// Who runs what, for the journal and for those who wait.
    package struct Invocation: Sendable {
        package var verb: String
        package var user: String
        /// Whether to wait for a lock that another command holds.
        package var waits: Bool

        package init(verb: String, user: String = NSUserName(), waits: Bool = true) {
            self.verb = verb
            self.user = user
            self.waits = waits
        }
    }

    /// Opens an installation, making it where there is none.
    package static func open(
        root path: String, socket: String, invocation: Invocation, creates: Bool = true,
        progress: @escaping ProgressSink = { _ in }
    ) throws -> HostContext {
        let root = try Root(path)
        guard creates || root.exists else {
            throw OperationError.failed(
                "there is no frappectl installation at \(root.path)", next: "frappectl init, then frappectl up -f FILE")
        }
        try root.prepare()
        let store = try StateDatabase(path: "\(root.path)/agent/state.sqlite")
        var generator = SystemRandomNumberGenerator()
        let candidate = String(StableHash.hex(UInt32.random(in: .min ... .max, using: &generator)).prefix(6))
        let layout = HostLayout(root: root.path, rootID: try store.rootID(candidate: candidate))
        return HostContext(
            root: root, layout: layout, store: store, secrets: SecretStore(directory: layout.secrets),
            engine: EngineAccess(socketPath: socket, rootID: layout.rootID), progress: progress, invocation: invocation)
    }

    /// Seconds since 1970.
    package var now: Double { Date().timeIntervalSince1970 }

    var machine: Machine {
        Machine(
            memory: Int(ProcessInfo.processInfo.physicalMemory), cores: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Takes locks in their order; all are released when the returned value goes.
    func lock(_ names: [LockName: FileLock.Mode]) async throws -> Locks {
        var held: [FileLock] = []
        let holder = LockHolder(
            verb: invocation.verb, user: invocation.user, process: ProcessInfo.processInfo.processIdentifier, since: now
        )
        for (name, mode) in names.sorted(by: { $0.key < $1.key }) {
            let progress = progress
            let waiting: @Sendable (String) -> Void = { progress(.waiting(lock: "\(name)", holder: $0)) }
            held.append(
                try await FileLock.acquire(
                    name, mode, in: layout.locks, as: holder, waiting: invocation.waits ? waiting : nil))
        }
        return Locks(held: held)
    }

    /// Held locks; the last one to hold this value lets them go.
    final class Locks: Sendable {
        private let held: [FileLock]

        init(held: [FileLock]) { self.held = held }

        /// Keeps the locks until here.
        func keep() { withExtendedLifetime(held) {} }
    }
}

extension HostContext {
    /// Runs a verb's work under its locks and in the journal.
    ///
    /// Operations of the same locks that never ended belong to dead processes: they are marked interrupted, and the
    /// work itself finishes or undoes what they began, since it compares what is to be with what is.
    func operation<Result>(
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
            try operation.end(error is CancellationError || Task.isCancelled ? .interrupted : .failed, reason: "\(error)")
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
    fileprivate func end(_ outcome: Outcome, reason: String?) throws {
        guard id != 0 || outcome == .failed else { return }
        try host.store.end(operation: try begin(), outcome: outcome, reason: reason, at: host.now)
    }

    /// Runs one piece of work as a step of the journal, written before it begins and after it ended.
    func step<Result>(
        _ name: String, kind: String, subject: String, cause: String, _ work: () async throws -> Result
    ) async throws -> Result {
        let id = try begin()
        try host.store.begin(
            step: StepRecord(
                operation: id, name: name, kind: kind, subject: subject, cause: cause, startedAt: host.now))
        do {
            let result = try await work()
            try host.store.end(step: name, operation: id, outcome: .done, reason: nil, at: host.now)
            return result
        } catch {
            let outcome: Outcome = error is CancellationError || Task.isCancelled ? .interrupted : .failed
            try host.store.end(step: name, operation: id, outcome: outcome, reason: "\(error)", at: host.now)
            throw error
        }
    }
}
