import FrappeModel

/// The directory of an installation and its state database.
package struct InstallationFacts: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// No installation here.
        case none
        case unreadable(user: String)
        /// The first complaint of SQLite.
        case damaged(String)
        /// Why it cannot be read, which says nothing about what is in it.
        case unusable(String)
        /// Made by a later version of the program.
        case newer
        case good(benches: Int, sites: Int)
    }

    package struct UnfinishedOperation: Hashable, Sendable {
        package var id: Int64
        package var verb: String
        package var subject: String
        /// The process that works on it, nil when it is dead.
        package var process: Int?

        package init(id: Int64, verb: String, subject: String, process: Int?) {
            self.id = id
            self.verb = verb
            self.subject = subject
            self.process = process
        }
    }

    package var root: String
    package var database: String
    package var state: State
    package var unfinished: [UnfinishedOperation]

    package init(root: String, database: String, state: State, unfinished: [UnfinishedOperation] = []) {
        self.root = root
        self.database = database
        self.state = state
        self.unfinished = unfinished
    }
}

/// A file or directory of ours that is not as it should be.
package struct PathFacts: Hashable, Sendable {
    package enum Trouble: Hashable, Sendable {
        case missing
        case owner(is: UInt32, shouldBe: UInt32)
        /// Permission bits.
        case mode(is: UInt16, shouldBe: UInt16)
        /// nginx's workers cannot pass through it.
        case blocks(user: String)
    }

    package var path: String
    package var isSecret: Bool
    package var trouble: Trouble

    package init(path: String, isSecret: Bool = false, trouble: Trouble) {
        self.path = path
        self.isSecret = isSecret
        self.trouble = trouble
    }
}

/// Whether the installation is whole.
package enum InstallationDiagnosis {
    package static func state(_ facts: InstallationFacts) -> [Finding] {
        switch facts.state {
        case .none:
            [
                Finding(
                    .ok, "state", "no installation at \(facts.root) yet: this is what an up would meet here",
                    next: "frappectl init, then frappectl up -f FILE")
            ]
        case .unreadable(let user):
            [
                Finding(
                    .warn, "state", "\(user) may not read the state database of \(facts.root)",
                    reason: "what depends on it was not looked at: ports, subnets, owners, images, sites",
                    next: "sudo frappectl doctor --root \(facts.root)")
            ]
        case .damaged(let complaint): [damaged(facts, complaint)]
        case .unusable(let complaint):
            [
                Finding(
                    .fail, "state", "the state database \(facts.database) cannot be read now",
                    reason: "\(complaint), as a full disk brings it; nothing says that it is damaged",
                    next: "df -h \(facts.root); make room, then frappectl doctor")
            ]
        case .newer:
            [
                Finding(
                    .fail, "state", "the state database of \(facts.root) was made by a later frappectl",
                    reason: "this one does not know what it says", next: "run the later one: frappectl version")
            ]
        case .good(let benches, let sites):
            [Finding(.ok, "state", "state: \(facts.root), \(benches) benches, \(sites) sites, database whole")]
                + facts.unfinished.map(unfinished)
        }
    }

    package static func storage(_ bench: String, _ trouble: StorageTrouble) -> Finding {
        Finding(
            .fail, "storage", trouble.reason, reason: "bench \(bench) is left alone until they are there",
            next: trouble.next)
    }

    private static func damaged(_ facts: InstallationFacts, _ complaint: String) -> Finding {
        let path = facts.database
        return Finding(
            .fail, "state", "the state database \(path) is damaged",
            reason: "\(complaint); sites go on serving, no verb works",
            next: "sqlite3 \(path) .recover | sqlite3 \(path).mended && mv \(path) \(path).damaged && "
                + "mv \(path).mended \(path) && chmod 600 \(path)")
    }

    private static func unfinished(_ operation: InstallationFacts.UnfinishedOperation) -> Finding {
        let name = "\(operation.verb) of \(operation.subject) (operation \(operation.id))"
        if let process = operation.process {
            return Finding(.ok, "operations", "\(name) is at work, pid \(process)")
        }
        return Finding(
            .warn, "operations", "\(name) was interrupted", reason: "what it began is not finished",
            next: "frappectl plan shows what is due; frappectl up finishes it")
    }

    package static func owners(_ paths: [PathFacts]) -> [Finding] {
        guard !paths.isEmpty else { return [Finding(.ok, "owners", "owners and modes: as they should be")] }
        return paths.map(owner)
    }

    private static func owner(_ path: PathFacts) -> Finding {
        switch path.trouble {
        case .missing:
            Finding(
                .warn, "owners", "\(path.path) is missing", reason: "something removed it", next: "frappectl up")
        case .owner(let owner, let expected):
            Finding(
                .fail, "owners", "\(path.path) belongs to uid \(owner) instead of \(expected)",
                reason: "who should write it cannot", next: "sudo chown -R \(expected) \(path.path)")
        case .mode(let mode, let expected):
            Finding(
                path.isSecret ? .fail : .warn, "owners",
                "\(path.path) has mode \(octal(mode)) instead of \(octal(expected))",
                reason: path.isSecret
                    ? "others on this machine may read secrets" : "others see more, or less, than they should",
                next: "chmod \(octal(expected)) \(path.path)")
        case .blocks(let user):
            Finding(
                .fail, "owners", "\(user) cannot pass through \(path.path)",
                reason: "nginx's workers run as \(user) and serve files below it", next: "chmod o+x \(path.path)")
        }
    }

    private static func octal(_ mode: UInt16) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
