import Foundation
import TestSupport
import Testing

extension ScenariosApart {
    /// What README.md and docs/ tell people to type is typed, line by line, each document in an installation of its own.
    @Suite struct DocumentationTests {
        /// Command lines that are run elsewhere, by how they begin.
        private static let elsewhere = [
            "scripts/quickstart": "a stage of scripts/test",
            "scripts/test": "this run",
            "apt-get install": "the beginning of scripts/test, with the same packages",
            "docker compose": "ComposeTests",
            "frappectl plan -f examples/tenancy/": "TenancyTests, with images of theirs",
            "frappectl up -f examples/tenancy/": "TenancyTests, with images of theirs",
            "docker run --rm --user 0:0": "AccountTests",
            "frappectl up -f shop.yaml --root ~/frappe": "AccountTests",
            "rmdir ~/frappe": "AccountTests",
        ]

        /// Documents that begin with nothing installed; the others speak of a bench `shop` with two sites.
        private static let fromNothing = ["README.md", "docs/vps.md"]

        @Test(arguments: try Documentation.files())
        func `each command line of a document does what it says`(file: String) async throws {
            let commands = try Documentation.commands(of: file).filter { command in
                !Self.elsewhere.keys.contains { command.text.hasPrefix($0) }
            }
            guard !commands.isEmpty else { return }
            try await withInstallation { installation in
                if !Self.fromNothing.contains(file) {
                    try installation.write(installation.shopManifest, to: "shop.yaml")
                    try await installation.succeed(["up", "-f", "shop.yaml"])
                }
                let reader = try DocumentReader(installation)
                for command in commands {
                    let answer = try await reader.type(command)
                    #expect(answer.isExpected, "\(command)\n\(answer.text)")
                    guard answer.isExpected else { break }
                }
            }
        }

        @Test func `the documents have command lines at all`() throws {
            #expect(try Documentation.commands(of: "README.md").count > 20)
            #expect(try Documentation.commands(of: "docs/vps.md").count > 8)
        }
    }
}
