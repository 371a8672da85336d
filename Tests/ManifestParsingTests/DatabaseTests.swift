import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct DatabaseTests {
    @Test func `a dedicated server is named after its site and gets what is written`() throws {
        let outcome = Outcome(
            Sample.site(
                """
                dbConfig:
                  mode: dedicated
                  storageSize: 20Gi
                  image: mariadb:11.4
                  resources: {requests: {cpu: 250m, memory: 512Mi}, limits: {cpu: 2, memory: 2Gi}}
                """))
        #expect(outcome.lines == [])
        let site = try #require(outcome.site)
        #expect(site.databaseServer == "one.localhost_db")
        var wanted = DedicatedDatabase()
        wanted.storageSize = 20 << 30
        wanted.image = "mariadb:11.4"
        wanted.resources.requestedCPU = 250
        wanted.resources.requestedMemory = 512 << 20
        wanted.resources.limitCPU = 2000
        wanted.resources.limitMemory = 2 << 30
        #expect(site.dedicatedDatabase == wanted)
        #expect(outcome.bench?.databaseServer == Site.defaultDatabaseServer)
    }

    @Test func `a bench gives its mode and its sizes to the sites that say nothing`() throws {
        let bench = "dbConfig: {mode: dedicated, storageSize: 5Gi, resources: {limits: {memory: 1Gi}}}"
        func site(_ lines: String) throws -> Site {
            try #require(Outcome(Sample.site(lines).replacing(Sample.bench(""), with: Sample.bench(bench))).site)
        }
        let plain = try site("")
        #expect(plain.dedicatedDatabase?.storageSize == 5 << 30)
        #expect(plain.dedicatedDatabase?.resources.limitMemory == 1 << 30)
        let larger = try site("dbConfig: {resources: {limits: {memory: 4Gi}}}")
        #expect(larger.dedicatedDatabase?.resources.limitMemory == 4 << 30)
        #expect(larger.dedicatedDatabase?.storageSize == 5 << 30)
        #expect(try site("dbConfig: {mode: shared}").databaseServer == Site.defaultDatabaseServer)
        let named = try site("dbConfig: {mariadbRef: {name: second}}")
        #expect(named.dedicatedDatabase == nil && named.databaseServer == "second")
        #expect(Outcome(Sample.bench(bench)).bench?.databaseServer == nil, "no shared server is made for it")
    }

    @Test(arguments: [
        (
            "dbConfig: {mode: dedicated, mariadbRef: {name: second}}",
            "~7:43 spec.dbConfig.mariadbRef: ignored: mode dedicated makes a server for each site"
        ),
        (
            "dbConfig: {storageSize: 1Gi}",
            "~7:27 spec.dbConfig.storageSize: ignored: it is for mode dedicated, and this is a shared server"
        ),
        (
            "dbConfig: {mode: dedicated, resources: {limits: {memory: 128Mi}}}",
            "~7:60 spec.dbConfig.resources.limits.memory: under 256Mi: MariaDB will hardly start"
        ),
    ])
    func `what cannot be meant is told`(lines: String, warning: String) {
        #expect(Outcome(Sample.site(lines)).lines == [warning])
    }

    @Test(arguments: [
        "one.localhost", "a-b.example.com", String(repeating: "long-", count: 12) + "x.example.com",
        String(repeating: "abcdefg.", count: 30) + "com",
    ])
    func `the name of a dedicated server is neither a label nor a site's name, and fits DNS`(siteName: String) throws {
        let name = DedicatedDatabase.serverName(siteName: siteName, object: ObjectName("x"))
        #expect(throws: Complaint.self) { try Names.checkLabel(name) }
        #expect(throws: Complaint.self) { try Names.checkSite(name) }
        #expect(name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { (1...63).contains($0.count) })
        #expect(name.count <= 63 && name.first != "-")
        #expect(DedicatedDatabase.owns(name) && !DedicatedDatabase.owns(Site.defaultDatabaseServer))
        #expect(name != DedicatedDatabase.serverName(siteName: siteName + "m", object: ObjectName("y")))
    }

    @Test func `memory that is written is told from memory that follows the budget`() {
        let text = "componentResources: {gunicorn: {limits: {memory: 3Gi}}, socketio: {limits: {cpu: 1}}}"
        #expect(Outcome(Sample.bench(text)).bench?.ownMemory == [.web])
        #expect(Outcome(Sample.host("memoryBudget: 3Gi")).manifests.host.memoryBudget == 3 << 30)
    }
}
