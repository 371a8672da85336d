import FrappeModel
import Subprocess
import TestSupport
import Testing

extension ScenariosApart {
    /// `storageSize` on a disk whose kernel bounds what a project takes: the sites write that much and no more, and
    /// nothing else is held up.
    ///
    /// On an Engine of one's own, since the disk has to be mounted where the Engine sees it, and on a kernel that knows
    /// quotas of projects.
    @Suite(
        .enabled(if: OwnEngine.current != nil, "by: scripts/engine own"),
        .enabled("the kernel knows no quotas of projects") { await SmallDisk.canBoundProjects() })
    struct FilesLimitTests {
        @Test func `a bench's sites write as much as its storageSize, and its other files are not bounded`()
            async throws
        {
            try await withInstallation { shop in
                let path = "\(shop.directory)/fast"
                let disk = try await SmallDisk.mount(at: path, size: 600, boundsProjects: true)
                try await withDisk(disk, of: shop) { try await Self.bound(shop, path) }
            }
        }

        private static func bound(_ shop: Installation, _ path: String) async throws {
            let host = shop.hostManifest + "  storageClasses: [{name: fast, path: \(path)}]\n"
            let sites = ["one", "two"].map { (name: String) in shop.siteManifest("\(name).localhost", name: name) }
            try shop.write(shop.manifests([host, bench(shop, "64Mi")] + sites), to: "shop.yaml")
            try await bringUp(shop)
            try await expectNothingToDo(shop)
            try await expectLimit(shop, 64 << 20)
            try await fill(shop)
            try await change(shop)
            try await addLater(shop)
            try await delete(shop)
        }

        /// Where a machine is emulated, a component may take longer to start than it is given, and a second run goes on.
        private static func bringUp(_ shop: Installation) async throws {
            let first = try await shop.run(["up", "-f", "shop.yaml"])
            if first.exitCode != 0 { try await shop.succeed(["up"]) }
        }

        private static func bench(_ shop: Installation, _ size: String?) -> String {
            shop.benchManifest(
                extra: [
                    "componentReplicas: {workerDefault: 0, workerShort: 0, workerLong: 0}", "storageClassName: fast",
                ]
                    + (size.map { ["storageSize: \($0)"] } ?? []))
        }

        /// Both ways of finding that out, with and without what was remembered.
        private static func expectNothingToDo(_ shop: Installation) async throws {
            for verb in [["plan"], ["up"], ["up"], ["up", "--deep"]] {
                let result = try await shop.succeed(verb)
                #expect(result.output.contains("nothing to do"), "\(verb): \(result)")
            }
        }

