import FrappeModel
import Rendering

/// SQL as root of a MariaDB server, over the standard input of a client inside its container.
struct DatabaseConsole: Sendable {
    let engine: EngineAccess
    let container: String

    /// What a site's own user may do with its own database: all that Frappe needs and nothing about the server.
    static let privileges = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "INDEX", "ALTER", "REFERENCES", "LOCK TABLES",
        "CREATE TEMPORARY TABLES", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "TRIGGER",
        "EVENT",
    ]

    func run(_ statements: String) async throws -> String {
        let client = [
            "mariadb", "--defaults-extra-file=\(DatabaseSecrets.clientOptions)", "--batch", "--skip-column-names",
        ]
        let answer = try await engine.exec(container, client, input: [UInt8](statements.utf8))
        guard answer.exitCode == 0 else {
            throw StepReason(
                description: "MariaDB refused: \(answer.errors.isEmpty ? answer.output : answer.errors)",
                next: "frappectl status")
        }
        return answer.output
    }

    func databaseExists(_ name: String) async throws -> Bool {
        let sql = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = \(Self.text(name));"
        return try await run(sql).first == "1"
    }

    /// A database and a user of the same name, whose account works from one subnet only.
    func createDatabase(_ name: String, password: String, subnet: IPv4Network) async throws {
        let account = "\(Self.text(name))@\(Self.text(subnet.addressAndNetmask))"
        _ = try await run(
            """
            CREATE DATABASE \(Self.identifier(name)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
            CREATE USER \(account) IDENTIFIED BY \(Self.text(password));
            GRANT \(Self.privileges.joined(separator: ", ")) ON \(Self.pattern(name)).* TO \(account);
            """)
    }

    /// Removes a database and every account of its name.
    func dropDatabase(_ name: String) async throws {
        let hosts = try await run("SELECT Host FROM mysql.user WHERE User = \(Self.text(name));")
        var statements = "DROP DATABASE IF EXISTS \(Self.identifier(name));\n"
        for host in hosts.split(separator: "\n") {
            statements += "DROP USER IF EXISTS \(Self.text(name))@\(Self.text(String(host)));\n"
        }
        _ = try await run(statements)
    }

    static func identifier(_ name: String) -> String { "`\(name.replacing("`", with: "``"))`" }

    /// In a grant, `_` and `%` of a database's name stand for any character: without this a tenant reads others'.
    static func pattern(_ name: String) -> String {
        identifier(name.replacing("\\", with: "\\\\").replacing("_", with: "\\_").replacing("%", with: "\\%"))
    }

    static func text(_ value: String) -> String {
        "'\(value.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
    }
}
