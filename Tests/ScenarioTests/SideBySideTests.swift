import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct SideBySideTests {
        @Test func `two roots with the same names live beside each other`() async throws {
            try await withShop { shop in
                let before = try await shop.containers().map(\.id)
                try await withInstallation { other in
                    let manifest = other.manifests([
                        other.hostManifest,
                        other.benchManifest(extra: [
                            "componentReplicas: {workerDefault: 0, workerShort: 0, workerLong: 0}"
                        ]),
                        other.siteManifest("one.localhost", name: "one"),
                    ])
                    try other.write(manifest, to: "shop.yaml")
                    try await other.succeed(["up", "-f", "shop.yaml"])
                    #expect(other.rootID != shop.rootID)
                    let theirs = try await shop.administrator("one.localhost")
                    let ours = try await other.administrator("one.localhost")
                    _ = try await ours.post("/api/resource/Note", form: ["title": "only here"])
                    #expect(try await ours.get("/app").text.contains("only here"))
                    #expect(try await !theirs.get("/app").text.contains("only here"))
                    #expect(try await shop.containers().map(\.id) == before)
                    #expect(try await shop.run(["plan"]).exitCode == 0)
                    try await other.succeed(["down"])
                    #expect(try await other.containers().isEmpty)
                    #expect(try await shop.containers().map(\.id) == before)
                    #expect(try await theirs.get("/api/method/ping").status == 200)
                }
            }
        }
    }
}