        private static func expectLimit(_ shop: Installation, _ bytes: Int?) async throws {
            let bench = try await shop.succeed(["status", "--json"]).json().benches.array.first
            #expect(bench?.filesAreLimited.bool == (bytes != nil), "\(String(describing: bench))")
            if let bytes { #expect(bench?.filesQuota.int == bytes) }
        }

        /// Bytes of a file that a site writes, and whether they were taken.
        private static func write(
            _ shop: Installation, _ name: String, mebibytes: Int,
            in directory: String = "sites/one.localhost/private/files"
        )
            async throws -> ProgramResult
        {
            try await shop.run([
                "exec", "shop", "web", "--", "dd", "if=/dev/zero", "of=/home/frappe/frappe-bench/\(directory)/\(name)",
                "bs=1M", "count=\(mebibytes)",
            ])
        }

        private static func fill(_ shop: Installation) async throws {
            #expect(try await write(shop, "small", mebibytes: 20).exitCode == 0)
            let refused = try await write(shop, "large", mebibytes: 100)
            #expect(refused.exitCode != 0 && refused.errors.contains("Disk quota exceeded"), "\(refused)")
            let logs = try await write(shop, "large", mebibytes: 100, in: "logs")
            #expect(logs.exitCode == 0, "logs are not bounded: \(logs)")
            for name in ["one", "two"] {
                #expect(try await shop.browser("\(name).localhost").get("/login").status == 200, "it serves on")
            }
            let status = try await shop.succeed(["status"])
            #expect(status.output.contains("and can write no more than its storageSize of 64 MiB"), "\(status)")
        }

        /// Raised, killed at each moment; then to less than there is, which is told and not done.
        private static func change(_ shop: Installation) async throws {
            try shop.write(bench(shop, "200Mi"), to: "more.yaml")
            let plan = try await shop.run(["plan", "-f", "more.yaml"])
            #expect(plan.exitCode == 2 && plan.output.contains("64 MiB -> 200 MiB"), "\(plan)")
            #expect(plan.output.contains("1 change, no site interrupted"), "\(plan)")
            let killed = try await shop.run(
                ["up", "-f", "more.yaml"], environment: ["FRAPPECTL_FAULT": "limited the files"])
            #expect(killed.wasKilled, "\(killed)")
            try await shop.succeed(["up"])
            try await expectNothingToDo(shop)
            #expect(try await write(shop, "large", mebibytes: 100).exitCode == 0)
            try shop.write(bench(shop, "32Mi"), to: "less.yaml")
            let less = try await shop.succeed(["up", "-f", "less.yaml"])
            #expect(try await write(shop, "more", mebibytes: 20).exitCode == 0, "the limit is as it was")
            let status = try await shop.succeed(["status"])
            #expect(status.output.contains("more than its storageSize of 32 MiB"), "\(less)\n\(status)")
            try await expectNothingToDo(shop)
        }

        /// To a bench that has files: all of them are counted, also after a run that was killed between.
        private static func addLater(_ shop: Installation) async throws {
            try shop.write(bench(shop, nil), to: "none.yaml")
            try await shop.succeed(["up", "-f", "none.yaml"])
            try await expectNothingToDo(shop)
            #expect(try await write(shop, "huge", mebibytes: 150).exitCode == 0)
            try shop.write(bench(shop, "100Mi"), to: "little.yaml")
            let little = try await shop.succeed(["up", "-f", "little.yaml"])
            #expect(little.output.contains("not enforced until they fit"), "\(little)")
            try await expectNothingToDo(shop)
            #expect(try await write(shop, "huge", mebibytes: 1).exitCode == 0, "the site writes on")
            #expect(try await write(shop, "large", mebibytes: 1).exitCode == 0)
            let fits = try await shop.succeed(["up"])
            #expect(fits.output.contains("none -> 100 MiB"), "\(fits)")
            try await expectLimit(shop, 100 << 20)
            #expect(try await write(shop, "huge", mebibytes: 150).exitCode != 0)
            try await shop.succeed(["up", "-f", "none.yaml"])
            for moment in ["counted the files", "limited the files"] {
                let killed = try await shop.run(["up", "-f", "more.yaml"], environment: ["FRAPPECTL_FAULT": moment])
                #expect(killed.wasKilled, "\(killed)")
            }
            try await shop.succeed(["up"])
            try await expectLimit(shop, 200 << 20)
        }

        /// What is archived takes nothing from those that stay, and a bench of the same name begins anew.
        private static func delete(_ shop: Installation) async throws {
            func used() async throws -> Int {
                try await shop.succeed(["status", "--json"]).json().benches.array.first?.filesSize.int ?? 0
            }
            let before = try await used()
            try await shop.succeed(["delete", "site", "one.localhost", "--yes", "one.localhost"])
            let after = try await used()
            #expect(before - after > 100 << 20, "\(before) -> \(after)")
            #expect(try await shop.browser("two.localhost").get("/login").status == 200)
            try await expectNothingToDo(shop)
            try await shop.succeed(["delete", "site", "two.localhost", "--yes", "two.localhost"])
            try await shop.succeed(["delete", "bench", "shop", "--yes", "shop"])
            try await bringUp(shop)
            try await expectLimit(shop, 64 << 20)
            #expect(try await used() < 64 << 20)
            try await expectNothingToDo(shop)
        }
    }
}
