import FrappeModel

/// What was changed from outside, where only a deep look sees it.
package enum DriftDiagnosis {
    /// - Parameter plan: what the deep look leads to.
    package static func findings(_ plan: Plan) -> [Finding] {
        guard !plan.isEmpty || !plan.notes.isEmpty else {
            return [Finding(.ok, "drift", "drift: limits, accounts, configuration and Redis are as they should be")]
        }
        return plan.steps.map(finding) + plan.notes.map(note)
    }

    private static func finding(_ step: Step) -> Finding {
        let subject = step.bench.map { "\($0)/\(step.subject)" } ?? step.subject
        return Finding(level(step), "drift", "\(subject): \(step.cause)", next: "frappectl up --deep")
    }

    /// Limits keep nothing from working.
    private static func level(_ step: Step) -> Finding.Level {
        switch step.action {
        case .setLimits, .setRedis, .detach: .warn
        default: .fail
        }
    }

    /// What nobody mends by itself says behind its last semicolon or colon what to do.
    private static func note(_ text: String) -> Finding {
        guard let end = text.ranges(of: "; ").last else {
            return Finding(.warn, "drift", text, next: "frappectl plan, once it does")
        }
        return Finding(
            .warn, "drift", String(text[..<end.lowerBound]), next: String(text[end.upperBound...]))
    }
}
