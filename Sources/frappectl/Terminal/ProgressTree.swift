import FrappeModel
import Operations
import StateStore

/// What a verb has done, does and will do: a value that events change and that frames are drawn from.
struct ProgressTree {
    enum State: Hashable {
        case waits, runs, done, failed, skipped, stopped
    }

    /// All steps about one thing, such as a site that is created and then proven.
    struct Line {
        var group: String
        var subject: String
        var state = State.waits
        /// What happens to it now, or has become of it: `creating`, `healthy`.
        var word = "waits"
        /// What it said last, or why it is done.
        var text = ""
        /// Steps that have not ended, and the seconds of those that have.
        var open: Set<String> = []
        var seconds = 0.0
        var startedAt: Double?
    }

    private(set) var lines: [Line] = []
    /// The line of each step, by its id.
    private var places: [String: Int] = [:]
    private(set) var startedAt: Double?
    private(set) var endedAt: Double?
    /// What was observed of each bench at the end.
    private(set) var observed: [String: BenchHealth] = [:]
    /// The words about a lock that another command holds.
    private(set) var waiting: String?

    var isEmpty: Bool { lines.isEmpty && waiting == nil }
    /// Where what belongs to no bench is shown.
    static let host = "host"

    mutating func apply(_ event: ProgressEvent, at now: Double) {
        if startedAt == nil { startedAt = now }
        waiting = nil
        switch event {
        case .waiting(let lock, let holder): waiting = "waiting for \(lock): \(holder) (--no-wait to give up at once)"
        case .warning: break
        case .planned(let plan): add(plan, at: now)
        case .preparing(let subject, let text): prepare(subject, text, at: now)
        case .stepStarted(let step):
            change(step) {
                $0.startedAt = now
                $0.set(.runs, step.words.now, "")
            }
        case .stepProgress(let id, let text):
            if let place = places[id], !text.isEmpty { lines[place].text = text }
        case .stepFinished(let step, let seconds): finish(step, seconds)
        case .stepFailed(let step, let failure, let seconds):
            end(step, .failed, "FAILED", String(failure.reason.prefix { $0 != "\n" }), seconds)
        case .stepInterrupted(let step): end(step, .stopped, "stopped", "interrupted", 0)
        case .stepSkipped(let step, let because): end(step, .skipped, "skipped", "needs \(because)", 0)
        case .observed(let benches):
            for bench in benches { observed[bench.name.description] = bench }
        case .ended(let outcome): close(outcome, at: now)
        }
    }

    private mutating func add(_ plan: Plan, at now: Double) {
        endPreparations(.done, at: now)
        for step in plan.steps {
            let group = step.bench?.description ?? Self.host
            let place = lines.firstIndex { $0.group == group && $0.subject == step.subject } ?? lines.count
            if place == lines.count { lines.append(Line(group: group, subject: step.subject)) }
            lines[place].open.insert(step.id)
            places[step.id] = place
        }
    }

    private mutating func change(_ step: Step, _ body: (inout Line) -> Void) {
        guard let place = places[step.id] else { return }
        body(&lines[place])
    }

    /// A line is done when the last of its steps is.
    private mutating func finish(_ step: Step, _ seconds: Double) {
        change(step) { line in
            line.end(step.id, seconds)
            guard line.state == .runs else { return }
            line.set(line.open.isEmpty ? .done : .waits, step.words.done, step.words.showsCause ? step.cause : "")
        }
    }

    private mutating func end(_ step: Step, _ state: State, _ word: String, _ text: String, _ seconds: Double) {
        change(step) { line in
            line.end(step.id, seconds)
            line.set(state, word, text)
        }
    }

    private mutating func prepare(_ subject: String, _ text: String, at now: Double) {
        let place = places[subject] ?? lines.count
        if place == lines.count {
            lines.append(Line(group: "", subject: subject, state: .runs, word: "prepares", startedAt: now))
            places[subject] = place
        }
        if lines[place].state == .runs { lines[place].text = text }
    }

    private mutating func endPreparations(_ state: State, at now: Double) {
        for place in lines.indices where lines[place].group.isEmpty && lines[place].state == .runs {
            lines[place].end("", now - (lines[place].startedAt ?? now))
            lines[place].set(state, state == .done ? "ready" : "stopped", state == .done ? "" : lines[place].text)
        }
    }

    private mutating func close(_ outcome: Outcome, at now: Double) {
        endPreparations(outcome == .done ? .done : .stopped, at: now)
        endedAt = now
        for place in lines.indices where lines[place].state == .waits && outcome != .done {
            lines[place].set(.skipped, "not begun", "")
        }
    }
}

extension ProgressTree.Line {
    fileprivate mutating func set(_ state: ProgressTree.State, _ word: String, _ text: String) {
        self.state = state
        self.word = word
        self.text = text
    }

    fileprivate mutating func end(_ id: String, _ seconds: Double) {
        open.remove(id)
        self.seconds += seconds
        startedAt = nil
    }

    /// Seconds of work so far.
    func elapsed(at now: Double) -> Double { seconds + (startedAt.map { now - $0 } ?? 0) }
}
