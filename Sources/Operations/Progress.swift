import FrappeModel
import StateStore

/// What a person or a program is told while a verb works.
package enum ProgressEvent: Sendable {
    case waiting(lock: String, holder: String)
    case warning(String)
    case planned(Plan)
    case stepStarted(Step)
    /// A line of a long step's output, or how far it is.
    case stepProgress(id: String, text: String)
    case stepFinished(Step, seconds: Double)
    case stepFailed(Step, StepFailure, seconds: Double)
    case stepInterrupted(Step)
    case stepSkipped(Step, because: String)
    /// Something done before there is a plan, such as pulling an image.
    case preparing(subject: String, text: String)
    /// What runs of the benches that were changed, looked at after the last step.
    case observed([BenchHealth])
    /// The operation is over; nothing more is told about it.
    case ended(Outcome)
}

/// Where progress goes.
package typealias ProgressSink = @Sendable (ProgressEvent) -> Void
