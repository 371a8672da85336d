import DockerEngine
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// What a new site is made in is killed while it is made.
    @Suite struct DatabaseDeathTests {
        @Test(arguments: [Component.mariadb, .redisCache])
        func `a site whose server dies is whole or told, and the same command again makes it`(
            component: Component
        ) async throws {
            try await withShop { shop in
                try await shop.succeed(["up", "-f", Shop.manifest])
                let before = try await Inventory.take(shop)
                let server = try await shop.container(component)
                let new = ["site", "new", "six.localhost", "--bench", "shop"]
                let first = try await shop.run(new, environment: ["FRAPPECTL_FAULT_LOG": "1"]) { running in
                    let hasBegun = try await Waiting.until(within: .seconds(60), every: .milliseconds(2)) {
                        running.errors.contains("fault: started one-shot new-site")
                    }
                    #expect(hasBegun)
                    // Until it has written something that could be left over.
                    if component == .mariadb {
                        try await Waiting.until(within: .seconds(20), every: .milliseconds(5)) {
                            try await Self.tables(shop) > 0
                        }
                    }
                    try await shop.engine.killContainer(server.id, signal: "SIGKILL")
                }
                if first.exitCode != 0 {
                    #expect(first.exitCode == 1 && first.errors.contains("  next: "), "\(first)")
                    #expect(first.errors.contains("six.localhost"), "\(first)")
                }
                if component == .mariadb { #expect(first.exitCode == 1, "it cannot have been made: \(first)") }
                // What does not belong to the bench alone is for `up` to bring back.
                let up = try await shop.run(["up"])
                #expect(up.exitCode == 0, "\(up)")
                let again = try await shop.run(new)
                #expect(again.exitCode == 0, "\(again)")
                #expect(try await shop.browser("six.localhost").get("/api/method/ping").status == 200)
                #expect(try await shop.run(["plan"]).exitCode == 0)
                try await shop.succeed(["delete", "site", "six.localhost", "--yes", "six.localhost"])
                var difference = try await Inventory.take(shop).difference(to: before)
                // What every deletion keeps.
                difference.removeAll { $0.contains("path archived/") || $0.contains("path agent/secrets/site/") }
                #expect(difference.isEmpty, "what a failed creation leaves")
            }
        }

        /// Tables of sites that are not recorded in the fixture's manifest.
        private static func tables(_ shop: Installation) async throws -> Int {
            let sql = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema LIKE '%six%'"
            return Int(try await shop.sql(sql).first ?? "") ?? 0
        }
    }
}
