import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios {
    @Suite struct SecretTests {
        @Test func `values of secrets are files that only their owner reads`() async throws {
            try await withShop { shop in
                let secrets = try Secrets(shop)
                #expect(secrets.files.count >= 6)
                for file in secrets.files { #expect(try Secrets.mode(of: file) == 0o600, "\(file)") }
                #expect(try Secrets.mode(of: "\(shop.root)/agent/secrets") == 0o700)
                #expect(try Secrets.mode(of: "\(shop.root)/agent/state.sqlite") == 0o600)
            }
        }

        @Test func `no secret is seen in containers, answers, logs, records or files`() async throws {
            try await withShop { shop in
                let secrets = try Secrets(shop)
                for container in try await shop.containers() {
                    let text = "\(try await shop.inspect(container.id))"
                    #expect(secrets.found(in: text) == [], "\(container.name)")
                }
                let commands = [
                    ["up", "--json"], ["status", "--json"], ["plan", "--json"], ["history", "--steps", "--json"],
                    ["get", "site", "-o", "yaml"], ["get", "secret", "-o", "yaml"], ["get", "bench", "--json"],
                    ["site", "list", "--json"], ["site", "show", "one.localhost"], ["logs", "shop"],
                ]
                let first = try #require(await Shop.shared.firstUp)
                for result in [first] + (try await commands.asyncMap { try await shop.succeed($0) }) {
                    #expect(secrets.found(in: result.output + result.errors) == [], "\(result.arguments)")
                }
                let files = try Secrets.files(below: "\(shop.root)/agent", except: "\(shop.root)/agent/secrets")
                #expect(files.contains("\(shop.root)/agent/state.sqlite"))
                for file in files {
                    let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
                    #expect(secrets.found(in: text) == [], "\(file)")
                }
            }
        }

        @Test func `a password given in a Secret works, and is kept in one place`() async throws {
            let password = "correct-horse-\(UInt32.random(in: .min ... .max))"
            try await withShop { shop in
                let secret = """
                    apiVersion: v1
                    kind: Secret
                    metadata:
                      name: four-admin
                    stringData:
                      password: \(password)

                    """
                let site = shop.siteManifest("four.localhost", name: "four", extra: ["adminPasswordSecretRef:", "  name: four-admin"])
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

/// The secrets of an installation, to be looked for where they must not be.
struct Secrets {
    let files: [String]
    private let values: [String: String]

    init(_ installation: Installation) throws {
        files = try Self.files(below: "\(installation.root)/agent/secrets")
        let texts = try files.map { ($0, try String(contentsOfFile: $0, encoding: .utf8)) }
        // An option file holds a password that is a secret by itself.
        values = Dictionary(uniqueKeysWithValues: texts.filter { !$0.0.hasSuffix(".cnf") })
    }

    /// Files whose value the text holds.
    func found(in text: String) -> [String] { values.filter { text.contains($0.value) }.keys.sorted() }

    static func mode(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int ?? 0) & 0o7777
    }

    /// Regular files below a directory, links not followed.
    static func files(below directory: String, except left: String? = nil) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return names.map { "\(directory)/\($0)" }.filter { path in
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            return type == .typeRegular && !(left.map { path.hasPrefix($0) } ?? false)
        }.sorted()
    }
}

extension Sequence {
    /// The results of work that is done one after the other.
    func asyncMap<Result>(_ work: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await work(element)) }
        return results
    }
}
