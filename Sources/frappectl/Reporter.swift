import Foundation
import FrappeModel
import Operations
import Planning
import Synchronization

/// Progress as plain lines, or as one JSON object a line, on standard error.
final class Reporter: Sendable {
    private let json: Bool
    private let shown = Mutex<[String: (text: String, time: ContinuousClock.Instant)]>([:])

    init(json: Bool) { self.json = json }

    func report(_ event: ProgressEvent) {
        if json { return reportJSON(event) }
        switch event {
        case .waiting(let lock, let holder): say("waiting for \(lock): \(holder) (--no-wait to give up at once)")
        case .warning(let text): say("warning: \(text)")
        case .planned(let plan): say("\(plan.steps.count) steps")
        case .stepStarted: break
        case .stepProgress(let id, let text): progress(id, text)
        case .preparing(let subject, let text): progress(subject, text)
        case .stepFinished(let step, let seconds):
            say("ok    \(pad(name(step), 34)) \(pad(Quantity.duration(seconds), 8)) \(step.cause)")
        case .stepFailed(let step, let failure, let seconds):
            say("FAIL  \(pad(name(step), 34)) \(pad(Quantity.duration(seconds), 8)) \(failure.reason)")
        case .stepInterrupted(let step): say("stop  \(pad(name(step), 34)) interrupted")
        case .stepSkipped(let step, let because): say("skip  \(pad(name(step), 34)) needs \(because)")
        }
    }

    private func name(_ step: Step) -> String {
        step.bench.map { "\($0)/\(step.subject)" } ?? step.subject
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
        if isNew { say("...   \(pad(id, 34)) \(text)") }
    }

    private func say(_ text: String) { Terminal.error(text) }

    private func reportJSON(_ event: ProgressEvent) {
        var object = JSONEvent(event: "", subject: nil)
        switch event {
        case .waiting(let lock, let holder): object = .init(event: "waiting", subject: lock, text: holder)
        case .warning(let text): object = .init(event: "warning", text: text)
        case .planned(let plan): object = .init(event: "planned", steps: plan.steps.count)
        case .stepStarted(let step):
            object = .init(event: "started", subject: step.id, kind: step.action.kind, text: step.cause)
        case .stepProgress(let id, let text): object = .init(event: "progress", subject: id, text: text)
        case .preparing(let subject, let text): object = .init(event: "preparing", subject: subject, text: text)
        case .stepFinished(let step, let seconds):
            object = .init(event: "finished", subject: step.id, kind: step.action.kind, seconds: seconds)
        case .stepFailed(let step, let failure, let seconds):
            object = .init(
                event: "failed", subject: step.id, kind: step.action.kind, text: failure.reason, seconds: seconds,
                logs: failure.logs)
        case .stepInterrupted(let step): object = .init(event: "interrupted", subject: step.id, kind: step.action.kind)
        case .stepSkipped(let step, let because): object = .init(event: "skipped", subject: step.id, text: because)
        }
        if let line = try? JSONOutput.line(object) { say(line) }
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

/// Answers for programs: keys sorted, so that the same answer is the same text.
enum JSONOutput {
    static func line(_ value: some Encodable) throws -> String {
        try encode(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    static func print(_ value: some Encodable) throws {
        Swift.print(try encode(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]))
    }

    private static func encode(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
