import ArgumentParser
import FrappeModel
import Operations

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completion script of a shell.",
        discussion: """
            Verbs, options, and the names of benches, sites and components; asks only the state database.

              source <(frappectl completions bash)
              frappectl completions bash > /etc/bash_completion.d/frappectl
              frappectl completions zsh > "${fpath[1]}/_frappectl"
              frappectl completions fish > ~/.config/fish/completions/frappectl.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var parsed: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.") var shell: Shell

    func run() { Terminal.file(Frappectl.completionScript(for: shell.parsed) + "\n") }
}
