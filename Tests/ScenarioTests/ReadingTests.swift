import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct ReadingTests {
        @Test func `what get prints is taken back by up and changes nothing`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                for kind in ["host", "bench", "site", "secret"] {
                    let yaml = try await shop.succeed(["get", kind, "-o", "yaml"]).output
                    #expect(kind == "secret" || yaml.contains("apiVersion: "))
                    try shop.write(yaml, to: "got-\(kind).yaml")
                    guard !yaml.isEmpty else { continue }
                    let up = try await shop.run(["up", "-f", "got-\(kind).yaml"])
                    #expect(up.exitCode == 0, "\(up)")
                    #expect(up.output.hasPrefix("nothing to do"), "\(up)")
                    #expect(try await shop.succeed(["get", kind, "-o", "yaml"]).output == yaml)
                }
                #expect(try await Snapshot(shop).containers == before.containers)
            }
        }

        @Test func `what does not exist is named, with what there is`() async throws {
            try await withShop { shop in
                let site = try await shop.run(["site", "show", "nine.localhost"])
                #expect(site.exitCode == 1, "\(site)")
                #expect(site.errors.contains("Did you mean one.localhost? There is: one.localhost, two.localhost"))
                let bench = try await shop.run(["bench", "scale", "nobench", "web", "2"])
                #expect(bench.exitCode == 1, "\(bench)")
                #expect(bench.errors.contains("There is: shop"))
            }
        }

        @Test func `without an installation the next command is said`() async throws {
            try await withInstallation { installation in
                for arguments in [["plan"], ["status"], ["history"]] {
                    let result = try await installation.run(arguments)
                    #expect(result.exitCode == 1, "\(result)")
                    #expect(result.errors.contains("next: frappectl init"))
                }
                let version = try await installation.succeed(["version", "--json"]).json()
                #expect(version.version.string != nil)
                try await installation.succeed(["init", "first.yaml", "--image", installation.images.bench])
                let plan = try await installation.run(["plan", "-f", "first.yaml"])
                #expect(plan.exitCode == 2, "\(plan)")
                #expect(plan.output.contains("site one.localhost"))
                let again = try await installation.run(["init", "first.yaml"])
                #expect(again.exitCode == 64, "\(again)")
            }
        }
    }
}
