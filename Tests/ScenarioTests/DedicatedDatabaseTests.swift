import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// A site with a database server of its own beside sites that share one.
    @Suite struct DedicatedDatabaseTests {
        private static let site = "own.localhost"
        private static let server = "own.localhost_db"
        private static let dedicated = [
            "dbConfig:", "  mode: dedicated", "  storageSize: 1Mi", "  resources: {limits: {memory: 384Mi}}",
        ]

        @Test func `it has a container, data and accounts of its own, and all of it is kept when it is deleted`()
            async throws
        {
            try await withShop { shop in
                let before = try await shop.containers().map(\.id)
                try shop.write(shop.siteManifest(Self.site, extra: Self.dedicated), to: "own.yaml")
                let up = try await shop.succeed(["up", "-f", "own.yaml"])
                #expect(up.output.contains(/own\.localhost .*Ready/), "\(up)")
                let edges = try await shop.containers().filter { $0.labels[Label.component] == "edge" }.map(\.id)
                let after = try await shop.containers().map(\.id)
                #expect(before.filter { !after.contains($0) }.count == edges.count, "only the edge was replaced")
                let server = try await Self.server(in: shop)
                let inspection = try await shop.inspect(server.id)
                #expect(inspection.HostConfig.Memory.int == 384 << 20)
                #expect(inspection.Config.StopTimeout.int == 120)
                #expect(inspection.NetworkSettings.Networks.keys.count == 1)
                try await Self.expectSeparation(server.id, in: shop)
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))

                let logs = try await shop.succeed(["logs", "shop", "mariadb", "--tail", "3"])
                #expect(logs.output.contains("mariadb \(Self.server) |"), "\(logs)")
                #expect(logs.output.contains(#/mariadb frappe-mariadb +\| /#))

                let shared = shop.siteManifest(Self.site)
                try shop.write(shared, to: "moved.yaml")
                let moved = try await shop.run(["up", "-f", "moved.yaml"])
                #expect(moved.exitCode == 78, "\(moved)")
                #expect(moved.errors.contains("a server of its own (\(Self.server))"))

                let deleted = try await shop.succeed(["delete", "site", Self.site, "--yes", Self.site])
                try await Self.expectKept(deleted.output, in: shop)
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
            }
        }

        @Test(arguments: [false, true])
        func `a deletion killed while the server goes is finished by the same command, or by up`(isGone: Bool)
            async throws
        {
            try await withShop { shop in
                try shop.write(shop.siteManifest(Self.site, extra: Self.dedicated), to: "own.yaml")
                try await shop.succeed(["up", "-f", "own.yaml"])
                let name = try await Self.server(in: shop).name
                let killed = try await deleteKilled(shop)
                #expect(killed.wasKilled, "\(killed)")
                if isGone { try await shop.engine.removeContainer(name, force: true) }

                let plan = try await shop.run(["plan"])
                #expect(plan.output.contains("the deletion of \(Self.site) was interrupted; frappectl up finishes it"))
                let rerun = isGone ? ["up"] : ["delete", "site", Self.site, "--yes", Self.site]
                let finished = try await shop.succeed(rerun)
                #expect(!finished.output.contains("nothing to do"))
                #expect(try await shop.browser(Self.site).get("/").status == 404)
                try await Self.expectKept(finished.output, in: shop)
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
            }
        }

        /// Kills the program while the Engine is asked to stop the server: the dump is whole, its directory kept.
        private func deleteKilled(_ shop: Installation) async throws -> ProgramResult {
            let call = "POST /containers/{id}/stop"
            let proxy = try EngineProxy(at: "\(shop.directory)/kill.sock")
            defer { proxy.stop() }
            proxy.setRules([.init(call, .delay(.seconds(30)))])
            return try await shop.run(
                ["delete", "site", Self.site, "--yes", Self.site],
                environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
            ) { running in
                try await Waiting.until(within: .seconds(30)) { proxy.counts[call] != nil }
                running.signal(9)
            }
        }

        private static func server(in shop: Installation) async throws -> ContainerSummary {
            try #require(
                try await shop.containers(.mariadb).first { $0.labels[Label.instance] == Self.server })
        }

        private static func accounts(of server: String, in shop: Installation) async throws -> [String] {
            let options = "--defaults-extra-file=/run/secrets/frappectl/client.cnf"
            let sql = "SELECT User FROM mysql.user WHERE User LIKE '\\_%'"
            let client = ["mariadb", options, "--batch", "--skip-column-names", "-e", sql]
            return try await shop.exec(server, client).split(separator: "\n").map(String.init)
        }

        /// Each server has the accounts of its own sites only, and no other root password.
        private static func expectSeparation(_ own: String, in shop: Installation) async throws {
            let status = try await shop.succeed(["site", "show", site, "--json"]).json()
            let database = try #require(status.databaseName.string)
            #expect(status.databaseServer.string == server)
            #expect(try await accounts(of: own, in: shop) == [database])
            let sharedServer = try #require(
                try await shop.containers(.mariadb).first { $0.labels[Label.instance] == "frappe-mariadb" })
            #expect(try await accounts(of: sharedServer.id, in: shop).contains(database) == false)
            let secrets = "\(shop.root)/agent/secrets/mariadb"
            let passwords = try [server, "frappe-mariadb"].map {
                try String(contentsOfFile: "\(secrets)/\($0)/root-password", encoding: .utf8)
            }
            #expect(Set(passwords).count == 2)
            #expect(FileManager.default.fileExists(atPath: "\(shop.root)/databases/\(server)/data/\(database)"))
        }

        private static func expectKept(_ output: String, in shop: Installation) async throws {
            let kept = output.matches(of: /kept: (.+)/).map { String($0.output.1) }
            #expect(kept.count == 2, "\(output)")
            let directory = try #require(kept.first)
            let dump = try #require(try Secrets.files(below: directory).first { $0.hasSuffix("-database.sql.gz") })
            #expect((FileManager.default.contents(atPath: dump)?.count ?? 0) > 500)
            let data = try #require(kept.last)
            #expect(FileManager.default.fileExists(atPath: "\(data)/data/ibdata1"))
            #expect(FileManager.default.fileExists(atPath: "\(data)/secrets/root-password"))
            #expect(try await shop.containers(.mariadb).count == 1)
            #expect(!FileManager.default.fileExists(atPath: "\(shop.root)/databases/\(server)"))
            #expect(!FileManager.default.fileExists(atPath: "\(shop.root)/agent/secrets/mariadb/\(server)"))
            #expect(try await shop.browser(site).get("/").status == 404)
            #expect(try await shop.browser("one.localhost").get("/login").status == 200)
        }
    }
}
