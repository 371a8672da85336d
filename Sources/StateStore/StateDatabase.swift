import FoundationEssentials
import FrappeModel
import GRDB

/// Why the state database could not be used.
package struct StateStoreError: Error, CustomStringConvertible {
    package var path: String
    package var doing: String
    package var reason: String
    /// Whether the disk has no room, or what a full disk brings.
    package var isOfDisk = false

    init(path: String, doing: String, _ error: any Error) {
        self.path = path
        self.doing = doing
        reason = Self.words(error)
        isOfDisk = Self.isOfDisk(error)
    }

    /// SQLite's own sentence without the statement; what is no entry of ours is not told in the decoder's words.
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as DatabaseError: error.message ?? "SQLite gave no reason (\(error.resultCode.rawValue))"
        case is DecodingError: "an entry is not as this version of frappectl writes it"
        default: "\(error)"
        }
    }

    /// SQLite tells a disk that is full when it writes, and an I/O error when it maps or flushes.
    static func isOfDisk(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return code == .SQLITE_FULL || code == .SQLITE_IOERR
    }

    package var description: String { "the state database \(path) failed while \(doing): \(reason)" }
}

/// What was intended and which step was reached; never what is.
package final class StateDatabase: Sendable {
    package let path: String
    private let database: DatabaseQueue

    /// Opens the database, making and migrating it where needed; the file must exist with its mode.
    package init(path: String) throws(StateStoreError) {
        self.path = path
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                try database.execute(
                    sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
            }
            database = try DatabaseQueue(path: path, configuration: configuration)
            if try database.read({ try !Schema.migrator.hasCompletedMigrations($0) }) {
                try Schema.migrator.migrate(database)
            }
        } catch {
            throw StateStoreError(path: path, doing: "opening it", error)
        }
    }

    func read<Value>(_ doing: String, _ body: (Database) throws -> Value) throws(StateStoreError) -> Value {
        do { return try database.read(body) } catch {
            throw StateStoreError(path: path, doing: doing, error)
        }
    }

    @discardableResult
    func write<Value>(_ doing: String, _ body: (Database) throws -> Value) throws(StateStoreError) -> Value {
        do { return try database.write(body) } catch {
            throw StateStoreError(path: path, doing: doing, error)
        }
    }

    /// The root's id, made from `candidate` when there is none yet.
    package func rootID(candidate: String) throws(StateStoreError) -> String {
        if let known = try read("reading the root's id", { try Self.meta("root", $0) }) { return known }
        return try write("recording the root's id") { database in
            try database.execute(
                sql: "INSERT INTO meta (key, value) VALUES ('root', ?) ON CONFLICT DO NOTHING", arguments: [candidate])
            return try Self.meta("root", database) ?? candidate
        }
    }

    private static func meta(_ key: String, _ database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

// Manifests.
extension StateDatabase {
    package func documents() throws(StateStoreError) -> [ManifestDocument] {
        try read("reading the manifests") { database in
            try String.fetchAll(database, sql: "SELECT document FROM manifest ORDER BY kind, namespace, name")
                .map { try Self.decode($0) }
        }
    }

    package func put(_ documents: [ManifestDocument]) throws(StateStoreError) {
        try write("storing manifests") { database in try Self.put(documents, in: database) }
    }

    private static func put(_ documents: [ManifestDocument], in database: Database) throws {
        for document in documents {
            let object = document.key.object
            try database.execute(
                sql: "INSERT OR REPLACE INTO manifest (kind, namespace, name, document) VALUES (?, ?, ?, ?)",
                arguments: [document.key.kind.rawValue, object.namespace, object.name, try encode(document)])
        }
    }

    package func remove(_ key: ManifestKey) throws(StateStoreError) { try remove([key]) }

    /// All of them or none.
    package func remove(_ keys: [ManifestKey]) throws(StateStoreError) {
        try write("removing \(keys.map(\.description).joined(separator: ", "))") { database in
            for key in keys { try Self.remove(key, from: database) }
        }
    }

    private static func remove(_ key: ManifestKey, from database: Database) throws {
        try database.execute(
            sql: "DELETE FROM manifest WHERE kind = ? AND namespace = ? AND name = ?",
            arguments: [key.kind.rawValue, key.object.namespace, key.object.name])
    }
}

// Releases and sites.
extension StateDatabase {
    /// The newest release of each bench.
    package func releases() throws(StateStoreError) -> [ObjectName: Release] {
        try read("reading the releases") { database in
            var result: [ObjectName: Release] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT bench, release FROM release ORDER BY number") {
                result[try Self.decode(row["bench"])] = try Self.decode(row["release"])
            }
            return result
        }
    }

    /// The images of a bench's last releases, newest first, each once.
    package func images(of bench: ObjectName) throws(StateStoreError) -> [String] {
        try read("reading the releases of \(bench)") { database in
            let rows = try String.fetchAll(
                database, sql: "SELECT release FROM release WHERE bench = ? ORDER BY number DESC LIMIT 5",
                arguments: [try Self.encode(bench)])
            return try rows.map { try Self.decode($0, as: Release.self).imageID }.reduce(into: []) { images, image in
                if !images.contains(image) { images.append(image) }
            }
        }
    }

    package func put(_ release: Release, of bench: ObjectName) throws(StateStoreError) {
        try write("recording release \(release.number) of \(bench)") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO release (bench, number, release) VALUES (?, ?, ?)",
                arguments: [try Self.encode(bench), release.number, try Self.encode(release)])
        }
    }

    package func removeReleases(of bench: ObjectName) throws(StateStoreError) {
        try write("removing the releases of \(bench)") { database in
            try database.execute(sql: "DELETE FROM release WHERE bench = ?", arguments: [try Self.encode(bench)])
        }
    }

    package func sites() throws(StateStoreError) -> [ObjectName: SiteRecord] {
        try read("reading the sites") { database in
            let records = try String.fetchAll(database, sql: "SELECT record FROM site")
                .map { try Self.decode($0, as: SiteRecord.self) }
            return Dictionary(records.map { ($0.object, $0) }) { _, last in last }
        }
    }

    /// With manifests that say the same, all or none.
    package func put(
        _ site: SiteRecord, documents: [ManifestDocument] = [], removing keys: [ManifestKey] = []
    ) throws(StateStoreError) {
        try write("recording site \(site.siteName)") { database in
            for key in keys { try Self.remove(key, from: database) }
            try Self.put(documents, in: database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO site (object, record) VALUES (?, ?)",
                arguments: [try Self.encode(site.object), try Self.encode(site)])
        }
    }

    /// A site's record and its manifests, all or none: with the manifest alone, a site that was deleted would be made
    /// again.
    package func removeSite(_ object: ObjectName, manifests: [ManifestKey]) throws(StateStoreError) {
        try write("removing site \(object)") { database in
            try database.execute(sql: "DELETE FROM site WHERE object = ?", arguments: [try Self.encode(object)])
            for key in manifests { try Self.remove(key, from: database) }
        }
    }

    /// The manifests of a bench and of its sites that were never made, with the note that what is left of it has to go.
    package func removeBench(_ object: ObjectName, manifests: [ManifestKey]) throws(StateStoreError) {
        try write("removing bench \(object)") { database in
            for key in manifests { try Self.remove(key, from: database) }
            try Self.put("\(object)", try Self.encode(object), topic: .departing, in: database)
        }
    }
}

