import FrappeModel
import ManifestParsing

/// Everything that stops a verb, each with what failed, why, and the command to run next.
package enum OperationError: Error, CustomStringConvertible {
    case badManifests([ManifestProblem], documents: [ManifestDocument])
    case unreachableEngine(socket: String, reason: String)
    /// Its socket is there and not for us.
    case forbiddenEngine(socket: String)
    /// No version of its API is one that we know.
    case unsuitableEngine(String)
    case busy(lock: String, holder: String)
    case usage(String)
    case failed(String, next: String?)
    /// A command inside a container that could not be started, with the code that a shell would give it.
    case notStarted(String, next: String, code: Int32)
    /// Steps of a plan, each with its reason; what did not depend on them was done.
    case steps([StepFailure])

    /// The exit codes of the program.
    package var exitCode: Int32 {
        switch self {
        case .badManifests: 78
        case .unreachableEngine, .forbiddenEngine, .unsuitableEngine: 69
        case .busy: 75
        case .usage: 64
        case .failed, .steps: 1
        case .notStarted(_, _, let code): code
        }
    }

    package var description: String { ErrorWords(self).description }

    /// What failed, and why.
    var reason: String {
        switch self {
        case .badManifests(let problems, let documents):
            ProblemReport.text(problems, documents: documents).trimmed
        case .unreachableEngine(let socket, let reason): "the Docker Engine does not answer at \(socket): \(reason)"
        case .forbiddenEngine(let socket): "the Docker Engine's socket \(socket) is not open to this account"
        case .unsuitableEngine(let reason): reason
        case .busy(let lock, let holder): "\(lock) is busy: \(holder)"
        case .usage(let message): message
        case .failed(let message, _), .notStarted(let message, _, _): message
        case .steps(let failures): failures.map(\.description).joined(separator: "\n")
        }
    }

    /// The command to run next.
    var next: String? {
        switch self {
        case .badManifests, .usage: nil
        case .unreachableEngine:
            "start it (systemctl start docker), or name its socket: DOCKER_HOST=unix:///path"
        case .forbiddenEngine(let socket):
            "sudo usermod -aG docker \"$USER\", then log in again (ls -l \(socket) shows the group)"
        case .unsuitableEngine:
            "docker version shows what it speaks; use another Engine: DOCKER_HOST=unix:///path"
        case .busy: "wait for it, or run the command again without --no-wait"
        case .failed(_, let next): next
        case .notStarted(_, let next, _): next
        case .steps(let failures):
            failures.contains { $0.next != nil } ? nil : "frappectl up, which goes on from here"
        }
    }
}

extension OperationError {
    /// A name that nothing has, with what was probably meant and what there is.
    ///
    /// - Parameter word: the kind in a person's words, as `frappectl get` takes it.
    static func unknown(_ word: String, _ name: String, known: [String]) -> OperationError {
        let shown = SafeText.plain(name, limit: 80)
        guard !known.isEmpty else {
            let next = word == "site" ? "frappectl site new \(shown)" : "frappectl init, then frappectl up -f FILE"
            return .failed("there is no \(word) \(shown), and no other either", next: next)
        }
        let some = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? ", ..." : "")
        return .failed(
            "there is no \(word) \(shown).\(Suggestion.hint(for: name, among: known)) There is: \(some)",
            next: "frappectl get \(word)")
    }
}

/// A step that failed.
package struct StepFailure: Error, Sendable, CustomStringConvertible {
    package var step: String
    package var subject: String
    package var reason: String
    /// The last lines of the container that failed.
    package var logs: [String] = []
    package var next: String?

    package init(step: String, subject: String, reason: String, logs: [String] = [], next: String? = nil) {
        self.step = step
        self.subject = subject
        self.reason = reason
        self.logs = logs
        self.next = next
    }

    package var description: String {
        var text = "\(subject): \(reason)"
        if !logs.isEmpty { text += "\n" + logs.map { "    | \($0)" }.joined(separator: "\n") }
        if let next { text += "\n  next: \(next)" }
        return text
    }
}

/// What a step's work throws: the reason, with a container's last lines where there is one.
struct StepReason: Error, CustomStringConvertible {
    var description: String
    var logs: [String] = []
    var next: String?
}
