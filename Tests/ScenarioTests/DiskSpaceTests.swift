import DockerEngine
import Foundation
import FrappeModel
import StateStore
import TestSupport
import Testing

extension Scenarios.Changing {
    /// `disk`: what takes space, and what goes; above all what does not.
    @Suite struct DiskSpaceTests {
        private static let tags = ["older", "back2", "back1", "now", "stranger", "used", "named"]

        @Test func `disk clean takes images of releases that nobody returns to, and no other image`() async throws {
            try await withInstallation { shop in
                let ids = try await Self.images(of: shop)
                try await Self.prepare(shop, ids)
                let user = try await shop.engine.createContainer(
                    name: "frappectl-test-\(shop.lease.number)-user", Self.foreignContainer(of: "used", shop))
                try await shop.engine.tagImage("\(shop.images.own):named", as: "\(shop.images.own)-mine:kept")
                let assets = "\(shop.root)/assets"
                try FileManager.default.createDirectory(atPath: "\(assets)/ffff", withIntermediateDirectories: false)

                let report = try await shop.succeed(["disk", "--json"]).json()
                let going = Set(report.removable.array.compactMap(\.name.string))
                #expect(going == [try #require(ids["older"]), "\(assets)/ffff"], "\(report.removable)")
                let unasked = try await shop.run(["disk", "clean"])
                #expect(unasked.exitCode == 64 && unasked.errors.contains("--yes"), "\(unasked)")
                let preview = try await shop.succeed(["disk", "clean", "--dry-run"]).output
                #expect(preview.contains(try #require(ids["older"])), "\(preview)")
                #expect(try await Self.present(shop) == Set(Self.tags), "nothing went yet")

                let killed = try await shop.run(
                    ["disk", "clean", "--yes"], environment: ["FRAPPECTL_FAULT": "assets put aside"])
                #expect(killed.wasKilled, "\(killed)")
                let outcome = try await shop.succeed(["disk", "clean", "--yes", "--json"]).json()
                #expect(outcome.kept.array.isEmpty, "\(outcome)")
                #expect(try await Self.present(shop) == Set(Self.tags).subtracting(["older"]))
                let left = try FileManager.default.contentsOfDirectory(atPath: assets)
                #expect(left == [ids["now"]?.split(separator: ":").last.map(String.init)].compactMap(\.self))
                #expect(try await shop.run(["plan"]).exitCode == 0)
                #expect(try await shop.succeed(["disk", "clean", "--yes"]).output.contains("nothing to remove"))
                try await shop.engine.removeContainer(user.id, force: true)
                try await shop.engine.removeImage("\(shop.images.own)-mine:kept")
            }
        }

        /// Images by tag, each other by one file.
        private static func images(of shop: Installation) async throws -> [String: String] {
            var ids: [String: String] = [:]
            for tag in tags {
                let reference = try await shop.derivedImage(
                    tag: tag, from: shop.images.bench, replacing: "/home/frappe/mark", with: tag)
                ids[tag] = try await shop.engine.inspectImage(reference).id
            }
            return ids
        }

        /// A bench at its fourth release, whose images were pulled; so was what `used` and `named` stand for.
        private static func prepare(_ shop: Installation, _ ids: [String: String]) async throws {
            let few = ["componentReplicas: {workerDefault: 0, workerShort: 0, workerLong: 0}"]
            let bench = shop.benchManifest(image: "\(shop.images.own):now", extra: few)
            try shop.write(shop.manifests([shop.hostManifest, bench]), to: "bench.yaml")
            try await shop.succeed(["up", "-f", "bench.yaml"])
            let store = try StateDatabase(path: "\(shop.root)/agent/state.sqlite")
            let name = ObjectName("shop")
            var release = try #require(try store.releases()[name])
            for (number, tag) in [(1, "older"), (2, "back2"), (3, "back1"), (4, "now")] {
                release.number = number
                release.imageID = try #require(ids[tag])
                release.reference = "\(shop.images.own):\(tag)"
                try store.put(release, of: name)
            }
            for tag in tags where tag != "stranger" {
                try store.put([try #require(ids[tag]): "\(shop.images.own):\(tag)"], topic: .pulledImage)
            }
            try await shop.succeed(["up"])
        }

        private static func foreignContainer(of tag: String, _ shop: Installation) -> ContainerSpec {
            var spec = ContainerSpec(image: "\(shop.images.own):\(tag)")
            spec.labels = TestLabel.labels(of: shop)
            return spec
        }

        private static func present(_ shop: Installation) async throws -> Set<String> {
            let images = try await shop.engine.images(filters: ["reference": ["\(shop.images.own)"]])
            return Set(images.flatMap(\.tags).compactMap { $0.split(separator: ":").last.map(String.init) })
        }

        @Test func `disk tells what benches, databases and logs take, and status what exceeds a storageSize`()
            async throws
        {
            try await withShop { shop in
                try shop.write(shop.benchManifest(extra: ["storageSize: 2Mi"]), to: "small.yaml")
                try await shop.succeed(["up", "-f", "small.yaml"])
                #expect(try await Self.storage(shop)?.contains("were never measured") == true)
                let web = try await shop.container(.web)
                let file = "/home/frappe/frappe-bench/logs/large"
                try await shop.exec(web.id, ["bash", "-c", "head -c 4M /dev/zero > \(file); ln -s /proc \(file).link"])
                let uses = try await shop.succeed(["disk", "--json"]).json().uses.array
                let logs = uses.first { $0.kind.string == "logs" && $0.owner.string == "bench shop" }
                #expect((4 << 20..<5 << 20).contains(logs?.bytes.int ?? 0), "\(uses)")
                let kinds = Set(uses.compactMap(\.kind.string))
                #expect(kinds.isSuperset(of: ["bench", "files", "logs", "queue", "database", "assets"]), "\(kinds)")
                let line = try #require(try await Self.storage(shop))
                #expect(
                    line.contains("take more than they should: ") && line.contains("storageSize of 2 MiB"), "\(line)")
                try await shop.exec(web.id, ["rm", file, "\(file).link"])
                try await shop.succeed(["disk"])
                #expect(try await Self.storage(shop)?.contains("more than they should") != true)
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await Self.storage(shop) == nil)
            }
        }

        private static func storage(_ shop: Installation) async throws -> String? {
            try await shop.succeed(["status", "--json"]).json().attention.array.compactMap(\.string).first {
                $0.hasPrefix("the files of bench shop")
            }
        }
    }
}
