import FrappeModel
import GRDB

/// How an operation or a step stands.
package enum Outcome: String, Codable, Sendable {
    case running, done, failed, interrupted
}

/// One verb at work, as the journal has it; times in seconds since 1970.
package struct OperationRecord: Codable, Sendable, Hashable, FetchableRecord {
    package var id: Int64
    package var verb: String
    package var subject: String
    package var lock: String
    package var process: Int
    package var user: String
    package var startedAt: Double
    package var finishedAt: Double?
    package var outcome: Outcome
    package var reason: String?

    /// One that has ended, to be added; it gets its number there.
    package init(
        verb: String, subject: String, lock: String, process: Int, user: String, startedAt: Double, finishedAt: Double,
        outcome: Outcome, reason: String?
    ) {
        id = 0
        (self.verb, self.subject, self.lock, self.process) = (verb, subject, lock, process)
        (self.user, self.startedAt, self.finishedAt) = (user, startedAt, finishedAt)
        (self.outcome, self.reason) = (outcome, reason)
    }
}

/// One step of an operation, as the journal has it.
package struct StepRecord: Codable, Sendable, Hashable, FetchableRecord {
    package var operation: Int64
    package var name: String
    package var kind: String
    package var subject: String
    package var cause: String
    package var startedAt: Double
    package var finishedAt: Double?
    package var outcome = Outcome.running
    package var reason: String?

    /// A step that begins.
    package init(operation: Int64, name: String, kind: String, subject: String, cause: String, startedAt: Double) {
        self.operation = operation
        self.name = name
        self.kind = kind
        self.subject = subject
        self.cause = cause
        self.startedAt = startedAt
    }
}

// The journal: each operation and step is written before it begins and after it ended.
extension StateDatabase {
    package func begin(
        verb: String, subject: String, lock: String, process: Int, user: String, at time: Double
    ) throws(StateStoreError) -> Int64 {
        try write("opening an operation") { database in
            try database.execute(
                sql: """
                    INSERT INTO operation (verb, subject, lock, process, user, startedAt, outcome)
                    VALUES (?, ?, ?, ?, ?, ?, 'running')
                    """,
                arguments: [verb, subject, lock, process, user, time])
            return database.lastInsertedRowID
        }
    }

    package func end(
        operation: Int64, outcome: Outcome, reason: String?, at time: Double
    ) throws(StateStoreError) {
        try write("closing an operation") { database in
            try database.execute(
                sql: "UPDATE operation SET outcome = ?, reason = ?, finishedAt = ? WHERE id = ?",
                arguments: [outcome.rawValue, reason, time, operation])
            try Self.forgetOld(before: operation, at: time, in: database)
        }
    }

    /// The journal stays small: what went well is kept for 90 days, what did not for 400, and no more than the last
    /// thousand operations of the one and ten thousand of the other.
    private static func forgetOld(before operation: Int64, at time: Double, in database: Database) throws {
        let bounds = [("outcome = 'done'", 90.0, 1000), ("outcome IN ('failed', 'interrupted')", 400, 10_000)]
        for (outcomes, days, count) in bounds {
            try database.execute(
                sql: "DELETE FROM operation WHERE \(outcomes) AND (id <= ? OR finishedAt < ?)",
                arguments: [operation - Int64(count), time - days * 86_400])
        }
    }

    /// An operation that has ended already.
    package func add(_ record: OperationRecord) throws(StateStoreError) {
        try write("recording \(record.verb)") { database in
            try database.execute(
                sql: """
                    INSERT INTO operation (verb, subject, lock, process, user, startedAt, finishedAt, outcome, reason)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.verb, record.subject, record.lock, record.process, record.user, record.startedAt,
                    record.finishedAt, record.outcome.rawValue, record.reason,
                ])
        }
    }

    package func begin(step: StepRecord) throws(StateStoreError) {
        try write("opening step \(step.name)") { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO step (operation, name, kind, subject, cause, startedAt, outcome)
                    VALUES (?, ?, ?, ?, ?, ?, 'running')
                    """,
                arguments: [step.operation, step.name, step.kind, step.subject, step.cause, step.startedAt])
        }
    }

    package func end(
        step name: String, operation: Int64, outcome: Outcome, reason: String?, at time: Double
    ) throws(StateStoreError) {
        try write("closing step \(name)") { database in
            try database.execute(
                sql: "UPDATE step SET outcome = ?, reason = ?, finishedAt = ? WHERE operation = ? AND name = ?",
                arguments: [outcome.rawValue, reason, time, operation, name])
        }
    }

    /// The newest operations first, each with its steps in order.
    package func history(
        limit: Int
    ) throws(StateStoreError) -> [(operation: OperationRecord, steps: [StepRecord])] {
        try read("reading the journal") { database in
            let operations = try OperationRecord.fetchAll(
                database, sql: "SELECT * FROM operation ORDER BY id DESC LIMIT ?", arguments: [limit])
            return try operations.map { operation in
                let steps = try StepRecord.fetchAll(
                    database, sql: "SELECT * FROM step WHERE operation = ? ORDER BY startedAt, name",
                    arguments: [operation.id])
                return (operation, steps)
            }
        }
    }

    /// Marks the operations of these locks that never ended as interrupted; the caller holds the locks, so their
    /// processes are dead.
    package func interruptUnfinished(
        locks: [String]?, except operation: Int64?, at time: Double
    ) throws(StateStoreError) -> [OperationRecord] {
        let running = try read("looking for interrupted operations") { database in
            try OperationRecord.fetchAll(
                database, sql: "SELECT * FROM operation WHERE outcome = 'running' ORDER BY id")
        }
        let dead = running.filter { $0.id != operation && (locks?.contains($0.lock) ?? true) }
        guard !dead.isEmpty else { return [] }
        return try write("marking interrupted operations") { database in
            for operation in dead {
                try database.execute(
                    sql:
                        "UPDATE step SET outcome = 'interrupted', finishedAt = ? WHERE operation = ? AND outcome = 'running'",
                    arguments: [time, operation.id])
                try database.execute(
                    sql: "UPDATE operation SET outcome = 'interrupted', finishedAt = ? WHERE id = ?",
                    arguments: [time, operation.id])
            }
            return dead
        }
    }
}
