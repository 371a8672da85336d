import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// What the database user of one site can reach of others', tried on the real server.
    @Suite struct DatabaseIsolationTests {
        @Test func `the user of one site sees and reaches nothing of another's, nor of the server`() async throws {
            try await withShop { shop in
                let own = try await database("one.localhost", shop)
                let other = try await database("two.localhost", shop)
                let databases = try await sql(shop, "SHOW DATABASES")
                #expect(Set(databases.output.split(separator: "\n").dropFirst()) == ["information_schema", "\(own)"])
                for (statement, answer) in [
                    ("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '\(other)'", "0"),
                    ("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER <> '\(own)'", "0"),
                    ("SELECT LOAD_FILE('/etc/passwd') IS NULL", "1"),
                    ("SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE'", "0"),
                ] {
                    let result = try await sql(shop, statement)
                    #expect(result.output.split(separator: "\n").last == "\(answer)", "\(statement): \(result)")
                }
                for statement in [
                    "SELECT * FROM `\(other)`.tabUser", "INSERT INTO `\(other)`.tabUser (name) VALUES ('x')",
                    "CREATE TABLE `\(other)`.mine (a INT)", "DROP DATABASE `\(other)`", "USE `\(other)`",
                    "SELECT * FROM mysql.user", "SELECT * FROM mysql.global_priv", "CREATE DATABASE mine",
                    // In a grant `_` would stand for any character.
                    "CREATE DATABASE `\(own.replacing("_", with: "x"))`",
                    "SELECT 1 INTO OUTFILE '/tmp/out'", "LOAD DATA INFILE '/etc/passwd' INTO TABLE tabUser",
                    "CREATE USER x", "GRANT ALL ON *.* TO CURRENT_USER()", "SET GLOBAL max_connections = 1",
                    "SET PASSWORD FOR root@localhost = ''", "SHUTDOWN", "FLUSH TABLES WITH READ LOCK",
                    "SHOW BINARY LOGS",
                    "INSTALL SONAME 'server_audit'",
                ] {
                    let result = try await sql(shop, statement)
                    #expect(result.exitCode != 0, "\(statement) was let through: \(result)")
                }
                #expect(try await shop.browser("two.localhost").get("/login").status == 200)
                #expect(try await shop.sql("SELECT COUNT(*) FROM `\(other)`.tabUser") != ["0"])
            }
        }

        private func database(_ site: String, _ shop: Installation) async throws -> String {
            try #require(try await shop.succeed(["site", "show", site, "--json"]).json().databaseName.string)
        }

        /// As the site's own user, with what its own configuration says.
        private func sql(_ shop: Installation, _ statement: String) async throws -> ProgramResult {
            try shop.write(statement + ";\n", to: "statement.sql")
            return try await shop.run(["db", "one.localhost"], input: "\(shop.directory)/statement.sql")
        }

        @Test
        func `a name that is cut at 64 characters serves, and a foreign database of that name is left alone`()
            async throws
        {
            try await withShop { shop in
                let site = String(repeating: "long-", count: 11) + "a.localhost"
                let object = ObjectName("twin")
                let wanted = DatabaseName.make(object: object, siteName: site)
                #expect(wanted.count == DatabaseName.longest)
                _ = try await shop.sql("CREATE DATABASE `\(wanted)`")
                try shop.write(shop.siteManifest(site, name: "twin"), to: "twin.yaml")
                let up = try await shop.run(["up", "-f", "twin.yaml"])
                #expect(up.exitCode == 1)
                #expect(
                    up.errors.contains("a database \(wanted) exists on frappe-mariadb and was not made for this site"))
                _ = try await shop.sql("DROP DATABASE `\(wanted)`")
                try await shop.succeed(["up"])
                #expect(try await database(site, shop) == wanted)
                try await shop.succeed(["delete", "site", site, "--yes", site])
                #expect(try await shop.sql("SELECT COUNT(*) FROM mysql.user WHERE User = '\(wanted)'") == ["0"])
            }
        }
    }
}
