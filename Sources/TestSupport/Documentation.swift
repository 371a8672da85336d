import Foundation

/// The command lines that the documents tell a person to type.
package struct Documentation: Sendable {
    /// One command line: after `$ ` in a code block, or in code in the first cell of a table's row.
    package struct Command: Sendable, CustomStringConvertible {
        package let file: String
        package let line: Int
        package let text: String

        package var description: String { "\(file):\(line): \(text)" }

        /// What it has to end with: 0, or what its comment says, such as `# see what would be done (exit 2)`.
        package var exitCode: Int32 {
            guard let said = text.firstMatch(of: /\(exit ([0-9]+)\)/), let code = Int32(said.1) else { return 0 }
            return code
        }

        /// Goes on until Ctrl-C.
        package var isEndless: Bool {
            let words = text.split(separator: " ")
            return words.contains("--watch") || words.contains("--follow")
                || words.contains("logs") && words.contains("-f")
        }
    }

    /// The checkout that this file belongs to.
    package static let checkout = String(
        #filePath.prefix(upTo: #filePath.range(of: "/Sources/TestSupport/")?.lowerBound ?? #filePath.endIndex))

    /// README.md and everything in docs/, by path from the checkout.
    package static func files() throws -> [String] {
        let documents = try FileManager.default.contentsOfDirectory(atPath: "\(checkout)/docs")
        return ["README.md"] + documents.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }

    package static func commands(of file: String) throws -> [Command] {
        let text = try String(contentsOfFile: "\(checkout)/\(file)", encoding: .utf8)
        var commands: [Command] = []
        var open: (line: Int, text: String)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let begun = open {
                open = (begun.line, begun.text + "\n" + line)
            } else if let typed = line.firstMatch(of: /^ *\$ (.+)$/) {
                open = (index + 1, String(typed.1))
            } else if let cell = line.firstMatch(of: /^\| *(`[^|]*`) *\|/) {
                commands += cell.1.matches(of: /`(frappectl [^`]+)`/).map {
                    Command(file: file, line: index + 1, text: String($0.1))
                }
            }
            // A line that ends in a backslash goes on, as in the shell.
            if let whole = open, !whole.text.hasSuffix("\\") {
                commands.append(Command(file: file, line: whole.line, text: whole.text))
                open = nil
            }
        }
        return commands
    }
}
