import TestSupport
import Testing

extension Scenarios.Changing {
    /// `host_name` in a site's configuration, which links in mails and printed documents begin with.
    @Suite struct PublicURLTests {
        @Test func `the public URL in a site's configuration follows its domain`() async throws {
            try await withShop { shop in
                #expect(try await shop.hostName() == "http://one.localhost:\(shop.port)")
                try shop.write(shop.siteManifest("one.localhost", name: "one", domain: "new.test"), to: "new.yaml")
                let plan = try await shop.run(["plan", "-f", "new.yaml"])
                let change = "its public URL http://one.localhost:\(shop.port) -> http://new.test:\(shop.port)"
                #expect(plan.exitCode == 2 && plan.output.contains(change), "\(plan)")
                #expect(plan.output.contains("no site interrupted"), "\(plan)")
                try await shop.succeed(["up", "-f", "new.yaml"])
                #expect(try await shop.hostName() == "http://new.test:\(shop.port)")
                #expect(try await shop.browser("new.test").get("/login").status == 200)
                try await shop.expectNothingToDo()

                try await shop.succeed(["site", "domain", "add", "one.localhost", "main.test", "--primary"])
                #expect(try await shop.hostName() == "http://main.test:\(shop.port)")
                try await shop.succeed(["site", "domain", "remove", "one.localhost", "main.test"])
                #expect(try await shop.hostName() == "http://new.test:\(shop.port)")
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await shop.hostName() == "http://one.localhost:\(shop.port)")
                try await shop.expectNothingToDo()
            }
        }

        @Test(
            arguments: [
                "created one-shot public-url", "started one-shot public-url", "finished one-shot public-url",
                "written public URL",
            ])
        func `a run that dies at it is mended by the next one`(moment: String) async throws {
            try await withShop { shop in
                let before = try await Inventory.take(shop)
                try shop.write(shop.siteManifest("one.localhost", name: "one", domain: "new.test"), to: "new.yaml")
                let victim = try await shop.run(["up", "-f", "new.yaml"], environment: ["FRAPPECTL_FAULT": moment])
                #expect(victim.wasKilled, "\(victim)")
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 2 && plan.output.contains("its public URL"), "\(plan)")
                try await shop.succeed(["up"])
                #expect(try await shop.hostName() == "http://new.test:\(shop.port)")
                try await shop.expectNothingToDo()
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await Inventory.take(shop).difference(to: before) == [])
            }
        }
    }
}

extension Installation {
    fileprivate func hostName() async throws -> String? {
        let command = ["exec", "one.localhost", "--", "cat", "sites/one.localhost/site_config.json"]
        return try await succeed(command).json().host_name.string
    }

    fileprivate func expectNothingToDo() async throws {
        let up = try await succeed(["up"])
        #expect(up.output.hasPrefix("nothing to do"), "\(up)")
    }
}
