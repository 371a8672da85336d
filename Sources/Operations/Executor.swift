import FrappeModel

/// Waits until what a step started may be proven; throws `ProofBlocked` where that will never be.
typealias ProofTurn = @Sendable () async throws -> Void

/// What a step started cannot be proven, because a step failed that its proof needs.
struct ProofBlocked: Error, CustomStringConvertible {
    /// The subject of that step.
    let blocker: String

    var description: String { "was started, and cannot be proven without \(blocker)" }
}

/// Runs a plan: independent steps at the same time, each in the journal; it decides nothing.
struct Executor: Sendable {
    let operation: Operation
    let perform: @Sendable (Step, @escaping ProofTurn) async throws -> Void

    private enum Event: Sendable {
        case ended(Step, StepCourse.Ending)
        /// It gives its place to others until the steps have ended that its proof needs.
        case paused(Step, turn: AsyncStream<Turn>.Continuation)
    }

    /// That what a step started may be proven now, or why it never can be.
    private enum Turn: Sendable { case prove, blocked(by: String) }

    /// How many steps run at the same time: a container that starts beside a hundred others is not proven in its time.
    var width: Int { max(16, 8 * operation.host.machine.cores) }

    /// Runs every step that can run, and throws the failures together at the end.
    func run(_ plan: Plan) async throws {
        var course = StepCourse(plan)
        var paused: [(step: Step, turn: AsyncStream<Turn>.Continuation)] = []
        var running = 0
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        var incoming = events.makeAsyncIterator()
        await withDiscardingTaskGroup { group in
            while true {
                course.skipBlocked(report: operation.host.progress)
                // With nothing on its way any more, what they wait for never comes.
                let isStuck = running == 0 && course.ready.isEmpty
                for (step, turn) in paused where isStuck || course.hasProofTurn(step) {
                    running += 1
                    turn.yield(course.blocker(ofProof: step).map { .blocked(by: $0) } ?? .prove)
                }
                paused.removeAll { isStuck || course.hasProofTurn($0.step) }
                for step in course.take(width - running) {
                    running += 1
                    group.addTask { sink.yield(.ended(step, await attempt(step, sink))) }
                }
                // After Ctrl-C nothing comes any more: what is on its way ends by itself.
                guard running > 0, let event = await incoming.next() else { break }
                running -= 1
                switch event {
                case .ended(let step, let ending): course.end(step, ending)
                case .paused(let step, let turn): paused.append((step, turn))
                }
            }
        }
        try Task.checkCancellation()
        if !course.failures.isEmpty { throw OperationError.steps(course.failures) }
    }

    private func attempt(_ step: Step, _ events: AsyncStream<Event>.Continuation) async -> StepCourse.Ending {
        let host = operation.host
        let start = host.now
        host.progress(.stepStarted(step))
        do {
            try Task.checkCancellation()
            try await operation.step(step.id, kind: step.action.kind, subject: step.subject, cause: step.cause) {
                try await perform(step) { try await awaitProofTurn(step, events) }
            }
            host.progress(.stepFinished(step, seconds: host.now - start))
            return .done
        } catch  where error is CancellationError || Task.isCancelled {
            host.progress(.stepInterrupted(step))
            return .interrupted
        } catch let blocked as ProofBlocked {
            host.progress(.stepSkipped(step, because: blocked.blocker))
            return .skipped(because: blocked.blocker)
        } catch {
            let failure = Self.failure(of: step, error)
            host.progress(.stepFailed(step, failure, seconds: host.now - start))
            return .failed(failure)
        }
    }

    private func awaitProofTurn(_ step: Step, _ events: AsyncStream<Event>.Continuation) async throws {
        guard !step.provenAfter.isEmpty else { return }
        FaultPoint.pass("unproven \(step.id)")
        let (turns, turn) = AsyncStream.makeStream(of: Turn.self)
        events.yield(.paused(step, turn: turn))
        switch await turns.first(where: { _ in true }) {
        case .prove: return
        case .blocked(let blocker): throw ProofBlocked(blocker: blocker)
        case nil: throw CancellationError()
        }
    }

    private static func failure(of step: Step, _ error: any Error) -> StepFailure {
        let subject = step.bench.map { "\($0)/\(step.subject)" } ?? step.subject
        let words = ErrorWords(error)
        return StepFailure(
            step: step.id, subject: subject, reason: words.reason, logs: (error as? StepReason)?.logs ?? [],
            next: words.next)
    }
}
