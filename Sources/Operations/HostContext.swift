import Foundation
import FrappeModel
import Rendering
import StateStore

/// Every effect a verb may have: the root, its state, its secrets, the Engine, the proxy, and where progress goes.
package struct HostContext: Sendable {
    package let root: Root
    package let layout: HostLayout
    package let store: StateDatabase
    package let secrets: SecretStore
    package let engine: EngineAccess
    package let progress: ProgressSink
    package let invocation: Invocation
    let proofs: Proofs

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
        try DiskRoom.ensureState(root: root.path)
        try root.prepare()
        let store = try StateDatabase(path: "\(root.path)/agent/state.sqlite")
        var generator = SystemRandomNumberGenerator()
        let candidate = String(StableHash.hex(UInt32.random(in: .min ... .max, using: &generator)).prefix(6))
        let layout = HostLayout(root: root.path, rootID: try store.rootID(candidate: candidate))
        return HostContext(
            root: root, layout: layout, store: store, secrets: SecretStore(directory: layout.secrets),
            engine: EngineAccess(socketPath: socket, rootID: layout.rootID), progress: progress, invocation: invocation,
            proofs: Proofs(directory: layout.agent))
    }

    /// Seconds since 1970.
    package var now: Double { Date().timeIntervalSince1970 }

    var machine: Machine { .current }

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

extension Machine {
    /// The one we run on.
    static var current: Machine {
        Machine(
            memory: Int(ProcessInfo.processInfo.physicalMemory), cores: ProcessInfo.processInfo.activeProcessorCount)
    }
}
