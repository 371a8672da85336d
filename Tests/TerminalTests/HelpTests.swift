import ArgumentParser
import Testing

@testable import frappectl

@Suite struct HelpTests {
    private static func commands(
        _ command: any ParsableCommand.Type, _ path: String
    ) -> [(path: String, command: any ParsableCommand.Type)] {
        [(path, command)]
            + command.configuration.subcommands.flatMap { commands($0, "\(path) \($0._commandName)") }
    }

    /// The lines of a help page that are commands, as words; what a shell would take is cut off.
    private static func examples(_ command: any ParsableCommand.Type) -> [[String]] {
        command.configuration.discussion.split(separator: "\n").compactMap { line in
            let line = line.drop { $0 == " " }
            guard line.hasPrefix("frappectl ") else { return nil }
            // What stands between quotes is one word.
            let quoted = line.replacing(/'[^']*'/, with: "quoted")
            let words = quoted.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            return Array(words.prefix { !["", ">", "|", "<"].contains($0) }.dropFirst())
        }
    }

    @Test func `every help page has an example that parses`() throws {
        for (path, command) in Self.commands(Frappectl.self, "frappectl") {
            let examples = Self.examples(command)
            #expect(!examples.isEmpty, "\(path) has no example")
            for words in examples {
                // FILE and the like stand for what a person has.
                #expect(throws: Never.self, "\(path): \(words)") { _ = try Frappectl.parseAsRoot(words) }
                #expect(throws: Never.self) { try UnknownCommand.check(words) }
            }
        }
    }

    @Test(arguments: [
        ("statsu", "frappectl status"), ("site nwe", "frappectl site new"), ("scale", "frappectl bench scale"),
        ("dif", "frappectl diff"),
        ("ps", "frappectl status"), ("help pla", "frappectl plan"), ("new-site", "frappectl site new"),
    ])
    func `an unknown verb is answered with the one that was probably meant`(_ line: String, _ meant: String) {
        let words = line.split(separator: " ").map(String.init)
        let error = #expect(throws: (any Error).self) { try UnknownCommand.check(words) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("Did you mean: \(meant)?"))
    }
}
