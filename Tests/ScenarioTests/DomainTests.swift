import Foundation
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct DomainTests {
        @Test func `a site gets further names, and loses them again`() async throws {
            try await withShop { shop in
                try await shop.succeed(["site", "domain", "add", "one.localhost", "www.one.test"])
                #expect(try await shop.browser("www.one.test").get("/login").status == 200)
                try await shop.succeed(["site", "domain", "add", "one.localhost", "old.one.test", "--redirect"])
                let led = try await shop.browser("old.one.test").get("/app?x=1")
                #expect(led.status == 308 && led.headers["Location"] == "http://one.localhost:\(shop.port)/app?x=1")

                let taken = try await shop.run(["site", "domain", "add", "two.localhost", "www.one.test"])
                #expect(taken.exitCode == 1)
                #expect(taken.errors.contains("FrappeSite one") && taken.errors.contains("FrappeSite two"))

                for name in ["www.one.test", "old.one.test"] {
                    try await shop.succeed(["site", "domain", "remove", "one.localhost", name])
                }
                #expect(try await shop.browser("www.one.test").get("/login").status == 404)
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        /// Realtime and printing call the site's public name from inside its containers.
        @Test func `names that came while the bench ran reach the site from inside, and realtime lets them in`()
            async throws
        {
            try await withShop { shop in
                let web = try await shop.container(.web).id
                try await shop.succeed(["site", "domain", "add", "one.localhost", "*.wild.test"])
                try await shop.succeed(["site", "domain", "add", "one.localhost", "main.test", "--primary"])
                #expect(try await shop.container(.web).id == web)
                for host in ["main.test", "any.wild.test"] {
                    let browser = try await shop.administrator("one.localhost", host: host)
                    let socket = try await shop.listen(
                        site: "one.localhost", host: host, sid: try #require(browser.sid))
                    #expect(socket.exitCode == 0, "\(host): \(socket.output)")
                    let printed = try JSON(try await browser.get("/api/method/printview_url").body)
                    #expect(printed.message.status.int == 200, "\(printed)")
                    #expect(printed.message.url.string == "http://main.test:\(shop.port)/printview")
                }
                for name in ["*.wild.test", "main.test"] {
                    try await shop.succeed(["site", "domain", "remove", "one.localhost", name])
                }
                #expect(try await shop.browser("any.wild.test").get("/login").status == 404)
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `a site without a route is served to nobody, and its containers reach it`() async throws {
            try await withShop { shop in
                let off = shop.siteManifest("one.localhost", name: "one", extra: ["ingress: {enabled: false}"])
                try shop.write(off, to: "off.yaml")
                try await shop.succeed(["up", "-f", "off.yaml"])
                #expect(try await shop.browser("one.localhost").get("/login").status == 404)
                let site = try await shop.succeed(["site", "show", "one.localhost", "--json"]).json()
                #expect(site.phase.string == "Ready" && site.routed.bool == false, "\(site)")
                let inside = ["curl", "-sf", "-o", "/dev/null", "-H", "Host: one.localhost", "http://edge/login"]
                try await shop.exec(try await shop.container(.workerShort).id, inside)
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await shop.browser("one.localhost").get("/login").status == 200)
            }
        }

        @Test func `files that nginx was never told of are seen, and it is told`() async throws {
            try await withShop { shop in
                let victim = try await shop.run(
                    ["site", "domain", "add", "one.localhost", "www.one.test"],
                    environment: ["FRAPPECTL_FAULT": "proxy swapped"])
                #expect(victim.wasKilled, "\(victim)")
                #expect(try await shop.browser("www.one.test").get("/login").status == 404)
                // What else was interrupted is mended first, and then the files are told of all the same.
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 2 && plan.output.contains("an older configuration"), "\(plan)")
                try await shop.succeed(["up"])
                #expect(try await shop.browser("www.one.test").get("/login").status == 200)
                try await shop.succeed(["site", "domain", "remove", "one.localhost", "www.one.test"])
            }
        }

        @Test func `an up that leaves a site without an answer fails`() async throws {
            try await withShop { shop in
                let broken = "location = /api/method/ping {\n  return 503;\n}\n"
                let directory = "\(shop.root)/nginx/sites/one.localhost"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                try broken.write(toFile: "\(directory)/ping.conf", atomically: false, encoding: .utf8)
                let failed = try await shop.run(["up"])
                #expect(failed.exitCode == 1, "\(failed)")
                #expect(failed.errors.contains("1 of 2 sites failed: one.localhost (/api/method/ping answers 503)"))
                #expect(failed.errors.contains("next: frappectl logs one.localhost web"))
                try FileManager.default.removeItem(atPath: "\(shop.root)/nginx")
                try await shop.succeed(["up"])
            }
        }

        @Test func `a broken snippet is named, and what was served is served on`() async throws {
            try await withShop { shop in
                let directory = "\(shop.root)/nginx/sites/one.localhost"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                try "location = /hello {\n  retrun 200 hi;\n}\n".write(
                    toFile: "\(directory)/hello.conf", atomically: false, encoding: .utf8)
                let refused = try await shop.run(["up"])
                #expect(refused.exitCode == 1)
                #expect(refused.errors.contains("\(directory)/hello.conf:2"), "\(refused)")
                #expect(try await shop.browser("one.localhost").get("/login").status == 200)

                try "location = /hello {\n  return 200 hi;\n}\n".write(
                    toFile: "\(directory)/hello.conf", atomically: false, encoding: .utf8)
                try await shop.succeed(["up"])
                #expect(try await shop.browser("one.localhost").get("/hello").text == "hi")
                try FileManager.default.removeItem(atPath: "\(shop.root)/nginx")
                try await shop.succeed(["up"])
                #expect(try await shop.browser("one.localhost").get("/hello").text != "hi")
            }
        }
    }
}
