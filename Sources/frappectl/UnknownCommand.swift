import ArgumentParser
import ManifestParsing
import Operations

/// Finds a verb that does not exist, and says which was probably meant.
enum UnknownCommand {
    /// What other programs call it.
    private static let synonyms = [
        "ps": "status", "ls": "status", "list": "site list", "start": "up", "apply": "up", "deploy": "up",
        "stop": "down", "rm": "delete", "remove": "delete", "drop-site": "delete site", "new-site": "site new",
        "new": "site new", "create": "site new", "log": "logs", "completion": "completions",
        "describe": "site show", "events": "history", "restart": "up",
    ]

    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = Frappectl.self
        var path = "frappectl"
        for word in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-") else { return }
            if word == "help" { continue }
            guard let next = known.first(where: { answers($0, to: word) }) else {
                throw OperationError.usage(text(word, after: path, known.map { $0._commandName }))
            }
            command = next
            path += " \(word)"
        }
    }

    private static func answers(_ command: any ParsableCommand.Type, to word: String) -> Bool {
        command._commandName == word || command.configuration.aliases.contains(word)
    }

    private static func text(_ word: String, after path: String, _ names: [String]) -> String {
        let isRoot = path == "frappectl"
        let nested = isRoot ? self.nested.filter { $0.last == word }.map { $0.joined(separator: " ") } : []
        let synonym = isRoot ? synonyms[word.lowercased()] : nil
        let meant = nested.first ?? synonym ?? Suggestion.closest(to: word, among: names) ?? begun(word, names)
        return "\(path) has no command \(SafeText.quoted(word))."
            + (meant.map { " Did you mean: \(path) \($0)?" } ?? "")
            + "\n  commands: \(names.joined(separator: ", "))\n  next: \(path) --help"
    }

    /// The only name that begins so.
    private static func begun(_ word: String, _ names: [String]) -> String? {
        let begun = names.filter { $0.hasPrefix(word.lowercased()) }
        return begun.count == 1 ? begun.first : nil
    }

    /// Commands below another, as their words.
    private static var nested: [[String]] {
        Frappectl.configuration.subcommands.flatMap { group in
            group.configuration.subcommands.map { [group._commandName, $0._commandName] }
        }
    }
}
