import Foundation
import FrappeModel
import StateStore
import Testing

@Suite("The state database")
struct StateStoreTests {
    private let path: String
    private let store: StateDatabase

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "frappectl-state-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "state.sqlite").path
        store = try StateDatabase(path: path)
    }

    private func removeFiles() {
        try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }

    @Test("keeps its root's id, whoever asks later")
    func rootID() throws {
        defer { removeFiles() }
        #expect(try store.rootID(candidate: "aaaaaa") == "aaaaaa")
        #expect(try store.rootID(candidate: "bbbbbb") == "aaaaaa")
        #expect(try StateDatabase(path: path).rootID(candidate: "cccccc") == "aaaaaa")
    }

    @Test("gives a site's record back, also one of a build that recorded no public URL")
    func sites() throws {
        defer { removeFiles() }
        var record = SiteRecord(
            object: ObjectName("one"), siteName: "one.localhost", bench: ObjectName("shop"), phase: .ready,
            databaseName: "_1_one", databaseServer: "frappe-mariadb", created: true)
        let keys = try JSONSerialization.jsonObject(with: JSONEncoder().encode(record)) as? [String: Any]
        #expect(keys?.keys.contains("publicURL") == false)
        try store.put(record)
        #expect(try store.sites() == [record.object: record])
        record.publicURL = "https://one.test"
        try store.put(record)
        #expect(try store.sites() == [record.object: record])
    }

    @Test("gives manifests back as they were put")
    func manifests() throws {
        defer { removeFiles() }
        let document = ManifestDocument(
            key: ManifestKey(.bench, ObjectName("shop", namespace: "team")), apiVersion: "vyogo.tech/v1",
            value: .map([.init(key: "spec", value: .list([.null, .number(1.5), .string("ü\u{0}\n")]))]),
            locations: ["spec": SourceLocation(file: "a.yaml", line: 3, column: 1)])
        try store.put([document])
        #expect(try store.documents() == [document])
        try store.remove(document.key)
        #expect(try store.documents().isEmpty)
    }

    @Test("gives the newest release of each bench")
    func releases() throws {
        defer { removeFiles() }
        let facts = ImageFacts(apps: ["frappe": "16"], schema: [:], newSiteSkipsDatabase: true)
        let bench = ObjectName("shop")
        for number in [1, 10, 2] {
            let release = Release(
                number: number, reference: "r:\(number)", imageID: "sha256:\(number)", digest: nil, facts: facts)
            try store.put(release, of: bench)
        }
        #expect(try store.releases()[bench]?.number == 10)
        try store.removeReleases(of: bench)
        #expect(try store.releases().isEmpty)
    }

    @Test("marks the operations of dead processes interrupted, with their steps, and no others")
    func interruption() throws {
        defer { removeFiles() }
        func begin(_ lock: String) throws -> Int64 {
            try store.begin(verb: "up", subject: "host", lock: lock, process: 1, user: "u", at: 1)
        }
        let dead = try begin("bench-default-shop")
        let alive = try begin("bench-default-other")
        try store.begin(
            step: StepRecord(
                operation: dead, name: "s", kind: "start", subject: "web-1", cause: "is missing", startedAt: 2))
        let found = try store.interruptUnfinished(locks: ["bench-default-shop"], except: nil, at: 3)
        #expect(found.map(\.id) == [dead])
        let history = try store.history(limit: 10)
        #expect(history.first { $0.operation.id == dead }?.operation.outcome == .interrupted)
        #expect(history.first { $0.operation.id == dead }?.steps.first?.outcome == .interrupted)
        #expect(history.first { $0.operation.id == alive }?.operation.outcome == .running)
        #expect(try store.interruptUnfinished(locks: nil, except: alive, at: 4).isEmpty)
    }

    @Test("keeps what went well for 90 days and the last thousand, and what did not for longer")
    func pruning() throws {
        defer { removeFiles() }
        let day = 86_400.0
        func add(_ verb: String, at time: Double, _ outcome: Outcome) throws -> Int64 {
            let id = try store.begin(verb: verb, subject: "host", lock: "host", process: 1, user: "u", at: time)
            try store.begin(
                step: StepRecord(operation: id, name: "s", kind: "k", subject: "s", cause: "c", startedAt: time))
            try store.end(operation: id, outcome: outcome, reason: nil, at: time)
            return id
        }
        _ = try add("old", at: 0, .done)
        _ = try add("failed", at: 0, .failed)
        _ = try add("fresh", at: 50 * day, .done)
        _ = try add("now", at: 100 * day, .done)
        #expect(try store.history(limit: 10).map(\.operation.verb) == ["now", "fresh", "failed"])
        #expect(try store.history(limit: 10).allSatisfy { $0.steps.count == 1 })
        _ = try add("later", at: 500 * day, .interrupted)
        #expect(try store.history(limit: 10).map(\.operation.verb) == ["later"])
        for _ in 0..<1001 { _ = try add("many", at: 500 * day, .done) }
        let verbs = try store.history(limit: 5000).map(\.operation.verb)
        #expect(verbs.count { $0 == "many" } == 1000)
        #expect(verbs.last == "later", "what did not end well stays beyond the thousand")
    }

    @Test("is used by many at once without being locked")
    func concurrency() async throws {
        defer { removeFiles() }
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let own = try StateDatabase(path: path)
                    for turn in 0..<20 {
                        try own.put(["\(number)-\(turn)": turn], topic: .port)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.facts(.port, as: Int.self).count == 160)
    }

    @Test("what is no database is told in SQLite's words, without a statement or a type of ours")
    func damaged() throws {
        defer { removeFiles() }
        let broken = path + ".broken"
        try Data(repeating: 0x5A, count: 9000).write(to: URL(filePath: broken))
        let error = #expect(throws: StateStoreError.self) { try StateDatabase(path: broken) }
        #expect(error?.reason == "file is not a database")
    }
}
