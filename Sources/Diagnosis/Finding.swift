/// One thing that was looked at: how it stands, why, and the command that mends it.
package struct Finding: Hashable, Codable, Sendable {
    package enum Level: String, Codable, Sendable, CaseIterable {
        case ok
        /// Works, and deserves a look.
        case warn
        /// Something does not work, or would stop an `up`.
        case fail
    }

    package var level: Level
    /// What was looked at, stable: `engine`, `ports`, `images`.
    package var check: String
    /// One line: what is the case.
    package var text: String
    /// What follows from it; lines of an indented block.
    package var reason: String?
    /// The command that mends it.
    package var next: String?

    package init(_ level: Level, _ check: String, _ text: String, reason: String? = nil, next: String? = nil) {
        self.level = level
        self.check = check
        self.text = text
        self.reason = reason
        self.next = next
    }

    /// Of a look that did not come to an end.
    package static func unknown(_ check: String, _ what: String) -> Finding {
        Finding(
            .warn, check, "\(what) could not be looked at in time", next: "frappectl doctor, once the machine is calm")
    }
}
