import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

/// `doctor` before real troubles.
private func doctor(
    _ installation: Installation, root: String? = nil, environment: [String: String?] = [:]
) async throws -> (result: ProgramResult, findings: [JSON]) {
    let arguments = ["doctor", "--json"] + (root.map { ["--root", $0] } ?? [])
    let result = try await installation.run(arguments, environment: environment)
    return (result, try result.json().findings.array)
}

/// The findings of one check that are not ok, as `level: text; next`.
private func troubles(_ findings: [JSON], _ check: String) -> [String] {
    findings.filter { $0.check.string == check && $0.level.string != "ok" }.map {
        "\($0.level.string ?? ""): \($0.text.string ?? ""); \($0.next.string ?? "")"
    }
}

extension Scenarios.Standing {
    @Suite struct DoctorTests {
        @Test func `a sound installation has no FAIL, and each part is told`() async throws {
            try await withShop { shop in
                let (result, findings) = try await doctor(shop)
                #expect(result.exitCode == 0, "\(result)")
                #expect(result.duration < .seconds(5))
                for text in [
                    "state: \(shop.root), 1 benches, 2 sites, database whole",
                    "ports: 127.0.0.1:\(shop.port) is held by our nginx", "owners and modes: as they should be",
                    "sites: all 2 answer",
                ] {
                    #expect(
                        findings.contains { $0.text.string == text && $0.level.string == "ok" }, "\(text): \(result)")
                }
                for check in ["engine", "disk", "memory", "clock", "kernel", "listeners", "subnets", "nginx", "images"]
                {
                    #expect(findings.contains { $0.check.string == check }, "\(check)")
                }
                #expect(findings.allSatisfy { $0.level.string == "ok" || $0.next.string != nil })
                let text = try await shop.succeed(["doctor"])
                #expect(text.output.hasPrefix("ok    Engine "))
            }
        }

        @Test func `secrets that others can read fail with the mode that they should have`() async throws {
            try await withShop { shop in
                let path = "\(shop.root)/agent/secrets/mariadb/frappe-mariadb/root-password"
                func setMode(_ mode: Int) throws {
                    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                }
                try setMode(0o644)
                let (result, findings) = try await doctor(shop)
                try setMode(0o600)
                #expect(result.exitCode == 1)
                #expect(
                    troubles(findings, "owners") == ["fail: \(path) has mode 0644 instead of 0600; chmod 0600 \(path)"])
            }
        }

        @Test func `an Engine that is absent or gone fails, and the rest is still looked at`() async throws {
            try await withShop { shop in
                let absent = "\(shop.directory)/absent.sock"
                let (missing, findings) = try await doctor(shop, environment: ["DOCKER_HOST": "unix://\(absent)"])
                #expect(missing.exitCode == 1)
                let engine = troubles(findings, "engine")
                #expect(engine.count == 1 && engine[0].hasPrefix("fail: no Docker Engine: \(absent) does not exist"))
                #expect(troubles(findings, "sites") == [])
                #expect(findings.contains { $0.text.string == "sites: all 2 answer" })
                let abandoned = try Abandoned(path: "\(shop.directory)/old.sock")
                let (refused, others) = try await doctor(shop, environment: ["DOCKER_HOST": "unix://\(abandoned.path)"])
                #expect(refused.exitCode == 1)
                #expect(troubles(others, "engine").first?.contains("no Docker Engine answers at") == true)
            }
        }

        @Test func `a damaged state database is told, and nothing is made where there is none`() async throws {
            try await withShop { shop in
                let root = "\(shop.directory)/damaged"
                try FileManager.default.createDirectory(
                    atPath: "\(root)/agent", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
                var bytes = try Data(contentsOf: URL(filePath: "\(shop.root)/agent/state.sqlite"))
                for index in stride(from: 4096, to: bytes.count, by: 7) { bytes[index] = 0x5a }
                try bytes.write(to: URL(filePath: "\(root)/agent/state.sqlite"))
                let (result, findings) = try await doctor(shop, root: root)
                #expect(result.exitCode == 1)
                let state = troubles(findings, "state")
                #expect(state.count == 1 && state[0].contains("state.sqlite is damaged"), "\(result)")
                #expect(state.first?.contains("sqlite3 \(root)/agent/state.sqlite .recover") == true)
                // What it would have told is not made up.
                #expect(!findings.contains { ["ports", "subnets", "images"].contains($0.check.string) })
                let empty = "\(shop.directory)/nothing/here"
                let (fresh, others) = try await doctor(shop, root: empty)
                #expect(others.contains { $0.text.string?.hasPrefix("no installation at \(empty)") == true })
                #expect(!fresh.output.contains("damaged"))
                #expect(!FileManager.default.fileExists(atPath: "\(shop.directory)/nothing"))
            }
        }
    }
}

extension Scenarios.Changing {
    @Suite struct DoctorTests {
        @Test func `who holds our port, our subnet, and which image is gone`() async throws {
            try await withShop { shop in
                let bench = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let subnet = try #require(bench.subnets.first?.subnet)
                try await shop.succeed(["down"])
                let listener = try Listener(port: shop.port)
                let other = try await shop.engine.createNetwork(
                    NetworkSpec(name: "frappectl-test-\(shop.lease.number)-other", subnet: subnet))
                let (result, findings) = try await doctor(shop)
                listener.close()
                try await shop.engine.removeNetwork(other)
                #expect(result.exitCode == 1)
                let ports = troubles(findings, "ports")
                #expect(ports.count == 1 && ports[0].contains("port 127.0.0.1:\(shop.port) is held by"), "\(result)")
                #expect(ports.first?.contains("pid \(ProcessInfo.processInfo.processIdentifier)") == true)
                let subnets = troubles(findings, "subnets")
                #expect(subnets.first?.contains("\(subnet), which is kept for \(bench.name), is taken by") == true)
                #expect(subnets.first?.contains("frappectl-test-\(shop.lease.number)-other") == true)
                // What runs goes on with an image that has no name any more.
                let image = "\(shop.images.own):redis"
                try await shop.engine.tagImage(shop.images.redis, as: image)
                let renamed = shop.shopManifest.replacing("redis: \(shop.images.redis)", with: "redis: \(image)")
                try shop.write(renamed, to: "renamed.yaml")
                try await shop.succeed(["up", "-f", "renamed.yaml"])
                try await shop.engine.removeImage(image)
                let (gone, found) = try await doctor(shop)
                #expect(gone.exitCode == 0, "\(gone)")
                #expect(
                    troubles(found, "images") == [
                        "warn: the image \(image) of Redis is not on this host; frappectl up pulls it"
                    ])
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(troubles(try await doctor(shop).findings, "images") == [])
            }
        }
    }
}
