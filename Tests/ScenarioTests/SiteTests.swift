import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// A site's life: made, failed and retried, interrupted and finished, deleted.
    @Suite struct SiteTests {
        @Test func `a site is made, shown, and deleted with its last dump kept`() async throws {
            try await withShop { shop in
                let made = try await shop.succeed([
                    "site", "new", "three.localhost", "--domain", "three.example.test", "--app", "demo",
                ])
                #expect(made.output.contains("http://three.example.test:\(shop.port)"))
                #expect(made.errors.contains("creating database"), "its progress is shown: \(made)")
                let site = try await shop.succeed(["site", "show", "three.localhost", "--json"]).json()
                #expect(site.phase.string == "Ready")
                #expect(site.domainSource.string == "explicit")
                let database = try #require(site.databaseName.string)
                let browser = try await shop.administrator("three.localhost", host: "three.example.test")
                _ = try await browser.post("/api/resource/Note", form: ["title": "the last note"])
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))

                let unsaid = try await shop.run(["delete", "site", "three.localhost"])
                #expect(unsaid.exitCode == 64, "\(unsaid)")
                #expect(unsaid.errors.contains("--yes three.localhost"))
                let mistaken = try await shop.run(["delete", "site", "three.localhost", "--yes", "two.localhost"])
                #expect(mistaken.exitCode == 64, "\(mistaken)")
                #expect(try await browser.get("/api/method/ping").status == 200)

                let deleted = try await shop.succeed(["delete", "site", "three.localhost", "--yes", "three.localhost"])
                let kept = try #require(deleted.output.firstMatch(of: /kept: (.+)/)).output.1
                #expect(kept.hasPrefix("\(shop.root)/archived/"))
                let files = try Secrets.files(below: String(kept))
                let dump = try #require(files.first { $0.hasSuffix("-database.sql.gz") })
                #expect((FileManager.default.contents(atPath: dump)?.count ?? 0) > 500)
                #expect(files.contains { $0.hasSuffix("/site_config.json") })
                try await expectNothing(of: "three.localhost", database: database, in: shop)
                #expect(try await shop.browser("three.example.test").get("/").status == 404)
                #expect(try await shop.browser("one.localhost").get("/api/method/ping").status == 200)
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
            }
        }

        @Test func `a creation that fails is undone whole, and works once its cause is gone`() async throws {
            try await withShop { shop in
                let web = try await shop.container(.web).id
                // An app that the bench has and the list of its sites directory lacks: new-site dies half-way.
                try await shop.exec(web, ["bash", "-c", "cp sites/apps.txt /tmp/ && echo frappe > sites/apps.txt"])
                let failed = try await shop.run(["site", "new", "three.localhost"])
                #expect(failed.exitCode == 1, "\(failed)")
                #expect(failed.errors.contains("App demo not in apps.txt"))
                #expect(failed.errors.contains("next: "))
                let site = try await shop.succeed(["site", "show", "three.localhost", "--json"]).json()
                #expect(site.phase.string == "Failed")
                #expect(site.reason.string?.contains("new-site exited with 1") == true)
                try await expectNothing(
                    of: "three.localhost", database: try #require(site.databaseName.string), in: shop)
                #expect(try await shop.browser("three.localhost").get("/").status == 404)
                #expect(try await shop.browser("one.localhost").get("/login").status == 200)

                try await shop.exec(web, ["cp", "/tmp/apps.txt", "sites/apps.txt"])
                let plan = try await shop.run(["plan"])
                #expect(plan.output.contains("its creation failed before"), "\(plan)")
                let retried = try await shop.succeed(["up"])
                #expect(retried.output.contains("three.localhost"))
                #expect(try await shop.browser("three.localhost").get("/login").status == 200)
                try await shop.succeed(["delete", "site", "three.localhost", "--yes", "three.localhost"])
            }
        }

        @Test(arguments: [Moment.early, .running, .late])
        func `a creation whose program was killed is finished by the next up`(moment: Moment) async throws {
            try await withShop { shop in
                let web = try await shop.container(.web).id
                try await shop.exec(web, ["bench", "set-config", "-g", "demo_new_site_seconds", "3"])
                let killed = try await shop.run(["site", "new", "three.localhost"]) { running in
                    try await moment.wait(shop, running)
                    running.signal(9)
                }
                #expect(killed.wasKilled, "\(killed)")
                try await shop.exec(web, ["bench", "set-config", "-g", "demo_new_site_seconds", "0"])
                let up = try await shop.run(["up"])
                #expect(up.exitCode == 0, "\(up)")
                #expect(up.errors.contains("site new site three.localhost"), "the interruption is told: \(up)")
                let site = try await shop.succeed(["site", "show", "three.localhost", "--json"]).json()
                #expect(site.phase.string == "Ready")
                let database = try #require(site.databaseName.string)
                #expect(try await shop.sql("SHOW DATABASES LIKE '\\_%'").count == 3)
                #expect(try await shop.sql("SELECT User FROM mysql.user WHERE User = '\(database)'").count == 1)
                #expect(try await shop.sql("SELECT User FROM mysql.user WHERE User LIKE '\\_%'").count == 3)
                _ = try await shop.administrator("three.localhost")
                let once = try await shop.containers().filter { $0.labels[Label.component] == nil }
                #expect(once.map(\.name) == [])
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
                try await shop.succeed(["delete", "site", "three.localhost", "--yes", "three.localhost"])
            }
        }

        /// When the program is killed while it makes a site.
        enum Moment: Sendable {
            /// The database is there and the one-shot container is not.
            case early
            /// The one-shot container works.
            case running
            /// The one-shot container is done, or nearly so.
            case late

            func wait(_ shop: Installation, _ running: RunningProgram) async throws {
                let marker = "\(shop.root)/benches/shop/1/sites/three.localhost/.frappectl-created"
                let came = try await Waiting.until(within: .seconds(20), every: .milliseconds(2)) {
                    switch self {
                    case .early: running.errors.contains("creating database")
                    case .running: running.errors.contains("Updating DocTypes")
                    case .late: FileManager.default.fileExists(atPath: marker)
                    }
                }
                guard came else { throw TestFailure("the moment did not come: \(running.errors)") }
            }
        }

        /// Neither database nor account nor directory.
        private func expectNothing(of site: String, database: String, in shop: Installation) async throws {
            #expect(try await shop.sql("SHOW DATABASES LIKE '\(database.replacing("_", with: "\\_"))'") == [])
            #expect(try await shop.sql("SELECT Host FROM mysql.user WHERE User = '\(database)'") == [])
            #expect(!FileManager.default.fileExists(atPath: "\(shop.root)/benches/shop/1/sites/\(site)"))
            let once = try await shop.containers().filter { $0.labels[Label.component] == nil }
            #expect(once.map(\.name) == [])
        }
    }
}
