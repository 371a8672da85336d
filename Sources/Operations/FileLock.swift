import Foundation
import FrappeModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What may be locked, in the one order in which locks are taken.
package enum LockName: Hashable, Comparable, Sendable, CustomStringConvertible {
    case host
    case database(String)
    case bench(ObjectName)
    case site(ObjectName)
    /// Held while an authority is asked.
    case certificates
    /// Held for moments while the proxy's files change.
    case ingress

    package var description: String {
        switch self {
        case .host: "the host"
        case .database(let server): "database \(server)"
        case .bench(let bench): "bench \(bench)"
        case .site(let site): "site \(site)"
        case .certificates: "certificates"
        case .ingress: "the proxy"
        }
    }

    var fileName: String {
        switch self {
        case .host: "host"
        case .database(let server): "database-\(server)"
        case .bench(let bench): "bench-\(bench.namespace)-\(bench.name)"
        case .site(let site): "site-\(site.namespace)-\(site.name)"
        case .certificates: "certificates"
        case .ingress: "ingress"
        }
    }
}

/// Who holds a lock, left beside it for those who wait.
struct LockHolder: Codable, Sendable {
    var verb: String
    var user: String
    var process: Int32
    var since: Double

    func describe(at now: Double) -> String {
        "\(verb) by \(user), pid \(process), since \(Quantity.duration(max(0, now - since)))"
    }
}

/// A lock of the kernel on a file: gone with its process, however that ends, and unknown to its children.
final class FileLock: Sendable {
    enum Mode { case shared, exclusive }

    private let descriptor: Int32
    private let holderFile: String

    private init(descriptor: Int32, holderFile: String) {
        self.descriptor = descriptor
        self.holderFile = holderFile
    }

    deinit {
        HostFiles.removeFile(holderFile)
        close(descriptor)
    }

    /// - Parameters:
    ///   - waiting: called once with the holder's words before waiting; nil to fail as busy instead.
    static func acquire(
        _ name: LockName, _ mode: Mode, in directory: String, as holder: LockHolder,
        waiting: (@Sendable (String) -> Void)?
    ) async throws -> FileLock {
        let path = "\(directory)/\(name.fileName).lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw OperationError.failed(
                "cannot open the lock \(path): \(String(cString: strerror(errno)))", next: "ls -l \(directory)")
        }
        let operation = mode == .exclusive ? LOCK_EX : LOCK_SH
        if flock(descriptor, operation | LOCK_NB) != 0 {
            let holders = describeHolders(of: name, in: directory, at: holder.since)
            guard let waiting else {
                close(descriptor)
                throw OperationError.busy(lock: "\(name)", holder: holders)
            }
            waiting(holders)
            guard try await blockingLock(descriptor, operation) else {
                close(descriptor)
                throw OperationError.failed(
                    "cannot lock \(name): \(String(cString: strerror(errno)))", next: "frappectl doctor")
            }
        }
        let holderFile = "\(directory)/\(name.fileName).holder.\(holder.process)"
        if let text = try? JSONEncoder().encode(holder) {
            try HostFiles.replace(holderFile, with: [UInt8](text), mode: 0o600, durable: false)
        }
        return FileLock(descriptor: descriptor, holderFile: holderFile)
    }

    /// Waits on a thread of its own: the kernel's queue needs no polling, and nothing else of the process stalls.
    ///
    /// A task that is cancelled waits no longer. Its thread does, since nothing wakes it, until the process has ended.
    private static func blockingLock(_ descriptor: Int32, _ operation: Int32) async throws -> Bool {
        let waiter = Waiter()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.wait(continuation)
                let thread = Thread {
                    var result: Int32
                    repeat { result = flock(descriptor, operation) } while result != 0 && errno == EINTR
                    waiter.end(.success(result == 0))
                }
                thread.start()
            }
        } onCancel: {
            waiter.end(.failure(CancellationError()))
        }
    }

    /// What is awaited ends once, by whichever comes first.
    private final class Waiter: Sendable {
        private let state = Mutex<
            (continuation: CheckedContinuation<Bool, any Error>?, ending: Result<Bool, any Error>?)
        >(
            (nil, nil))

        func wait(_ continuation: CheckedContinuation<Bool, any Error>) {
            let ending = state.withLock { state in
                if state.ending == nil { state.continuation = continuation }
                return state.ending
            }
            if let ending { continuation.resume(with: ending) }
        }

        func end(_ ending: Result<Bool, any Error>) {
            let continuation = state.withLock { state in
                if state.ending == nil { state.ending = ending }
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume(with: ending)
        }
    }

    private static func describeHolders(of name: LockName, in directory: String, at now: Double) -> String {
        let prefix = "\(name.fileName).holder."
        let holders = HostFiles.names(in: directory).filter { $0.hasPrefix(prefix) }.compactMap { file -> String? in
            guard let bytes = HostFiles.read("\(directory)/\(file)"),
                let holder = try? JSONDecoder().decode(LockHolder.self, from: Data(bytes)), kill(holder.process, 0) == 0
            else {
                HostFiles.removeFile("\(directory)/\(file)")
                return nil
            }
            return holder.describe(at: now)
        }
        return holders.isEmpty ? "another command" : holders.joined(separator: "; ")
    }
}
