import FrappeModel
import GRDB

/// A state database looked at without changing it: `doctor` works where it is damaged too.
package enum StateExamination {
    package enum Outcome: Sendable {
        /// The first complaint of SQLite.
        case damaged(String)
        /// Why it cannot be read now, which says nothing about what is in it: a full disk is such a cause.
        case unusable(String)
        /// Made by a later version of the program.
        case newer
        case whole(StateContents)
    }

    /// - Parameter path: a file that exists and may be read.
    package static func examine(path: String) -> Outcome {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(1)
            let database = try DatabaseQueue(path: path, configuration: configuration)
            return try database.read { database in
                let complaint = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
                guard complaint == "ok" else { return .damaged(complaint) }
                if try Schema.migrator.hasBeenSuperseded(database) { return .newer }
                return .whole(try StateContents(database))
            }
        } catch  where StateStoreError.isOfDisk(error) {
            return .unusable(StateStoreError.words(error))
        } catch {
            return .damaged(StateStoreError.words(error))
        }
    }
}

/// What `doctor` compares with the machine.
package struct StateContents: Sendable {
    package var rootID: String?
    package var documents: [ManifestDocument] = []
    package var releases: [ObjectName: Release] = [:]
    package var sites: [SiteRecord] = []
    package var subnets: [String: IPv4Network] = [:]
    package var ports: [String: Int] = [:]
    /// What sizes were derived from.
    package var machine: [String: Int] = [:]
    /// What is known of the certificates that authorities make, by the name in them.
    package var certificates: [String: CertificateRecord] = [:]
    /// Operations whose end was never recorded.
    package var unfinished: [OperationRecord] = []

    init(_ database: Database) throws {
        rootID = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'root'")
        documents = try String.fetchAll(database, sql: "SELECT document FROM manifest ORDER BY kind, namespace, name")
            .map { try StateDatabase.decode($0) }
        for row in try Row.fetchAll(database, sql: "SELECT bench, release FROM release ORDER BY number") {
            releases[try StateDatabase.decode(row["bench"])] = try StateDatabase.decode(row["release"])
        }
        sites = try String.fetchAll(database, sql: "SELECT record FROM site").map { try StateDatabase.decode($0) }
        subnets = try Self.facts(.subnet, database)
        ports = try Self.facts(.port, database)
        machine = try Self.facts(.machine, database)
        certificates = try Self.facts(.certificate, database)
        unfinished = try OperationRecord.fetchAll(
            database, sql: "SELECT * FROM operation WHERE outcome = 'running' ORDER BY id")
    }

    private static func facts<Value: Decodable>(
        _ topic: StateDatabase.Topic, _ database: Database
    ) throws -> [String: Value] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT key, value FROM fact WHERE topic = ?", arguments: [topic.rawValue])
        return Dictionary(
            try rows.map { ($0["key"], try StateDatabase.decode($0["value"], as: Value.self)) }
        ) { first, _ in first }
    }
}
