import Foundation
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct GivenPasswordTests {
        @Test func `a password given in a Secret works, and is kept in one place`() async throws {
            // What shells, SQL, YAML, JSON and forms give a meaning to.
            let password = "-p'\"`$(id)`\\;--%s&=+ 東京🔒#{{x}}\(UInt32.random(in: .min ... .max))"
            try await withShop { shop in
                let secret = """
                    apiVersion: v1
                    kind: Secret
                    metadata:
                      name: four-admin
                    data:
                      password: \(Data(password.utf8).base64EncodedString())

                    """
                let site = shop.siteManifest(
                    "four.localhost", name: "four", extra: ["adminPasswordSecretRef:", "  name: four-admin"])
                try shop.write(shop.manifests([secret, site]), to: "four.yaml")
                try await shop.succeed(["up", "-f", "four.yaml"])
                _ = try await shop.browser("four.localhost").loggedIn(password: password)
                let shown = try await shop.succeed(["site", "show", "four.localhost", "--admin-password"])
                #expect(shown.output == "\(password)\n")
                let kept = try Secrets.files(below: shop.root).filter { file in
                    FileManager.default.contents(atPath: file)?.range(of: Data(password.utf8)) != nil
                }
                #expect(kept == ["\(shop.root)/agent/secrets/manifest/default/four-admin/password"])
                let yaml = try await shop.succeed(["get", "secret", "four-admin", "-o", "yaml"]).output
                try shop.write(yaml, to: "secret.yaml")
                let again = try await shop.run(["up", "-f", "secret.yaml"])
                #expect(again.output.hasPrefix("nothing to do"), "\(again)")
                _ = try await shop.browser("four.localhost").loggedIn(password: password)
                let inUse = try await shop.run(["delete", "secret", "four-admin", "--yes", "four-admin"])
                #expect(inUse.exitCode != 0, "\(inUse)")
                try await shop.succeed(["delete", "site", "four.localhost", "--yes", "four.localhost"])
                try await shop.succeed(["delete", "secret", "four-admin", "--yes", "four-admin"])
                #expect(kept.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
            }
        }
    }
}
