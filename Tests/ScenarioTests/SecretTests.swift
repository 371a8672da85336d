import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
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
    }
}
