import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct ExternalDatabaseTests {
    private static func login(_ keys: String) -> String {
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {\(keys)}\n"
    }

    private static let whole = "host: db.example.com, database: erp, username: erp, password: x"

    private static func outcome(_ lines: String, _ keys: String = whole) -> Outcome {
        Outcome(Sample.site(lines) + login(keys))
    }

    @Test(arguments: [
        "dbConfig: {provider: external, connectionSecretRef: {name: login}}",
        // As an export of the operator says it, which fills in its default mode.
        "dbConfig: {provider: external, mode: shared, connectionSecretRef: {name: login}}",
        "dbConfig: {mode: external, connectionSecretRef: {name: login}}",
    ])
    func `it is a provider in the operator's words, or a mode, and nothing is run for it`(lines: String) throws {
        let outcome = Self.outcome(lines)
        #expect(outcome.lines == [])
        let site = try #require(outcome.site)
        #expect(site.externalDatabase == ExternalDatabase(secret: ObjectName("login")))
        #expect(DatabaseMode(server: site.databaseServer) == .external)
        #expect(outcome.bench?.databaseServer == nil)
    }

    @Test func `a bench gives server and Secret to its sites, and a site may take another way`() throws {
        let bench = "dbConfig: {mode: external, host: db.example.com, port: 3307, connectionSecretRef: {name: login}}"
        func site(_ lines: String) throws -> Site {
            let text = Sample.site(lines).replacing(Sample.bench(""), with: Sample.bench(bench))
            return try #require(Outcome(text + Self.login("username: erp, password: x, database: erp")).site)
        }
        let plain = try site("")
        #expect(
            plain.externalDatabase == ExternalDatabase(host: "db.example.com", port: 3307, secret: ObjectName("login")))
        #expect(plain.databaseServer == "db.example.com:3307")
        #expect(try site("dbConfig: {port: \"3308\"}").externalDatabase?.port == 3308)
        #expect(try site("dbConfig: {mode: dedicated}").externalDatabase == nil)
        #expect(try site("dbConfig: {mariadbRef: {name: second}}").databaseServer == "second")
    }

    @Test func `a shared server is run where one of the sites uses it, or the bench asks for it`() {
        let external = "dbConfig: {mode: external, connectionSecretRef: {name: login}}"
        let second =
            "---\napiVersion: vyogo.tech/v1\nkind: FrappeSite\nmetadata: {name: two}\n"
            + "spec: {benchRef: {name: shop}, siteName: two.localhost}\n"
        let mixed = Outcome(Sample.site(external) + Self.login(Self.whole) + second)
        #expect(mixed.bench?.databaseServer == Site.defaultDatabaseServer)
        let asked = Sample.bench("dbConfig: {mode: shared}")
        let text = Sample.site(external).replacing(Sample.bench(""), with: asked) + Self.login(Self.whole)
        #expect(Outcome(text).bench?.databaseServer == Site.defaultDatabaseServer)
    }

    @Test(arguments: [
        (
            "dbConfig: {mode: external, connectionSecretRef: {name: other}}", whole,
            "7:58 spec.dbConfig.connectionSecretRef.name: there is no Secret other."
        ),
        (
            "dbConfig: {mode: external, connectionSecretRef: {name: login}}", "database: erp, password: x",
            "7:58 spec.dbConfig.connectionSecretRef.name: Secret login has no key username and no key host"
        ),
        (
            "dbConfig: {mode: external, connectionSecretRef: {name: login}}", whole + ", tls.crt: x",
            "7:58 spec.dbConfig.connectionSecretRef.name: Secret login has tls.crt alone: a certificate needs its key"
        ),
        (
            "dbConfig: {mode: external, host: localhost, connectionSecretRef: {name: login}}", whole,
            "7:36 spec.dbConfig.host: \"localhost\" would be the container itself: name this machine by an address that "
                + "others reach it by"
        ),
        (
            "dbConfig: {mode: external, host: \"fe80::1\", connectionSecretRef: {name: login}}", whole,
            "7:36 spec.dbConfig.host: \"fe80::1\" is not a DNS name or an IPv4 address (networks of benches are IPv4)"
        ),
        (
            "dbConfig: {mode: external, port: 70000, connectionSecretRef: {name: login}}", whole,
            "7:36 spec.dbConfig.port: \"70000\" is not a port (1 to 65535)"
        ),
        (
            "skipInit: true", whole,
            "7:13 spec.skipInit: is for an external database that has a site in it: on a server of ours there is none to "
                + "take over"
        ),
        (
            "encryptionKeySecretRef: {name: login}", whole,
            "7:34 spec.encryptionKeySecretRef.name: Secret login has no key encryption_key"
        ),
    ])
    func `what is missing or cannot be reached is told with its place`(lines: String, keys: String, problem: String) {
        #expect(Self.outcome(lines, keys).lines == [problem])
    }

    @Test func `the key of encrypted fields may be called otherwise, and may be missing where that is said`() {
        let named = Self.outcome("encryptionKeySecretRef: {name: login, key: host}")
        #expect(named.lines == [])
        #expect(named.site?.encryptionKey == SecretKeyReference(secret: ObjectName("login"), key: "host"))
        #expect(Self.outcome("encryptionKeySecretRef: {name: login, optional: true}").lines == [])
    }
}
