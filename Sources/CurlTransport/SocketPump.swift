import Synchronization

/// The shared side of a connection that is not HTTP: what tasks ask for, and what its thread has read.
final class SocketPump: Sendable {
    enum Order: Sendable {
        case bytes([UInt8])
        case endOfWriting
    }

    private struct Pending {
        let order: Order
        let continuation: CheckedContinuation<TransportError?, Never>
    }

    private struct State {
        var pending: [Pending] = []
        var deadline: ContinuousClock.Instant?
        var endOfAll: TransportError?
        var endOfWriting: TransportError?
    }

    let destination: Destination
    let incoming: BoundedBuffer
    let multi: MultiHandle
    private let state = Mutex(State())

    init(to destination: Destination) throws(TransportError) {
        self.destination = destination
        let multi = try MultiHandle()
        self.multi = multi
        incoming = BoundedBuffer(capacity: HTTPBody.capacity) { multi.wake() }
    }

    /// Starts the thread that connects and then moves bytes until `close`.
    func start(connectTimeout: Duration) throws(TransportError) {
        try LoopThread.start(SocketPumpBody(self, connectTimeout: connectTimeout))
    }

    func read() async throws(TransportError) -> [UInt8]? {
        try await incoming.next()
    }

    func write(_ bytes: [UInt8]) async throws(TransportError) {
        guard !bytes.isEmpty else { return }
        try await perform(.bytes(bytes))
    }

    func closeWrite() async throws(TransportError) {
        try await perform(.endOfWriting)
    }

    func close() {
        end(.cancelled)
        multi.wake()
    }

    /// After this moment the connection ends as timed out; nil for never.
    func setDeadline(_ deadline: ContinuousClock.Instant?) {
        state.withLock { $0.deadline = deadline }
        multi.wake()
    }

    private func perform(_ order: Order) async throws(TransportError) {
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue(Pending(order: order, continuation: $0)) }
        } onCancel: {
            close()
        }
        if let failure { throw failure }
    }

    private func enqueue(_ pending: Pending) {
        let refusal = state.withLock { state -> TransportError? in
            if let refusal = state.endOfAll ?? state.endOfWriting { return refusal }
            state.pending.append(pending)
            return nil
        }
        if let refusal { return pending.continuation.resume(returning: refusal) }
        multi.wake()
    }
}

// The thread's view.
extension SocketPump {
    /// The order to work on, when to give up, and whether it is over.
    var outlook: (order: Order?, deadline: ContinuousClock.Instant?, isOver: Bool) {
        state.withLock { ($0.pending.first?.order, $0.deadline, $0.endOfAll != nil) }
    }

    /// Reports the first order as done.
    func completeFirst() {
        let done = state.withLock { $0.pending.isEmpty ? nil : $0.pending.removeFirst() }
        done?.continuation.resume(returning: nil)
    }

    /// Ends the connection for readers and writers; only the first reason counts.
    func end(_ failure: TransportError) {
        refuseWrites(failure, isOver: true)
        incoming.finish(failure)
    }

    /// Fails what is to be written now and later; what the other side has sent can still be read.
    func refuseWrites(_ failure: TransportError, isOver: Bool = false) {
        let orphans = state.withLock { state -> [Pending] in
            if isOver { state.endOfAll = state.endOfAll ?? failure }
            state.endOfWriting = state.endOfWriting ?? failure
            defer { state.pending = [] }
            return state.pending
        }
        for orphan in orphans { orphan.continuation.resume(returning: failure) }
    }
}
