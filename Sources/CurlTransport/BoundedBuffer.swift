import Synchronization

/// Bytes on their way from a socket's thread to one reader; when it is full, the socket is left alone.
final class BoundedBuffer: Sendable {
    fileprivate enum Wake: Sendable {
        case look, cancelled
    }

    fileprivate struct State {
        var bytes: [UInt8] = []
        var end: Result<Void, TransportError>?
        var isPaused = false
        var waiter: CheckedContinuation<Wake, Never>?
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let onRoom: @Sendable () -> Void

    /// - Parameter onRoom: called when bytes were taken after `offer` or `pauseIfFull` had said that it is full.
    init(capacity: Int, onRoom: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.onRoom = onRoom
    }

    /// Takes all of the bytes, or none when it is full: then the same bytes are to be offered after `onRoom`.
    func offer(_ chunk: UnsafeRawBufferPointer) -> Bool {
        let (taken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Wake, Never>?) in
            guard state.end == nil else { return (true, nil) }
            guard state.bytes.count < capacity else {
                state.isPaused = true
                return (false, nil)
            }
            state.bytes.append(contentsOf: chunk)
            return (true, state.takeWaiter())
        }
        waiter?.resume(returning: .look)
        return taken
    }

    /// Whether there is no room now; `onRoom` follows when there is.
    func pauseIfFull() -> Bool {
        state.withLock { state in
            state.isPaused = state.bytes.count >= capacity && state.end == nil
            return state.isPaused
        }
    }

    /// Nothing comes after this; what is buffered can still be read.
    func finish(_ failure: TransportError?) {
        let waiter = state.withLock { state -> CheckedContinuation<Wake, Never>? in
            guard state.end == nil else { return nil }
            state.end = failure.map(Result.failure) ?? .success(())
            return state.takeWaiter()
        }
        waiter?.resume(returning: .look)
    }

    /// All that is buffered, or the next bytes to come; nil at the end. For one reader at a time.
    func next() async throws(TransportError) -> [UInt8]? {
        while !Task.isCancelled {
            if let ready = try take() { return ready.isEmpty ? nil : ready }
            guard await wait() == .look else { break }
        }
        throw .cancelled
    }

    /// Gives bytes back to be read first.
    func putBack(_ bytes: [UInt8]) {
        state.withLock { $0.bytes.insert(contentsOf: bytes, at: 0) }
    }

    /// What is there now: nil for nothing yet, empty for the end.
    private func take() throws(TransportError) -> [UInt8]? {
        let (bytes, end, hasRoom) = state.withLock { $0.take() }
        if hasRoom { onRoom() }
        if !bytes.isEmpty { return bytes }
        guard let end else { return nil }
        try end.get()
        return []
    }

    private func wait() async -> Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { $0.register(continuation, cancelled: Task.isCancelled) }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            state.withLock { $0.takeWaiter() }?.resume(returning: .cancelled)
        }
    }
}

extension BoundedBuffer.State {
    fileprivate mutating func take() -> (bytes: [UInt8], end: Result<Void, TransportError>?, hasRoom: Bool) {
        let taken = bytes
        let hadPaused = isPaused
        bytes = []
        isPaused = false
        return (taken, end, hadPaused)
    }

    fileprivate mutating func takeWaiter() -> CheckedContinuation<BoundedBuffer.Wake, Never>? {
        defer { waiter = nil }
        return waiter
    }

    /// Keeps the continuation to be woken, or says what it is to be resumed with at once.
    fileprivate mutating func register(
        _ continuation: CheckedContinuation<BoundedBuffer.Wake, Never>,
        cancelled: Bool
    ) -> BoundedBuffer.Wake? {
        if cancelled { return .cancelled }
        if !bytes.isEmpty || end != nil { return .look }
        // Two readers at once are a mistake of the caller; the earlier one must not hang.
        takeWaiter()?.resume(returning: .cancelled)
        waiter = continuation
        return nil
    }
}
