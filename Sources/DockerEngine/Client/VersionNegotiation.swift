import Synchronization

/// Asks the Engine once which version to speak, however many callers want to know at the same time.
///
/// A failure is told to all who wait, and the next caller asks again. Where the asking caller is cancelled, one of
/// those who wait asks in its place.
final class VersionNegotiation: Sendable {
    private enum Outcome: Sendable {
        case known(APIVersion)
        case failed(EngineError)
        case askAgain
    }

    private enum State {
        case unknown
        case asking([UInt64: CheckedContinuation<Outcome, Never>])
        case known(APIVersion)
    }

    private enum Role {
        case ask
        case wait
        case done(APIVersion)
    }

    private let state = Mutex(State.unknown)
    private let nextID = Atomic<UInt64>(0)

    func version(
        asking ask: () async throws(EngineError) -> APIVersion
    ) async throws(EngineError) -> APIVersion {
        while true {
            switch takeRole() {
            case .done(let version): return version
            case .ask: return try await lead(ask)
            case .wait:
                switch await follow() {
                case .known(let version): return version
                case .failed(let error): throw error
                case .askAgain: if Task.isCancelled { throw .cancelled }
                }
            }
        }
    }

    var known: APIVersion? { state.withLock { if case .known(let version) = $0 { version } else { nil } } }

    /// Makes the next call ask again: the Engine may have come back as another version.
    func forget() {
        state.withLock { if case .known = $0 { $0 = .unknown } }
    }

    private func takeRole() -> Role {
        state.withLock { state in
            switch state {
            case .known(let version): return .done(version)
            case .asking: return .wait
            case .unknown:
                state = .asking([:])
                return .ask
            }
        }
    }

    private func lead(_ ask: () async throws(EngineError) -> APIVersion) async throws(EngineError) -> APIVersion {
        do throws(EngineError) {
            let version = try await ask()
            settle(.known(version), telling: .known(version))
            return version
        } catch {
            settle(.unknown, telling: error == .cancelled ? .askAgain : .failed(error))
            throw error
        }
    }

    private func settle(_ next: State, telling outcome: Outcome) {
        let waiting = state.withLock { state -> [CheckedContinuation<Outcome, Never>] in
            defer { state = next }
            guard case .asking(let waiting) = state else { return [] }
            return Array(waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }

    private func follow() async -> Outcome {
        let id = nextID.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !register(continuation, id) { continuation.resume(returning: .askAgain) }
            }
        } onCancel: {
            unregister(id)?.resume(returning: .askAgain)
        }
    }

    private func register(_ continuation: CheckedContinuation<Outcome, Never>, _ id: UInt64) -> Bool {
        state.withLock { state in
            guard case .asking(var waiting) = state, !Task.isCancelled else { return false }
            waiting[id] = continuation
            state = .asking(waiting)
            return true
        }
    }

    private func unregister(_ id: UInt64) -> CheckedContinuation<Outcome, Never>? {
        state.withLock { state in
            guard case .asking(var waiting) = state else { return nil }
            defer { state = .asking(waiting) }
            return waiting.removeValue(forKey: id)
        }
    }
}
