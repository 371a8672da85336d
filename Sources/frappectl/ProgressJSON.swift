import FrappeModel
import Operations

/// Progress for programs: one JSON object a line.
enum ProgressJSON {
    static func line(_ event: ProgressEvent) -> String? {
        object(event).flatMap { try? JSONOutput.line($0) }
    }

    private static func object(_ event: ProgressEvent) -> JSONEvent? {
        switch event {
        case .waiting(let lock, let holder): JSONEvent(event: "waiting", subject: lock, text: holder)
        case .warning(let text): JSONEvent(event: "warning", text: text)
        case .planned(let plan): JSONEvent(event: "planned", steps: plan.steps.count)
        case .stepStarted(let step):
            JSONEvent(event: "started", subject: step.id, kind: step.action.kind, text: step.cause)
        case .stepProgress(let id, let text): JSONEvent(event: "progress", subject: id, text: text)
        case .preparing(let subject, let text): JSONEvent(event: "preparing", subject: subject, text: text)
        case .stepFinished(let step, let seconds):
            JSONEvent(event: "finished", subject: step.id, kind: step.action.kind, seconds: seconds)
        case .stepFailed(let step, let failure, let seconds):
            JSONEvent(
                event: "failed", subject: step.id, kind: step.action.kind, text: failure.reason, seconds: seconds,
                logs: failure.logs)
        case .stepInterrupted(let step): JSONEvent(event: "interrupted", subject: step.id, kind: step.action.kind)
        case .stepSkipped(let step, let because): JSONEvent(event: "skipped", subject: step.id, text: because)
        case .observed, .ended: nil
        }
    }
}

/// One line of progress for programs; absent fields are left out.
private struct JSONEvent: Encodable {
    var event: String
    var subject: String?
    var kind: String?
    var text: String?
    var seconds: Double?
    var steps: Int?
    var logs: [String]?
}
