import FrappeModel
import Subprocess
import TestSupport
import Testing

extension ScenariosApart {
    /// The disk of the root is full before a verb begins, or fills up in the middle of it: that is told, and nothing is
    /// lost or damaged.
    ///
    /// On an Engine of one's own, since the disk has to be mounted where the Engine sees it.
    @Suite(.enabled(if: OwnEngine.current != nil, "by: scripts/engine own")) struct DiskTests {
        private static let new = ["site", "new", "six.localhost", "--bench", "shop"]
        private static let delete = ["delete", "site", "two.localhost", "--yes", "two.localhost"]
        private static let scale = ["bench", "scale", "shop", "worker-short", "2"]

        @Test func `a full disk is told, beforehand where it can be known, and loses nothing`() async throws {
            try await withInstallation { shop in
                let disk = try await SmallDisk.mount(at: shop.root, size: 460)
                try await withDisk(disk, of: shop) { try await Self.suffer(shop, disk) }
            }
        }

        private static func suffer(_ shop: Installation, _ disk: SmallDisk) async throws {
            try shop.write(small(shop), to: "small.yaml")
            try shop.write(
                shop.benchManifest(extra: few + ["componentResources:", "  gunicorn: {limits: {memory: 640Mi}}"]),
                to: "change.yaml")
            try await firstUp(shop, disk)
            try await fullFromTheStart(shop, disk)
            try await nearlyFull(shop, disk)
            try await filledOnTheWay(shop, disk)
        }

        private static let few = ["componentReplicas: {workerDefault: 0, workerShort: 1, workerLong: 0}"]

        private static func small(_ shop: Installation) -> String {
            shop.manifests([
                shop.hostManifest, shop.benchManifest(extra: few), shop.siteManifest("one.localhost", name: "one"),
                shop.siteManifest("two.localhost", name: "two"),
            ])
        }

        private static func firstUp(_ shop: Installation, _ disk: SmallDisk) async throws {
            try disk.fill(leaving: 100)
            let refused = try await shop.run(["up", "-f", "small.yaml"])
            try await expectRefused(refused, "database server frappe-mariadb 160 MiB", shop)
            let containers = try await shop.containers()
            #expect(containers.isEmpty, "nothing was begun")
            disk.clear()
            try await shop.succeed(["up", "-f", "small.yaml"])
        }

        /// Not a byte is left: no verb works, and sites go on.
        private static func fullFromTheStart(_ shop: Installation, _ disk: SmallDisk) async throws {
            try disk.fill(leaving: 0)
            for verb in [["up"], ["up", "-f", "change.yaml"], new, delete, scale, ["down"], ["status"]] {
                try await expectRefused(try await shop.run(verb), "is full", shop)
            }
            let doctor = try await shop.run(["doctor"])
            #expect(
                doctor.output.contains("cannot be read now") && !doctor.output.contains("sqlite is damaged"),
                "\(doctor)")
            #expect(try await shop.browser("one.localhost").get("/api/method/ping").status == 200)
            disk.clear()
            try await expectNothingLost(shop)
        }

        /// Room to look and not to change.
        private static func nearlyFull(_ shop: Installation, _ disk: SmallDisk) async throws {
            try disk.fill(leaving: 2)
            let start = ContinuousClock.now
            let status = try await shop.succeed(["status", "--json"]).json()
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect((status.disks[0].free.int ?? 0) < 3 << 20, "\(status.disks)")
            let line = status.attention.array.compactMap(\.string).first { $0.hasPrefix("disk: ") } ?? ""
            #expect(line.contains("(0 %) free for the root at \(shop.root): a full disk stops MariaDB"), "\(line)")
            #expect(line.contains("; next: "), "\(line)")
            for verb in [["up", "-f", "change.yaml"], new, delete, scale] {
                try await expectRefused(try await shop.run(verb), "are needed", shop)
            }
            try await shop.succeed(["up"])
            disk.clear()
            try await expectNothingLost(shop)
        }

        private static func filledOnTheWay(_ shop: Installation, _ disk: SmallDisk) async throws {
            let verbs = [
                (["up", "-f", "change.yaml"], "fault: begun "), (new, "fault: started one-shot new-site"),
                (delete, "fault: created one-shot delete-site"), (["down"], "fault: begun "),
            ]
            for (verb, moment) in verbs {
                let run = try await shop.run(verb, environment: ["FRAPPECTL_FAULT_LOG": "1"]) { running in
                    let hasCome = try await Waiting.until(within: .seconds(60), every: .milliseconds(2)) {
                        running.errors.contains(moment)
                    }
                    #expect(hasCome, "\(verb)")
                    try disk.fill(leaving: 0)
                }
                if run.exitCode != 0 {
                    #expect(run.exitCode == 1 && run.errors.contains("  next: "), "\(run)")
                }
                print("filled in the middle of \(verb.joined(separator: " ")): exit \(run.exitCode)")
                disk.clear()
                let again = try await shop.run(verb.first == "delete" && run.exitCode == 0 ? ["up"] : verb)
                #expect(again.exitCode == 0, "\(run)\(again)")
                let up = try await shop.run(["up"])
                #expect(up.exitCode == 0, "\(run)\(up)")
                try await expectNothingLost(shop)
            }
        }

        /// Told with what, why and what to do; the state is whole.
        private static func expectRefused(_ result: ProgramResult, _ reason: String, _ shop: Installation) async throws
        {
            #expect(result.exitCode == 1 && !result.wasKilled, "\(result)")
            #expect(result.errors.contains(reason), "\(result)")
            #expect(result.errors.contains("  next: df -h "), "\(result)")
        }

        private static func expectNothingLost(_ shop: Installation) async throws {
            let python = """
                import sqlite3, sys
                print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchall())
                """
            let check = try await Subprocess.run(
                .name("python3"), arguments: ["-c", python, "\(shop.root)/agent/state.sqlite"], input: .none,
                output: .string(limit: 1 << 16))
            #expect(check.standardOutput == "[('ok',)]\n")
            let plan = try await shop.run(["plan"])
            #expect(plan.exitCode == 0, "\(plan)")
            let sites = try await shop.succeed(["site", "list", "--json"]).json().array.compactMap(\.siteName.string)
            for site in sites {
                #expect(try await shop.browser(site).get("/api/method/ping").status == 200, "\(site)")
            }
            let databases = try await shop.sql("SHOW DATABASES").filter { $0.hasPrefix("_") }
            #expect(databases.count == sites.count, "\(databases) \(sites)")
        }
    }
}
