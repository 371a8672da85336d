import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
    /// What a person, a script or a manifest may hand over without meaning well.
    @Suite struct HostileInputTests {
        private static let values = [
            "$(touch /tmp/fctl-x)", "`id`", "a;b", "a b", "../../etc", "a/../b", "a\nnext: rm", "\u{1B}[2J\u{7}",
            "\u{9B}31m",
            "\u{202E}moc", "'--", "\"", "-", "%00", "é", "", String(repeating: "x", count: 100_000),
        ]

        /// Every verb that takes a name, with a place for it.
        private static func commands(_ value: String) -> [[String]] {
            [
                ["site", "new", value], ["site", "new", "three.localhost", "--bench", value],
                ["site", "new", "three.localhost", "--domain", value],
                ["site", "new", "three.localhost", "--app", value], ["site", "show", value],
                ["site", "login", value], ["site", "login", "one.localhost", "--user", value],
                ["site", "domain", "add", value, "x.example.com"], ["site", "domain", "add", "one.localhost", value],
                ["site", "domain", "remove", "one.localhost", value], ["site", "domain", "list", value],
                ["bench", "scale", value, "web", "2"], ["bench", "scale", "shop", value, "2"],
                ["bench", "scale", "shop", "web", value], ["get", value], ["get", "site", value],
                ["get", "secret", value, "-o", "yaml"], ["delete", "site", value, "--yes", value],
                ["delete", value, "one", "--yes", "one"], ["down", value], ["logs", value], ["logs", "shop", value],
                ["logs", "--since", value], ["exec", value, "--", "true"], ["exec", "shop", value, "--", "true"],
                ["shell", value], ["db", value], ["console", value], ["explain", value], ["compose", value],
                ["up", "-f", value], ["plan", "-f", value], ["status", "--root", value], ["history", "--limit", value],
                ["init", "new.yaml", "--bench", value], ["init", "new.yaml", "--site", value],
                ["init", "new.yaml", "--image", value], [value],
            ]
        }

        @Test(arguments: values.indices) func `a hostile name is refused with its reason, or names nothing`(
            _ index: Int
        ) async throws {
            let value = Self.values[index]
            try await withShop { shop in
                let before = try await Stored(shop)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (number, arguments) in Self.commands(value).enumerated() {
                        if number >= 4 { try await group.next() }
                        group.addTask { try await Self.check(arguments, shop) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await Stored(shop) == before)
            }
        }

        /// What is stored, without the journal: a refused command may be written down.
        private struct Stored: Equatable {
            let containers: [String]
            let manifests: [String]

            init(_ shop: Installation) async throws {
                containers = try await shop.containers().map(\.id)
                manifests = try await ["host", "bench", "site", "domain", "secret"].asyncMap {
                    try await shop.succeed(["get", $0, "-o", "yaml"]).output
                }
            }
        }

        private static func check(_ arguments: [String], _ shop: Installation) async throws {
            let result = try await shop.run(arguments, timeout: .seconds(60))
            let words = arguments.map { $0.prefix(40).debugDescription }.joined(separator: " ")
            #expect(
                !result.wasKilled && !result.timedOut && [1, 64, 78].contains(result.exitCode), "\(words): \(result)")
            let shown = result.output + result.errors
            #expect(shown.unicodeScalars.allSatisfy(isHarmless), "\(words): \(shown.debugDescription)")
            #expect(!shown.contains("\nnext: rm"), "\(words): \(shown)")
            #expect(shown.utf8.count < 10_000, "\(words): \(shown.utf8.count) bytes")
            #expect(!shown.isEmpty, "\(words)")
        }

        private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\n" || scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
                || ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
                    && !scalar.isASCII
        }

        @Test func `an app that the image does not have is known before anything begins`() async throws {
            try await withShop { shop in
                let before = try await Snapshot(shop)
                let new = try await shop.run(["site", "new", "three.localhost", "--app", "demmo"])
                #expect(new.exitCode == 78, "\(new)")
                #expect(new.errors.hasPrefix("site new "), "\(new)")
                #expect(new.errors.contains("the app demmo is not in \(shop.images.bench), which has: "), "\(new)")
                #expect(new.errors.contains("Did you mean demo?") && !new.errors.contains(":1:1"), "\(new)")
                #expect(new.duration < .seconds(5))
                try shop.write(shop.siteManifest("four.localhost", extra: ["apps: [nope]"]), to: "four.yaml")
                for verb in ["up", "plan"] {
                    let refused = try await shop.run([verb, "-f", "four.yaml"])
                    #expect(refused.exitCode == 78 && refused.errors.contains("four.yaml:9:"), "\(refused)")
                }
                let after = try await Snapshot(shop)
                #expect(after.containers == before.containers && after.manifests == before.manifests)
                #expect(after.sites == before.sites)
            }
        }

        @Test func `a program that is not there is named, without the runtime's own words`() async throws {
            try await withShop { shop in
                let missing = try await shop.run(["exec", "shop", "--", "no\u{1B}[2Jsuch"])
                #expect(missing.exitCode == 127 || missing.exitCode == 126, "\(missing)")
                #expect(missing.output == "", "\(missing)")
                #expect(missing.errors.hasPrefix("error: "), "\(missing)")
                #expect(missing.errors.contains("\"no\\e[2Jsuch\"") && missing.errors.contains("next: "), "\(missing)")
                #expect(!missing.errors.contains("OCI"), "\(missing)")
                let said = try await shop.run([
                    "exec", "shop", "--", "echo", "OCI runtime exec failed: said by a program",
                ])
                #expect(said.exitCode == 0 && said.output == "OCI runtime exec failed: said by a program\n", "\(said)")
                let failed = try await shop.run(["exec", "shop", "--", "sh", "-c", "echo no; exit 127"])
                #expect(failed.exitCode == 127 && failed.output == "no\n", "\(failed)")
            }
        }

        @Test func `an Engine's hostile answers are shown harmlessly`() async throws {
            try await withShop { shop in
                let evil = #"x\u001b[2J\u009b31m\u202e\nFAKE\r\u0007"#
                let labels =
                    #""dev.frappectl.root":"\#(shop.rootID ?? "")","dev.frappectl.bench":"\#(evil)","dev.frappectl.component":"web","dev.frappectl.instance":"\#(evil)""#
                let container =
                    #"[{"Id":"a1","Names":["/\#(evil)"],"Image":"\#(evil)","ImageID":"\#(evil)","Created":9223372036854775807,"State":"running","Status":"\#(evil)","Labels":{\#(labels)},"NetworkSettings":{"Networks":{"\#(evil)":{}}}}]"#
                let network =
                    #"[{"Id":"n1","Name":"\#(evil)","Labels":{\#(labels)},"IPAM":{"Config":[{"Subnet":"\#(evil)"}]}}]"#
                for status in [200, 500] {
                    let engine = try ScriptedEngine(at: "\(shop.directory)/evil.sock") { _, path in
                        let answer: String? =
                            switch path.split(separator: "/").last {
                            case "_ping": "OK"
                            case "version": #"{"ApiVersion":"1.41","MinAPIVersion":"1.12","Version":"\#(evil)"}"#
                            case "networks": network
                            case "info": #"{"Driver":"\#(evil)","Warnings":["\#(evil)"]}"#
                            default: path.hasSuffix("containers/json") ? container : nil
                            }
                        if let answer, status == 200 || answer == "OK" { return .init(version: "1.41", answer) }
                        return .init(status, version: "1.41", #"{"message":"\#(evil)"}"#)
                    }
                    defer { engine.stop() }
                    let host = ["DOCKER_HOST": "unix://\(engine.socketPath)"]
                    for arguments in [
                        ["status"], ["plan"], ["doctor"], ["logs"], ["exec", "--", "true"], ["site", "list"],
                        ["get", "site"],
                        ["compose"], ["status", "--json"], ["plan", "--json"], ["doctor", "--json"],
                    ] {
                        let result = try await shop.run(arguments, environment: host, timeout: .seconds(60))
                        #expect(!result.wasKilled && !result.timedOut, "\(result)")
                        let shown = result.output + result.errors
                        #expect(shown.unicodeScalars.allSatisfy(Self.isHarmless), "\(shown.debugDescription)")
                        if arguments.contains("--json"), !result.output.isEmpty { _ = try result.json() }
                    }
                }
            }
        }
    }
}
