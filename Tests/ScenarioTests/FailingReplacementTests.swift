import DockerEngine
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct FailingReplacementTests {
        @Test func `an image whose web server exits at once leaves the old one serving`() async throws {
            try await withShop { shop in
                let gunicorn = "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'hrms'\" >&2\nexit 1\n"
                let image = try await shop.derivedImage(
                    tag: "bad-start", from: shop.images.bench,
                    replacing: "/home/frappe/frappe-bench/env/bin/gunicorn", with: gunicorn)
                try shop.write(shop.benchManifest(image: image), to: "bad-start.yaml")
                let old = try await shop.container(.web)
                let names = try await shop.containers().map(\.name)
                let stream = RequestStream(port: shop.port, host: "one.localhost", path: "/login")
                let (_, report) = try await stream.during {
                    let up = try await shop.run(["up", "-f", "bad-start.yaml"])
                    #expect(up.exitCode == 1, "\(up)")
                    #expect(up.errors.contains("ModuleNotFoundError: No module named 'hrms'"))
                    #expect(up.errors.contains("exited with 1"))
                    #expect(up.errors.contains("next: "))
                    #expect(try await shop.containers(.web).contains { $0.id == old.id && $0.state == .running })
                    let status = try await shop.succeed(["status", "--json"]).json()
                    #expect(status.benches[0].sites.array.allSatisfy { $0.phase.string == "Ready" })
                    let healed = try await shop.run(["up", "-f", Shop.manifest])
                    #expect(healed.exitCode == 0, "\(healed)")
                }
                #expect(report.failures == [], "\(report.failures.count) of \(report.requests) requests")
                #expect(report.requests > 50)
                #expect(try await shop.containers().map(\.name) == names, "no stray container is left")
                #expect(try await shop.container(.web).id == old.id)
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `an image that needs a migration is refused by name, and nothing changes`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                let image = "\(shop.images.benchRepository):2"
                try shop.write(shop.benchManifest(image: image), to: "two.yaml")
                let up = try await shop.run(["up", "-f", "two.yaml"])
                #expect(up.exitCode == 1, "\(up)")
                #expect(up.errors.contains(image))
                #expect(up.errors.contains("needs a migration of one.localhost, two.localhost"))
                #expect(up.errors.contains("16.1.0 becomes 16.2.0"), "\(up)")
                #expect(up.errors.contains("next: "))
                let after = try await Snapshot(shop)
                #expect(after.containers == before.containers)
                #expect(after.manifests == before.manifests)
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `an image that is not there is named, and nothing changes`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                try shop.write(shop.benchManifest(image: "\(shop.images.own):none"), to: "none.yaml")
                let up = try await shop.run(["up", "-f", "none.yaml"])
                #expect(up.exitCode == 1, "\(up)")
                #expect(up.errors.contains("\(shop.images.own):none is not on this host, and pullPolicy is Never"))
                let after = try await Snapshot(shop)
                #expect(after.containers == before.containers)
                #expect(after.manifests == before.manifests)
            }
        }
    }
}
