import Foundation
import FrappeModel
import TestSupport
import Testing

/// What `docs/for-other-tools.md` says, read from its tables.
private struct Documented {
    private let sections: [String: Substring]

    init() throws {
        let text = try String(contentsOfFile: "docs/for-other-tools.md", encoding: .utf8)
        let parts = text.split(separator: "\n## ").map { ($0.prefix { $0 != "\n" }.description, $0) }
        sections = Dictionary(uniqueKeysWithValues: parts)
    }

    /// First cells of a section's table, by whether they may be absent.
    func fields(of section: String) throws -> [String: Bool] {
        let lines = try #require(sections[section]).split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let parts = line.split(separator: "`", omittingEmptySubsequences: false)
                return (String(parts[1]), parts[2].hasPrefix(" ?"))
            })
    }
}

extension JSON {
    /// Every path that leads to a value: `benches[].sites[].url`.
    fileprivate var paths: Set<String> {
        switch self {
        case .object(let fields):
            Set(
                fields.flatMap { key, value in
                    value.paths.map { $0.isEmpty || $0.hasPrefix("[]") ? key + $0 : "\(key).\($0)" }
                })
        case .array(let items):
            items.isEmpty ? ["[]"] : Set(items.flatMap(\.paths).map { $0.isEmpty ? "[]" : "[].\($0)" })
        default: [""]
        }
    }
}

extension Scenarios.Standing {
    @Suite struct DocumentedTests {
        /// All that is printed is documented, and all that is documented is printed unless it may be absent.
        private func compare(_ printed: Set<String>, _ documented: [String: Bool]) {
            #expect(printed.subtracting(documented.keys) == [], "printed, and not documented")
            let promised = Set(documented.filter { !$0.value }.keys)
            #expect(promised.subtracting(printed) == [], "documented, and not printed")
        }

        @Test func `status prints the fields that are documented`() async throws {
            let documented = try Documented().fields(of: "`frappectl status --json`")
            try await withShop { shop in
                var answer = try await shop.succeed(["status", "--json"]).json().object
                let shared = JSON.object(["benches": .array([.object(["components": answer["shared"] ?? .null])])])
                #expect(shared.paths.isSubset(of: documented.keys))
                #expect(answer["shared"]?.array.isEmpty == false)
                answer["shared"] = .array([])
                compare(JSON.object(answer).paths, documented)
            }
        }

        @Test func `top prints the fields that are documented`() async throws {
            let documented = try Documented().fields(of: "`frappectl top --json`")
            try await withShop { shop in
                compare(try await shop.succeed(["top", "--json"]).json().paths, documented)
            }
        }

        @Test func `disk prints the fields that are documented`() async throws {
            let documented = try Documented().fields(of: "`frappectl disk --json`")
            try await withShop { shop in
                compare(try await shop.succeed(["disk", "--json"]).json().paths, documented)
            }
        }

        @Test func `doctor prints the fields and checks that are documented`() async throws {
            let documented = try Documented().fields(of: "`frappectl doctor --json`")
            let text = try String(contentsOfFile: "docs/for-other-tools.md", encoding: .utf8)
            try await withShop { shop in
                let answer = try await shop.run(["doctor", "--json"]).json()
                compare(answer.paths, documented)
                for finding in answer.findings.array {
                    #expect(text.contains("`\(finding.check.string ?? "")`"), "\(finding)")
                }
            }
        }

        @Test func `objects carry the labels that are documented`() async throws {
            let documented = try Documented().fields(of: "Labels").keys
            let known = [
                Label.root, Label.namespace, Label.bench, Label.component, Label.instance, Label.release,
                Label.definition, Label.operation, Label.step, Label.site, Label.subnet,
            ]
            #expect(documented.sorted() == known.sorted())
            try await withShop { shop in
                let labels = try await shop.containers().flatMap(\.labels.keys) + shop.networks().flatMap(\.labels.keys)
                // Two are of the images that scripts/build-images makes.
                let ofImages: Set = ["dev.frappectl.image", "dev.frappectl.inputs"]
                let ours = Set(labels.filter { $0.hasPrefix("dev.frappectl.") }).subtracting(ofImages)
                #expect(ours.subtracting(documented) == [])
                #expect(Set(known).subtracting([Label.operation, Label.step, Label.site]).subtracting(ours) == [])
            }
        }
    }
}

extension Scenarios.Changing {
    @Suite struct DocumentedTests {
        @Test func `progress has the fields and events that are documented`() async throws {
            let documented = try Documented().fields(of: "Progress")
            let text = try String(contentsOfFile: "docs/for-other-tools.md", encoding: .utf8)
            try await withShop { shop in
                let more = try await shop.run(["bench", "scale", "shop", "worker-short", "2", "--json"])
                let fewer = try await shop.run(["bench", "scale", "shop", "worker-short", "1", "--json"])
                let events = try more.events() + fewer.events()
                #expect(!events.isEmpty)
                for event in events {
                    let paths = event.paths.map { $0.hasSuffix("[]") ? String($0.dropLast(2)) : $0 }
                    #expect(Set(paths).isSubset(of: documented.keys), "\(event)")
                    #expect(text.contains("`\(event.event.string ?? "")`"), "\(event)")
                }
                #expect(events.contains { $0.event.string == "finished" })
            }
        }
    }
}