// Facts of one topic.
extension StateDatabase {
    /// What a kept value is about.
    package enum Topic: String {
        case imageFacts, definition, subnet, port, configured, commonKeys, telling, draining, departing, machine, redis
        /// Images that were pulled for this root and were not on the host before, by id: the reference.
        case pulledImage
        /// What a bench's files took when they were measured last, by the bench.
        case usage
        /// Where a bench's files are on the disk of a storage class, by the name of its directory.
        case benchPlace
        /// Directories of storage classes in which something was made, with the class's name.
        case storageDisk
        /// The number by which the kernel counts a bench's files, by the name of its directory.
        case filesProject
        /// What is known of the certificates that authorities make, by the name in them.
        case certificate
    }

    package func facts<Value: Decodable>(
        _ topic: Topic, as type: Value.Type = Value.self
    ) throws(StateStoreError) -> [String: Value] {
        try read("reading \(topic.rawValue)") { database in
            var result: [String: Value] = [:]
            let rows = try Row.fetchAll(
                database, sql: "SELECT key, value FROM fact WHERE topic = ?", arguments: [topic.rawValue])
            for row in rows { result[row["key"]] = try Self.decode(row["value"], as: type) }
            return result
        }
    }

    package func put(_ facts: [String: some Encodable], topic: Topic) throws(StateStoreError) {
        guard !facts.isEmpty else { return }
        try write("recording \(topic.rawValue)") { database in
            for (key, value) in facts { try Self.put(key, try Self.encode(value), topic: topic, in: database) }
        }
    }

    private static func put(_ key: String, _ value: String, topic: Topic, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO fact (topic, key, value) VALUES (?, ?, ?)",
            arguments: [topic.rawValue, key, value])
    }

    package func removeFacts(_ topic: Topic, keys: some Collection<String>) throws(StateStoreError) {
        guard !keys.isEmpty else { return }
        try write("removing \(topic.rawValue)") { database in
            for key in keys {
                try database.execute(
                    sql: "DELETE FROM fact WHERE topic = ? AND key = ?", arguments: [topic.rawValue, key])
            }
        }
    }
}
