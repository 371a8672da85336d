import Foundation
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

        @Test func `status is told as the operator words it, and not read back`() async throws {
            try await withShop { shop in
                let sites = try await shop.succeed(["get", "site", "--json"]).json()
                let two = sites.array.first { $0.metadata.name.string == "two" }
                #expect(two?.status.phase.string == "Ready")
                #expect(two?.status.resolvedDomain.string == "books.example.test")
                #expect(two?.status.domainSource.string == "explicit")
                #expect(two?.status.siteURL.string == "http://books.example.test:\(shop.port)")
                #expect(two?.status.databaseName.string?.hasPrefix("_") == true)
                #expect(two?.status.conditions[0]["status"].string == "True")
                #expect(sites.array.first?.status.domainSource.string == "sitename-default")
                let bench = try await shop.succeed(["get", "bench", "--json"]).json()
                #expect(bench[0].status.installedApps.strings.contains("frappe"))
                #expect(bench[0].status.phase.string == "Ready")
                #expect(bench[0].status.conditions[0]["status"].string == "True")
                let blind = try await shop.run(
                    ["get", "bench", "-o", "yaml"], environment: ["DOCKER_HOST": "unix:///nowhere.sock"])
                #expect(blind.exitCode == 0 && blind.output.contains("installedApps:"), "\(blind)")
                #expect(!blind.output.contains("phase:"), "\(blind)")
            }
        }

        @Test func `what a file changes is told field by field, and nothing is touched`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                let same = try await shop.succeed(["diff", "-f", Shop.manifest])
                #expect(same.output == "no difference\n", "\(same)")
                let changed = shop.shopManifest.replacing("memory: 512Mi", with: "memory: 600Mi")
                    .replacing("domain: books.example.test", with: "apps: [demo]")
                let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: new}\nstringData: {password: hunter22}\n"
                try shop.write(shop.manifests([changed, secret]), to: "changed.yaml")
                let diff = try await shop.run(["diff", "-f", "changed.yaml"])
                #expect(diff.exitCode == 2, "\(diff)")
                #expect(diff.output.contains("~ spec.mariadb.memory"), "\(diff)")
                #expect(diff.output.contains("512Mi -> 600Mi"), "\(diff)")
                #expect(diff.output.contains("- spec.domain") && diff.output.contains("+ spec.apps[0]"), "\(diff)")
                #expect(diff.output.contains("Secret new (new)") && !diff.output.contains("hunter22"), "\(diff)")
                #expect(!diff.output.contains("FrappeBench"), "\(diff)")
                let json = try await shop.run(["diff", "-f", "changed.yaml", "--json"])
                #expect(try json.json().array.count == 3 && !json.output.contains("hunter22"), "\(json)")
                #expect(try await shop.run(["diff"]).exitCode == 64)
                let after = try await Snapshot(shop)
                #expect(after.containers == before.containers && after.manifests == before.manifests)
            }
        }

        @Test func `what is no longer in a Secret is no longer kept, and what is given back without its value stays`()
            async throws
        {
            try await withShop { shop in
                func apply(_ data: String) async throws -> [String] {
                    try shop.write(
                        "apiVersion: v1\nkind: Secret\nmetadata: {name: pair}\nstringData: \(data)\n", to: "pair.yaml")
                    try await shop.succeed(["up", "-f", "pair.yaml"])
                    return try FileManager.default.contentsOfDirectory(
                        atPath: "\(shop.root)/agent/secrets/manifest/default/pair"
                    ).sorted()
                }
                #expect(try await apply("{one: '1', two: '2'}") == ["one", "two"])
                try shop.write(try await shop.succeed(["get", "secret", "pair", "-o", "yaml"]).output, to: "back.yaml")
                try await shop.succeed(["up", "-f", "back.yaml"])
                for (key, value) in [("one", "1"), ("two", "2")] {
                    let path = "\(shop.root)/agent/secrets/manifest/default/pair/\(key)"
                    #expect(try String(contentsOfFile: path, encoding: .utf8) == value)
                }
                #expect(try await apply("{two: '2'}") == ["two"])
                let lost = try await shop.run(["up", "-f", "back.yaml"])
                #expect(lost.exitCode == 1, "\(lost)")
                #expect(lost.errors.contains("the value of one is kept here, and it is not"), "\(lost)")
                try await shop.succeed(["delete", "secret", "pair", "--yes", "pair"])
            }
        }

        @Test func `a kind that is not yet in force is kept, given back and deleted`() async throws {
            try await withShop { shop in
                let backup = """
                    apiVersion: vyogo.tech/v1alpha1
                    kind: SiteBackup
                    metadata: {name: nightly}
                    spec: {site: one.localhost, schedule: 0 2 * * *}

                    """
                try shop.write(backup, to: "backup.yaml")
                try FileManager.default.createDirectory(
                    atPath: "\(shop.directory)/many", withIntermediateDirectories: false)
                try shop.write(backup, to: "many/b.yml")
                try shop.write("no manifest: [", to: "many/.hidden.yaml")
                let plan = try await shop.run(["plan", "-f", "many"])
                #expect(plan.exitCode == 0, "\(plan)")
                #expect(
                    plan.errors.contains("many/b.yml:2:7 kind: SiteBackup is kept, and not yet in force"), "\(plan)")
                let up = try await shop.run(["up", "-f", "-", "--strict"], input: "\(shop.directory)/backup.yaml")
                #expect(up.exitCode == 0 && up.output.hasPrefix("nothing to do"), "\(up)")
                #expect(up.errors.contains("standard input:2:7"), "\(up)")
                let kept = try await shop.succeed(["get", "backups", "-o", "yaml"]).output
                #expect(kept.contains("schedule: \"0 2 * * *\""), "\(kept)")
                #expect(try await shop.run(["diff", "-f", "many"]).output == "no difference\n")
                try await shop.succeed(["delete", "sitebackup", "nightly", "--yes", "nightly"])
                #expect(try await shop.succeed(["get", "sitebackup", "-o", "yaml"]).output == "")
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
