import CurlTransport
import Foundation
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct SiteLoginTests {
        @Test func `a link logs in once, and history says that it was made`() async throws {
            try await withShop { shop in
                let printed = try await shop.succeed(["site", "login", "one.localhost"])
                let url = printed.output.trimmingCharacters(in: .newlines)
                #expect(url.hasPrefix("http://one.localhost:\(shop.port)/api/method/"), "\(printed)")
                let path = "/" + url.split(separator: "/", maxSplits: 2)[2]
                func open(_ path: String, cookie: String = "") async throws -> HTTPResponse {
                    try await shop.send(.init(.get, path, headers: ["Host": "one.localhost", "Cookie": "\(cookie)"]))
                }
                let first = try await open(path)
                #expect(first.status == 302)
                let session = try #require(first.head.headers["Set-Cookie"]?.split(separator: ";").first)
                let who = try await open("/api/method/frappe.auth.get_logged_user", cookie: String(session))
                #expect(try JSON(who.body).message.string == "Administrator")
                #expect(try await open(path).status == 403)
                let history = try await shop.succeed(["history", "--limit", "1", "--json"])
                let entry = try history.json()[0].operation
                #expect(entry.verb.string == "site login" && entry.outcome.string == "done")
                #expect(entry.subject.string == "site one.localhost as Administrator")
                #expect(entry.user.string?.hasPrefix(NSUserName()) == true)
                let key = try #require(url.split(separator: "=").last)
                #expect(try await !shop.isWritten(String(key)))
            }
        }

        @Test func `a link is for one site and one user, and expires`() async throws {
            try await withShop { shop in
                let link = try await shop.succeed(["site", "login", "one.localhost", "--minutes", "2", "--json"]).json()
                #expect(link.user.string == "Administrator" && link.expiresInSeconds.int == 120)
                let key = try #require(link.url.string?.split(separator: "=").last)
                let names = try await shop.exec(
                    try await shop.container(.redisCache).id, ["redis-cli", "--scan", "--pattern", "*\(key)*"])
                let name = try #require(names.split(separator: "\n").first)
                let seconds = try await shop.exec(
                    try await shop.container(.redisCache).id, ["redis-cli", "ttl", String(name)])
                #expect((100...120).contains(Int(seconds.trimmingCharacters(in: .newlines)) ?? 0), "\(seconds)")
                let elsewhere = try await shop.send(
                    .init(
                        .get, "/api/method/frappe.www.login.login_via_key?key=\(key)",
                        headers: ["Host": "two.localhost"]))
                #expect(elsewhere.status == 403)
                let nobody = try await shop.run(["site", "login", "one.localhost", "--user", "nobody@example.com"])
                #expect(nobody.exitCode == 1 && nobody.output == "", "\(nobody)")
                #expect(nobody.errors.contains("there is no user nobody@example.com on one.localhost"))
                #expect(try await shop.run(["site", "login", "nine.localhost"]).exitCode == 1)
                #expect(try await shop.run(["site", "login"]).exitCode == 64)
                #expect(try await shop.run(["site", "login", "one.localhost", "--minutes", "0"]).exitCode == 64)
                let failed = try await shop.succeed(["history", "--limit", "1", "--json"]).json()[0].operation
                #expect(failed.outcome.string == "failed", "\(failed)")
            }
        }
    }

    @Suite struct ConsoleTests {
        @Test func `a site's database console is its own user's, whose password is nowhere to be seen`() async throws {
            try await withShop { shop in
                let sql = "SELECT CURRENT_USER(), DATABASE(); SELECT name FROM tabUser WHERE name='Administrator'"
                let rows = try await shop.succeed(["db", "one.localhost", "-e", sql]).output.split(separator: "\n")
                let site = try await shop.succeed(["site", "show", "one.localhost", "--json"]).json()
                let database = try #require(site.databaseName.string)
                #expect(rows.count == 4 && rows[1].hasPrefix("\(database)@") && rows[1].hasSuffix(database), "\(rows)")
                #expect(rows.last == "Administrator")
                try shop.write("SELECT 6 * 7;\n", to: "question.sql")
                let piped = try await shop.run(
                    ["db", "two.localhost"], input: "\(shop.directory)/question.sql")
                #expect(piped.output == "6 * 7\n42\n", "\(piped)")
                let bad = try await shop.run(["db", "one.localhost", "-e", "SELECT nonsense"])
                #expect(bad.exitCode == 1 && bad.errors.contains("nonsense"), "\(bad)")
                let other = try await shop.run(["db", "two.localhost", "-e", "SELECT * FROM `\(database)`.tabUser"])
                #expect(other.exitCode == 1 && other.errors.contains("denied"), "\(other)")
            }
        }

        @Test func `no password is in what the console's process shows`() async throws {
            try await withShop { shop in
                let config = try await shop.exec(
                    try await shop.container(.web).id, ["cat", "sites/one.localhost/site_config.json"])
                let password = try #require(try JSON(config).db_password.string)
                let terminal = try Pseudoterminal(rows: 24, columns: 100)
                let code = try await shop.run(["db", "one.localhost"], in: terminal) { _ in
                    try await terminal.expect("]> ")
                    let script = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"
                    let seen = try await shop.exec(try await shop.container(.web).id, ["bash", "-c", script])
                    #expect(seen.contains("--defaults-extra-file=/proc/self/fd/"))
                    #expect(!seen.contains(password))
                    terminal.type("SELECT 6 * 7;\r")
                    try await terminal.expect("42")
                    terminal.type("\u{4}")
                }
                #expect(code == 0)
                #expect(terminal.isCooked)
            }
        }

        @Test func `root's console is of the server that holds the site`() async throws {
            try await withShop { shop in
                let one = try await shop.succeed(["db", "one.localhost", "--admin", "-e", "SELECT CURRENT_USER()"])
                #expect(one.output.hasSuffix("root@localhost\n"), "\(one)")
                let all = try await shop.succeed(["db", "--admin", "-e", "SHOW DATABASES"]).output
                #expect(all.contains("mysql\n") && all.contains("one_localhost\n") && all.contains("two_localhost\n"))
            }
        }

        @Test func `the Python console knows its site`() async throws {
            try await withShop { shop in
                try shop.write("print('at', frappe.local.site)\n", to: "lines.py")
                let result = try await shop.run(
                    ["console", "two.localhost"], input: "\(shop.directory)/lines.py")
                #expect(result.exitCode == 0 && result.output.contains("at two.localhost"), "\(result)")
                let terminal = try Pseudoterminal(rows: 24, columns: 100)
                let code = try await shop.run(["console", "one.localhost"], in: terminal) { _ in
                    try await terminal.expect(">>> ")
                    terminal.type("6 * 7\r")
                    try await terminal.expect("42\r\n")
                    terminal.type("\u{4}")
                }
                #expect(code == 0)
            }
        }
    }
}

extension Installation {
    /// Whether the text is in a file of `agent/` or in the log of a container.
    fileprivate func isWritten(_ text: String) async throws -> Bool {
        let found = try await bash("grep -rlF -e \(text) '\(root)/agent' || true; \"$FRAPPECTL\" logs --tail 5000")
        return found.contains(text) || found.contains("\(root)/agent")
    }
}
