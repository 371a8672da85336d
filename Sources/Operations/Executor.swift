import FrappeModel

/// Runs a plan: independent steps at the same time, each in the journal; it decides nothing.
struct Executor: Sendable {
    let operation: Operation
    let perform: @Sendable (Step) async throws -> Void

    private enum Ending: Sendable {
        case done
        case failed(StepFailure)
        case skipped(because: String)
        case interrupted
    }

    /// How many steps run at the same time: a container that starts beside a hundred others is not proven in its time.
    var width: Int { max(16, 8 * operation.host.machine.cores) }

    /// Runs every step that can run, and throws the failures together at the end.
    func run(_ plan: Plan) async throws {
        let planned = Set(plan.steps.map(\.id))
        var endings: [String: Ending] = [:]
        var waiting = plan.steps
        var failures: [StepFailure] = []
        try await withThrowingTaskGroup(of: (Step, Ending).self) { group in
            var running = 0
            var ready: [Step] = []
            while true {
                ready += Self.takeReady(
                    &waiting, planned: planned, endings: &endings, report: operation.host.progress)
                let next = ready.prefix(width - running)
                ready.removeFirst(next.count)
                for step in next {
                    running += 1
                    group.addTask { (step, await attempt(step)) }
                }
                guard running > 0, let (step, ending) = try await group.next() else { break }
                running -= 1
                endings[step.id] = ending
                if case .failed(let failure) = ending { failures.append(failure) }
            }
        }
        try Task.checkCancellation()
        failures += waiting.map {
            StepFailure(
                step: $0.id, subject: $0.subject,
                reason: "its turn never came, which is a mistake of frappectl and not yours", next: "frappectl plan")
        }
        if !failures.isEmpty { throw OperationError.steps(failures) }
    }

    /// Steps whose needs are done and whose predecessors ended; those that can never run are reported and ended.
    private static func takeReady(
        _ waiting: inout [Step], planned: Set<String>, endings: inout [String: Ending], report: ProgressSink
    ) -> [Step] {
        var ready: [Step] = []
        var changed = true
        while changed {
            changed = false
            var rest: [Step] = []
            for step in waiting {
                let broken = step.needs.sorted().compactMap { blocker($0, endings) }.first
                if let broken {
                    endings[step.id] = .skipped(because: broken)
                    if !Task.isCancelled { report(.stepSkipped(step, because: broken)) }
                    changed = true
                } else if step.needs.union(step.after).intersection(planned).allSatisfy({ endings[$0] != nil }) {
                    ready.append(step)
                } else {
                    rest.append(step)
                }
            }
            waiting = rest
        }
        return ready
    }

    private static func blocker(_ id: String, _ endings: [String: Ending]) -> String? {
        switch endings[id] {
        case .failed(let failure): failure.subject
        case .skipped(let because): because
        case .interrupted: "what was interrupted"
        case .done, nil: nil
        }
    }

    private func attempt(_ step: Step) async -> Ending {
        let host = operation.host
        let start = host.now
        host.progress(.stepStarted(step))
        do {
            try Task.checkCancellation()
            try await operation.step(step.id, kind: step.action.kind, subject: step.subject, cause: step.cause) {
                try await perform(step)
            }
            host.progress(.stepFinished(step, seconds: host.now - start))
            return .done
        } catch  where error is CancellationError || Task.isCancelled {
            host.progress(.stepInterrupted(step))
            return .interrupted
        } catch {
            let failure = Self.failure(of: step, error)
            host.progress(.stepFailed(step, failure, seconds: host.now - start))
            return .failed(failure)
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
