import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct BenchTests {
        @Test func `a second bench shares the database and nothing else, and is deleted whole`() async throws {
            try await withShop { shop in
                let before = try await shop.containers().map(\.id)
                let manifest = shop.manifests([
                    shop.benchManifest("spare", extra: ["componentReplicas: {workerDefault: 0, workerLong: 0}"]),
                    shop.siteManifest("five.localhost", name: "five", bench: "spare"),
                ])
                try shop.write(manifest, to: "spare.yaml")
                try await shop.succeed(["up", "-f", "spare.yaml"])
                #expect(try await shop.run(["plan"]).exitCode == 0)
                #expect(Set(try await shop.containers().map(\.id)).isSuperset(of: before))
                #expect(try await shop.containers(.mariadb).count == 1)
                #expect(try await shop.networks().count == 3)
                #expect(try await shop.browser("five.localhost").get("/login").status == 200)
                let browser = try await shop.administrator("five.localhost")
                #expect(try await browser.runsJob(queue: "short"))
                try await expectApart(shop)

                let inUse = try await shop.run(["delete", "bench", "spare", "--yes", "spare"])
                #expect(inUse.exitCode == 1, "\(inUse)")
                #expect(inUse.errors.contains("frappectl delete site five.localhost --yes five.localhost"))
                try await shop.succeed(["delete", "site", "five.localhost", "--yes", "five.localhost"])
                let deleted = try await shop.succeed(["delete", "bench", "spare", "--yes", "spare"])
                #expect(deleted.output.contains("kept: \(shop.root)/archived/"))
                #expect(try await shop.containers().map(\.id) == before)
                #expect(try await shop.networks().count == 2)
                #expect(!FileManager.default.fileExists(atPath: "\(shop.root)/benches/spare"))
                #expect(try await shop.run(["plan"]).exitCode == 0)
                #expect(try await shop.browser("five.localhost").get("/login").status == 404)
            }
        }

        @Test func `a deletion that was killed is finished before a bench of that name is made again`() async throws {
            try await withShop { shop in
                let bench = shop.benchManifest("spare", extra: ["componentReplicas: {workerDefault: 0, workerLong: 0}"])
                try shop.write(bench, to: "again.yaml")
                try await shop.succeed(["up", "-f", "again.yaml"])
                let before = try await shop.containers().filter { $0.labels[Label.bench] == "spare" }.map(\.id)
                let killed = try await deleteKilled(shop, at: "DELETE /networks/{id}")
                #expect(killed.wasKilled)
                #expect(FileManager.default.fileExists(atPath: "\(shop.root)/benches/spare"))

                let again = try await shop.succeed(["up", "-f", "again.yaml"])
                #expect(again.output.contains("kept: \(shop.root)/archived/"), "\(again)")
                let containers = try await shop.containers().filter { $0.labels[Label.bench] == "spare" }
                #expect(Set(containers.map(\.id)).isDisjoint(with: before))
                #expect(Set(containers.compactMap { $0.labels[Label.release] }) == ["1"])
                #expect(try await shop.run(["plan"]).exitCode == 0)

                try await shop.succeed(["delete", "bench", "spare", "--yes", "spare"])
                #expect(!FileManager.default.fileExists(atPath: "\(shop.root)/benches/spare"))
            }
        }

        /// Deletes `spare` and kills the program while the Engine is asked for something.
        private func deleteKilled(_ shop: Installation, at call: String) async throws -> ProgramResult {
            let proxy = try EngineProxy(at: "\(shop.directory)/kill.sock")
            defer { proxy.stop() }
            proxy.setRules([.init(call, .delay(.seconds(30)))])
            return try await shop.run(
                ["delete", "bench", "spare", "--yes", "spare"],
                environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
            ) { running in
                try await Waiting.until(within: .seconds(30)) { proxy.counts[call] != nil }
                running.signal(9)
            }
        }

        /// Neither the other bench's Redis nor its web server is reached.
        private func expectApart(_ shop: Installation) async throws {
            let own = try #require(try await shop.containers(.web).first { $0.labels[Label.bench] == "spare" })
            let others = try await shop.containers().filter { $0.labels[Label.bench] == "shop" }
            for (component, port) in [(Component.redisQueue, 6379), (.web, 8000)] {
                let other = try #require(others.first { $0.labels[Label.component] == component.rawValue })
                let address = try #require(other.networks.values.first?.address)
                let command = ["timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/\(address)/\(port)"]
                let answer = try await shop.engine.exec(in: own.id, ExecCommand(command))
                #expect(answer.exitCode != 0, "reached \(component.rawValue) of shop")
            }
        }
    }
}
