import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct BadManifestTests {
        private static let bad = """
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeBench
            metadata:
              name: shop
            spec:
              frappeVersoin: "1"
              componentReplicas:
                gunicorn: "two"
            ---
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeSite
            metadata:
              name: three
            spec:
              benchRef:
                name: shop
              siteName: "../../etc/passwd"

            """

        @Test func `every mistake of a manifest is told with its place, and nothing is touched`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                try shop.write(Self.bad, to: "bad.yaml")
                for verb in ["up", "plan"] {
                    let result = try await shop.run([verb, "-f", "bad.yaml"])
                    #expect(result.exitCode == 78, "\(result)")
                    #expect(result.errors.contains("bad.yaml:6:3"))
                    #expect(result.errors.contains("frappeVersion"), "the right name is proposed")
                    #expect(result.errors.contains("bad.yaml:8:15"))
                    #expect(result.errors.contains("bad.yaml:17:13"))
                    #expect(result.errors.contains("nothing was changed"))
                    #expect(result.output == "")
                }
                #expect(try await Snapshot(shop) == before)
            }
        }

        @Test func `a manifest that cannot be read is named`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                let missing = try await shop.run(["up", "-f", "missing.yaml"])
                #expect(missing.exitCode == 64, "\(missing)")
                #expect(missing.errors.contains("cannot read missing.yaml"))
                try shop.write("kind: [\n", to: "broken.yaml")
                let broken = try await shop.run(["up", "-f", "broken.yaml"])
                #expect(broken.exitCode == 78, "\(broken)")
                #expect(broken.errors.contains("broken.yaml:"))
                #expect(try await Snapshot(shop) == before)
            }
        }

        @Test func `a mistake in a first manifest leaves nothing behind`() async throws {
            try await withInstallation { installation in
                try installation.write(Self.bad, to: "bad.yaml")
                let result = try await installation.run(["up", "-f", "bad.yaml"])
                #expect(result.exitCode == 78, "\(result)")
                #expect(try await installation.containers().isEmpty)
                #expect(try await installation.networks().isEmpty)
                let history = try await installation.run(["history", "--json"])
                #expect(try history.json().array.isEmpty)
            }
        }
    }
}
