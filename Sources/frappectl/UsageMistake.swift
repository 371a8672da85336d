import ArgumentParser
import ManifestParsing

/// A command line that does not parse, in the words of every other error.
struct UsageMistake {
    private let error: any Error
    private let arguments: [String]
    private let command: any ParsableCommand.Type
    /// How the command is called, with the program's name.
    private let path: String

    /// - Parameter arguments: the whole command line.
    init(_ error: any Error, _ arguments: [String]) {
        self.error = error
        self.arguments = arguments
        var command: any ParsableCommand.Type = Frappectl.self
        var path = command._commandName
        for word in arguments.dropFirst() {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
            command = next
            path += " \(word)"
        }
        self.command = command
        self.path = path
    }

    /// What is wrong, what the word in question is for, how the command is called, and where more is told.
    var text: String {
        let usage = Frappectl.usageString(for: command)
        return ([message] + meanings + ["  usage: \(usage)", "  next: \(path) --help"]).joined(separator: "\n")
    }

    /// The parser's sentence, which quotes what was typed.
    private var message: String {
        var message = Frappectl.message(for: error)
        for word in arguments where SafeText.word(word) != word {
            message = message.replacing(word, with: SafeText.word(word))
        }
        let begins = message.prefix(1).lowercased() + message.dropFirst()
        return begins.split(separator: "\n").map { SafeText.plain(String($0), limit: 300) }.joined(separator: "\n")
    }

    /// `<name>  what it is`, as the parser tells it after its sentence.
    private var meanings: [String] {
        Frappectl.fullMessage(for: error).split(separator: "\n").filter { $0.hasPrefix("Help:") }.map {
            "  " + $0.dropFirst("Help:".count).drop { $0 == " " }
        }
    }
}
