import FrappeModel

/// How far a plan has come: which steps wait, which may begin, and how the others ended.
struct StepCourse {
    enum Ending: Sendable {
        case done
        case failed(StepFailure)
        case skipped(because: String)
        case interrupted
    }

    private let planned: Set<String>
    private var endings: [String: Ending] = [:]
    private var waiting: [Step]
    private var failed: [StepFailure] = []

    init(_ plan: Plan) {
        planned = Set(plan.steps.map(\.id))
        waiting = plan.steps
    }

    /// Those that failed, and those whose turn never came.
    var failures: [StepFailure] {
        failed
            + waiting.map {
                StepFailure(
                    step: $0.id, subject: $0.subject,
                    reason: "its turn never came, which is a mistake of frappectl and not yours",
                    next: "frappectl plan")
            }
    }

    /// Steps whose needs are done and whose predecessors ended.
    var ready: [Step] { waiting.filter { hasEnded($0.needs.union($0.after)) } }

    /// So many of those that may begin, which have begun with that.
    mutating func take(_ count: Int) -> [Step] {
        let taken = Array(ready.prefix(max(0, count)))
        let ids = Set(taken.map(\.id))
        waiting.removeAll { ids.contains($0.id) }
        return taken
    }

    mutating func end(_ step: Step, _ ending: Ending) {
        endings[step.id] = ending
        if case .failed(let failure) = ending { failed.append(failure) }
    }

    /// Ends those that can never run, and all that needs these.
    mutating func skipBlocked(report: ProgressSink) {
        while let (step, broken) = firstBlocked {
            waiting.removeAll { $0.id == step.id }
            endings[step.id] = .skipped(because: broken)
            if !Task.isCancelled { report(.stepSkipped(step, because: broken)) }
        }
    }

    private var firstBlocked: (step: Step, blocker: String)? {
        waiting.lazy.compactMap { step in blocker(step.needs).map { (step, $0) } }.first
    }

    /// Whether all has ended that the proof of what it started needs.
    func hasProofTurn(_ step: Step) -> Bool { hasEnded(step.provenAfter) }

    /// Why what it started cannot be proven; nil where it can.
    func blocker(ofProof step: Step) -> String? {
        blocker(step.provenAfter) ?? (hasProofTurn(step) ? nil : "steps whose turn never came")
    }

    private func hasEnded(_ ids: Set<String>) -> Bool {
        ids.allSatisfy { endings[$0] != nil || !planned.contains($0) }
    }

    private func blocker(_ needs: Set<String>) -> String? {
        needs.sorted().lazy.compactMap { id in
            switch endings[id] {
            case .failed(let failure): failure.subject
            case .skipped(let because): because
            case .interrupted: "what was interrupted"
            case .done, nil: nil
            }
        }.first
    }
}
