import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct DownTests {
        @Test func `a bench that is down answers 503, and comes back with its data`() async throws {
            try await withShop { shop in
                let title = "kept \(UInt32.random(in: .min ... .max))"
                let browser = try await shop.administrator("one.localhost")
                _ = try await browser.post("/api/resource/Note", form: ["title": title])
                let down = try await shop.succeed(["down", "shop"])
                #expect(down.output.contains("frappectl up"))
                #expect(try await shop.containers().compactMap { $0.labels[Label.component] } == ["mariadb"])
                for host in ["one.localhost", "books.example.test"] {
                    let page = try await shop.browser(host).get("/app")
                    #expect(page.status == 503)
                    #expect(page.headers["Retry-After"] != nil)
                    #expect(page.text.contains("stopped for now"))
                }
                #expect(try await shop.browser("unknown.example.test").get("/").status == 404)
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 2, "\(plan)")
                let up = try await shop.succeed(["up"])
                #expect(up.output.contains("Ready"))
                // The session is in the database, the note too.
                #expect(try await browser.get("/app").text.contains(title))
            }
        }

        @Test func `down takes everything but the data, and up brings it back in the same subnets`() async throws {
            try await withShop { shop in
                let before = try await shop.networks().map { "\($0.name) \($0.subnets.map(\.subnet))" }
                let title = "kept \(UInt32.random(in: .min ... .max))"
                let browser = try await shop.administrator("two.localhost")
                _ = try await browser.post("/api/resource/Note", form: ["title": title])
                try await shop.succeed(["down"])
                #expect(try await shop.containers().isEmpty)
                #expect(try await shop.networks().isEmpty)
                #expect(LocalProcesses.naming("\(shop.root)/agent/nginx") == [])
                #expect(Port.isFree(shop.port))
                let again = try await shop.succeed(["down"])
                #expect(again.output.contains("nothing was up"))
                let up = try await shop.succeed(["up"])
                #expect(up.output.contains("Ready"))
                #expect(try await shop.networks().map { "\($0.name) \($0.subnets.map(\.subnet))" } == before)
                #expect(try await browser.get("/app").text.contains(title))
            }
        }
    }
}
