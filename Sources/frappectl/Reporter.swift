import Foundation
import FrappeModel
import Operations
import Planning
import Synchronization

/// Progress on standard error: a tree that is redrawn on a terminal, plain lines elsewhere, or JSON lines.
final class Reporter: Sendable {
    private let json: Bool
    private let live: LiveProgress?
    private let shown = Mutex<[String: (text: String, time: ContinuousClock.Instant)]>([:])

    init(json: Bool) {
        self.json = json
        live = !json && LiveProgress.isPossible ? LiveProgress() : nil
    }

    func report(_ event: ProgressEvent) {
        if json {
            if let line = ProgressJSON.line(event) { say(line) }
            return
        }
        if let live, live.report(event) { return }
        switch event {
        case .waiting(let lock, let holder): say("waiting for \(lock): \(holder) (--no-wait to give up at once)")
        case .warning(let text): say("warning: \(TextWidth.plain(text))")
        case .planned(let plan): say(Quantity.count(plan.steps.count, "step"))
        case .stepStarted: break
        case .stepProgress(let id, let text): progress(id, text)
        case .preparing(let subject, let text): progress(subject, text)
        case .stepFinished(let step, let seconds):
            say("ok    \(pad(name(step), 34)) \(pad(Quantity.duration(seconds), 8)) \(TextWidth.plain(step.cause))")
        case .stepFailed(let step, let failure, let seconds):
            say("FAIL  \(pad(name(step), 34)) \(pad(Quantity.duration(seconds), 8)) \(failure.reason)")
        case .stepInterrupted(let step): say("stop  \(pad(name(step), 34)) interrupted")
        case .stepSkipped(let step, let because): say("skip  \(pad(name(step), 34)) needs \(TextWidth.plain(because))")
        case .observed, .ended: break
        }
    }

    private func name(_ step: Step) -> String {
        TextWidth.plain(step.bench.map { "\($0)/\(step.subject)" } ?? step.subject)
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The same line is not said twice, and a long step says something at most once a second.
    private func progress(_ id: String, _ text: String) {
        guard !text.isEmpty else { return }
        let now = ContinuousClock.now
        let isNew = shown.withLock { shown in
            if let last = shown[id], last.text == text || now - last.time < .seconds(1) { return false }
            shown[id] = (text, now)
            return true
        }
        if isNew { say("...   \(pad(TextWidth.plain(id), 34)) \(TextWidth.plain(text))") }
    }

    private func say(_ text: String) { Terminal.error(text) }
}
