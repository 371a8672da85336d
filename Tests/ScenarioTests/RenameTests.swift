import TestSupport
import Testing

extension Scenarios.Changing {
    /// A site that exists gets another name.
    @Suite struct RenameTests {
        @Test func `a renamed site keeps its data and its jobs, and its old name leads to the new one`() async throws {
            try await withShop { shop in
                let before = try await Inventory.take(shop)
                let old = try await shop.administrator("one.localhost")
                _ = try await old.post("/api/resource/Note", form: ["title": "kept"])
                let job = try await old.enqueue(queue: "short", seconds: 3)
                try await shop.succeed(["site", "rename", "one.localhost", "first.localhost", "--redirect"])

                let browser = try await shop.administrator("first.localhost")
                #expect(try await browser.get("/api/resource/Note").text.contains("kept"))
                #expect(try await browser.job(job).finished != .null)
                #expect(try await browser.runsJob(queue: "short"))
                let led = try await shop.browser("one.localhost").get("/app?x=1")
                #expect(led.status == 308 && led.headers["Location"] == "http://first.localhost:\(shop.port)/app?x=1")
                #expect(try await shop.hostName("first.localhost") == "http://first.localhost:\(shop.port)")
                let socket = try await shop.listen(as: browser)
                #expect(socket.exitCode == 0, "\(socket.output)")
                #expect(try await shop.run(["plan"]).exitCode == 0)

                try await shop.succeed(["site", "domain", "remove", "first.localhost", "one.localhost"])
                let stale = try await shop.run(["up", "-f", Shop.manifest])
                #expect(stale.exitCode == 78)
                #expect(stale.errors.contains("frappectl site rename first.localhost one.localhost"), "\(stale)")

                try await shop.succeed(["site", "rename", "first.localhost", "one.localhost"])
                #expect(try await shop.browser("first.localhost").get("/login").status == 404)
                #expect(try await Inventory.take(shop).difference(to: before) == [])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `a site that stays at work keeps its name, and goes on`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let job = try await browser.enqueue(queue: "short", seconds: 8)
                let command = ["site", "rename", "one.localhost", "first.localhost", "--drain", "0"]
                let refused = try await shop.run(command)
                #expect(refused.exitCode == 1)
                #expect(refused.errors.contains("1 job waits or runs (short 1)"), "\(refused)")
                #expect(refused.errors.contains("next: the same command again, with more time: --drain 1800"))
                #expect(try await browser.get("/api/method/ping").status == 200)
                #expect(
                    try await Waiting.until(within: .seconds(30)) { try await browser.job(job).finished != .null })
                #expect(try await shop.run(["plan"]).exitCode == 0)
                let taken = try await shop.run(["site", "rename", "one.localhost", "two.localhost"])
                #expect(taken.exitCode == 78 && taken.errors.contains("FrappeSite two already"), "\(taken)")
            }
        }

        /// The directory's name tells how far it came.
        @Test(arguments: [("begun move one.localhost", false), ("moved site", true), ("recorded new name", true)])
        func `a rename that dies is undone before the directory has its new name, and finished after`(
            moment: String, isFinished: Bool
        ) async throws {
            try await withShop { shop in
                let victim = try await shop.run(
                    ["site", "rename", "one.localhost", "first.localhost"], environment: ["FRAPPECTL_FAULT": moment])
                #expect(victim.wasKilled, "\(victim)")
                #expect(try await shop.browser("one.localhost").get("/login").status == 503)
                #expect(try await shop.browser("books.example.test").get("/login").status == 200)
                let plan = try await shop.run(["plan"])
                #expect((plan.output + plan.errors).contains("to first.localhost was interrupted"), "\(plan)")
                try await shop.succeed(["up"])
                let name = isFinished ? "first.localhost" : "one.localhost"
                #expect(try await shop.browser(name).get("/login").status == 200)
                #expect(try await shop.run(["plan"]).exitCode == 0)
                if isFinished { try await shop.succeed(["site", "rename", "first.localhost", "one.localhost"]) }
            }
        }
    }
}

extension Installation {
    fileprivate func hostName(_ site: String) async throws -> String? {
        let command = ["exec", site, "--", "cat", "sites/\(site)/site_config.json"]
        let configuration = try await succeed(command).json()
        #expect(configuration.maintenance_mode == .null && configuration.frappectl_renaming == .null)
        return configuration.host_name.string
    }
}
