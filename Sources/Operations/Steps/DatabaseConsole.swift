import FrappeModel
import Rendering

/// SQL as root of a MariaDB server, over the standard input of a client inside its container.
struct DatabaseConsole: Sendable {
    let engine: EngineAccess
    let container: String

    func run(_ statements: String) async throws -> String {
        guard !statements.isEmpty else { return "" }
        let client = [
            "mariadb", "--defaults-extra-file=\(DatabaseSecrets.clientOptions)", "--batch", "--skip-column-names",
        ]
        let answer = try await engine.exec(container, client, input: [UInt8](statements.utf8))
        guard answer.exitCode == 0 else {
            // What follows "near" is the statement itself, which may hold a password.
            let reason = (answer.errors.isEmpty ? answer.output : answer.errors).split(separator: " near ").first ?? ""
            throw StepReason(
                description: "MariaDB refused: \(reason)",
                next: "frappectl logs mariadb; mend the cause, then frappectl up")
        }
        return answer.output
    }

    /// Bytes of all tables' files.
    func dataSize() async throws -> Int? {
        Int(try await run("SELECT COALESCE(SUM(FILE_SIZE), 0) FROM information_schema.INNODB_SYS_TABLESPACES;"))
    }

    /// Bytes of one database's tables.
    func dataSize(of name: String) async throws -> Int? {
        let sql = "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
        return Int(try await run("\(sql) WHERE table_schema = \(Self.text(name));"))
    }

    func databaseExists(_ name: String) async throws -> Bool {
        let sql = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = \(Self.text(name));"
        return try await run(sql).first == "1"
    }

    /// All of root's accounts at once, so that none is left with another one.
    func setRootPassword(_ password: String) async throws {
        let hosts = try await run("SELECT Host FROM mysql.user WHERE User = 'root';").split(separator: "\n")
        let accounts = hosts.map { "'root'@\(Self.text(String($0))) IDENTIFIED BY \(Self.text(password))" }
        // Backslashes are escaped, also where a server's settings say that nobody does.
        let mode = "SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '');"
        _ = try await run("\(mode)\nALTER USER \(accounts.joined(separator: ", "));")
    }

    /// A database and a user of the same name, whose account works from one subnet only.
    func createDatabase(_ name: String, password: String, subnet: IPv4Network) async throws {
        let sql = "CREATE DATABASE \(Self.identifier(name)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n"
        _ = try await run(sql + Self.grant(name, password: password, subnet: subnet))
    }

    /// Puts the one account that the site is to have in the place of those that `new-site` of older images made.
    func mendAccounts(_ name: String, password: String, subnet: IPv4Network) async throws {
        _ = try await run(try await dropAccounts(name) + Self.grant(name, password: password, subnet: subnet))
    }

    private static func grant(_ name: String, password: String, subnet: IPv4Network) -> String {
        let account = account(name, subnet)
        return """
            CREATE USER \(account) IDENTIFIED BY \(text(password));
            \(grant(name, to: account))

            """
    }

    /// The same for an account or a grant that somebody took away: what is there stays.
    func restoreAccess(_ name: String, password: String, subnet: IPv4Network) async throws {
        let account = Self.account(name, subnet)
        _ = try await run(
            """
            CREATE USER IF NOT EXISTS \(account) IDENTIFIED BY \(Self.text(password));
            \(Self.grant(name, to: account))
            """)
    }

    /// Ends statements of the site's user after so many seconds; nil for no bound.
    func limitStatements(of name: String, to seconds: Int?, subnet: IPv4Network) async throws {
        _ = try await run("ALTER USER \(Self.account(name, subnet)) WITH MAX_STATEMENT_TIME \(seconds ?? 0);")
    }

    private static func grant(_ name: String, to account: String) -> String {
        "GRANT \(DatabaseAccount.privileges.joined(separator: ", ")) ON \(pattern(name)).* TO \(account);"
    }

    private static func account(_ name: String, _ subnet: IPv4Network) -> String {
        let account = DatabaseAccount(database: name, subnet: subnet)
        return "\(text(account.user))@\(text(account.host))"
    }

    /// An account that may do everything, for the one `new-site` that cannot do without.
    func createAdministrator(_ name: String, password: String, subnet: IPv4Network) async throws {
        let account = Self.account(name, subnet)
        _ = try await run(
            """
            CREATE OR REPLACE USER \(account) IDENTIFIED BY \(Self.text(password));
            GRANT ALL PRIVILEGES ON *.* TO \(account) WITH GRANT OPTION;
            """)
    }

    func removeAccounts(_ name: String) async throws { _ = try await run(try await dropAccounts(name)) }

    private func dropAccounts(_ name: String) async throws -> String {
        let hosts = try await run("SELECT Host FROM mysql.user WHERE User = \(Self.text(name));")
        return hosts.split(separator: "\n").map {
            "DROP USER IF EXISTS \(Self.text(name))@\(Self.text(String($0)));\n"
        }.joined()
    }

    /// Removes a database and every account of its name.
    func dropDatabase(_ name: String) async throws {
        let accounts = try await dropAccounts(name)
        _ = try await run("DROP DATABASE IF EXISTS \(Self.identifier(name));\n\(accounts)")
    }

    static func identifier(_ name: String) -> String { "`\(name.replacing("`", with: "``"))`" }

    static func pattern(_ name: String) -> String { identifier(DatabaseAccount.pattern(name)) }

    static func text(_ value: String) -> String {
        "'\(value.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
    }
}
