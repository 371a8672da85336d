import FrappeModel
import Testing

@testable import Diagnosis

@Suite struct ExternalDatabaseDiagnosisTests {
    private static func needs(_ change: (inout ExternalDatabaseNeeds) -> Void = { _ in }) -> ExternalDatabaseNeeds {
        var facts = ImageFacts(apps: ["frappe": "15"], schema: [:], newSiteSkipsDatabase: true)
        facts.databaseTLS = .mutual
        var needs = ExternalDatabaseNeeds(
            siteName: "one", host: "db", port: 3306, database: "erp", user: "erp", secret: ObjectName("login"),
            image: "erp:15", facts: facts)
        change(&needs)
        return needs
    }

    private static func look(_ change: (inout ExternalDatabaseLook) -> Void = { _ in }) -> ExternalDatabaseLook {
        var look = ExternalDatabaseLook(stage: .done)
        look.version = "10.11.8-MariaDB"
        (look.serverCharset, look.serverCollation) = ("utf8mb4", "utf8mb4_unicode_ci")
        (look.charset, look.collation) = ("utf8mb4", "utf8mb4_unicode_ci")
        (look.tables, look.frameworkTables, look.globalPrivileges) = (0, 0, 0)
        change(&look)
        return look
    }

    @Test func `an empty database that is as Frappe wants it is no finding`() {
        let diagnosis = ExternalDatabaseDiagnosis(Self.needs())
        #expect(diagnosis.beforehand == [])
        #expect(diagnosis.findings(Self.look()) == [])
    }

    struct Answer: Sendable {
        let change: @Sendable (inout ExternalDatabaseLook) -> Void
        let words: String

        init(_ words: String, _ change: @escaping @Sendable (inout ExternalDatabaseLook) -> Void) {
            self.change = change
            self.words = words
        }
    }

    @Test(arguments: [
        Answer("the name db is not known") {
            $0.stage = .resolve
            $0.error = "Name or service not known"
        },
        Answer("db:3306 does not answer: Connection refused") {
            $0.stage = .connect
            $0.error = "Connection refused"
        },
        Answer("does not let erp in: Access denied (1045)") {
            $0.stage = .login
            $0.code = 1045
            $0.error = "Access denied"
        },
        Answer("lets erp in with TLS alone") {
            $0.stage = .login
            $0.tlsRequired = true
        },
        Answer("cannot use the database erp") {
            $0.stage = .database
            $0.code = 1049
            $0.error = "Unknown database"
        },
        Answer("may not do all that a site needs in erp") {
            $0.stage = .privileges
            $0.error = "INDEX command denied"
        },
        Answer("that is no MariaDB") { $0.version = "8.0.36" },
        Answer("Frappe needs 10.6 or later") { $0.version = "10.5.9-MariaDB" },
        Answer("db:3306 is set to utf8mb4, utf8mb4_general_ci") { $0.serverCollation = "utf8mb4_general_ci" },
        Answer("the database erp is in latin1, utf8mb4_unicode_ci") { $0.charset = "latin1" },
        Answer("has 3 tables already") { $0.tables = 3 },
    ])
    func `each thing that is wrong is said with what to do`(answer: Answer) throws {
        let findings = ExternalDatabaseDiagnosis(Self.needs()).findings(Self.look(answer.change))
        let only = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(only.level == .fail && only.text.hasPrefix("one: ") && only.text.contains(answer.words), "\(only.text)")
        #expect(only.next?.isEmpty == false)
    }

    @Test func `everything that is wrong is said at once`() {
        let look = Self.look {
            ($0.stage, $0.error, $0.serverCharset, $0.charset) = (.privileges, "denied", "latin1", "latin1")
        }
        #expect(ExternalDatabaseDiagnosis(Self.needs()).findings(look).count == 3)
    }

    @Test func `rights on the whole server are a warning`() {
        let findings = ExternalDatabaseDiagnosis(Self.needs()).findings(Self.look { $0.globalPrivileges = 2 })
        #expect(findings.map(\.level) == [.warn])
    }

    @Test func `what an earlier try left is no obstacle, and neither are the tables of a site that serves`() {
        let look = Self.look { ($0.tables, $0.frameworkTables) = (200, 3) }
        #expect(ExternalDatabaseDiagnosis(Self.needs { $0.isBegun = true }).findings(look) == [])
        #expect(ExternalDatabaseDiagnosis(Self.needs { $0.isNew = false }).findings(look) == [])
        #expect(ExternalDatabaseDiagnosis(Self.needs { $0.takesOver = true }).findings(look) == [])
        #expect(ExternalDatabaseDiagnosis(Self.needs()).findings(look).first?.next?.contains("skipInit") == true)
        let empty = ExternalDatabaseDiagnosis(Self.needs { $0.takesOver = true }).findings(Self.look())
        #expect(empty.first?.text.contains("has none") == true)
    }

    struct Wish: Sendable {
        let change: @Sendable (inout ExternalDatabaseNeeds) -> Void
        let words: String

        init(_ words: String, _ change: @escaping @Sendable (inout ExternalDatabaseNeeds) -> Void) {
            self.change = change
            self.words = words
        }
    }

    @Test(arguments: [
        Wish("makes databases as root itself") { $0.facts.newSiteSkipsDatabase = false },
        Wish("is not named as its database") { $0.user = "other" },
        Wish("uses TLS only with a client's certificate") { $0.hasAuthority = true },
        Wish("does not know TLS") {
            $0.hasAuthority = true
            $0.facts.databaseTLS = nil
        },
    ])
    func `what an image cannot do is said before the server is asked`(wish: Wish) {
        let findings = ExternalDatabaseDiagnosis(Self.needs(wish.change)).beforehand
        #expect(findings.count == 1 && findings[0].text.contains(wish.words), "\(findings)")
    }

    @Test func `an image that can do it is not refused`() {
        let able = Self.needs {
            ($0.user, $0.hasAuthority) = ("other", true)
            ($0.facts.newSiteTakesUser, $0.facts.databaseTLS) = (true, .authority)
        }
        #expect(ExternalDatabaseDiagnosis(able).beforehand == [])
        let mutual = Self.needs { ($0.hasAuthority, $0.hasClientCertificate) = (true, true) }
        #expect(ExternalDatabaseDiagnosis(mutual).beforehand == [])
    }
}
