import Foundation
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct CompletionTests {
        /// Each shell as it is started bare, and how a person loads the script.
        private static let shells = [
            ("bash", ["--norc", "-i"], "source <(frappectl completions bash)"),
            ("zsh", ["-f", "-i"], "autoload -U compinit; compinit -u; source <(frappectl completions zsh)"),
            ("fish", ["--no-config", "-i"], "frappectl completions fish | source"),
        ]

        /// What is typed before the tab, and what stands on the line after it.
        private static let lines = [
            ("frappectl sta", "frappectl status"), ("frappectl site show on", "frappectl site show one.localhost"),
            ("frappectl bench scale shop worker-s", "frappectl bench scale shop worker-short"),
            ("frappectl down sh", "frappectl down shop"), ("frappectl get sec", "frappectl get secret"),
            ("frappectl logs shop sched", "frappectl logs shop scheduler"),
            ("frappectl shell tw", "frappectl shell two.localhost"),
            ("frappectl site new x --be", "frappectl site new x --bench"),
        ]

        @Test(arguments: shells)
        func `a tab knows verbs, options, benches, sites and components, without the Engine`(
            _ shell: String, _ arguments: [String], _ load: String
        ) async throws {
            try await withShop { shop in
                let terminal = try Pseudoterminal(rows: 40, columns: 160)
                let bin = Program.path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
                let environment: [String: String?] = [
                    "HOME": shop.directory, "ZDOTDIR": shop.directory, "PS1": "> ", "NO_COLOR": "1",
                    "DOCKER_HOST": "unix:///nowhere.sock", "PATH": "\(bin):/usr/local/bin:/usr/bin:/bin",
                ]
                _ = try await shop.run(arguments, in: terminal, of: shell, environment: environment) { _ in
                    terminal.type("\(load); echo is''loaded\r")
                    try await terminal.shows("isloaded")
                    for (typed, whole) in Self.lines {
                        // What stands on the line is shown by echo, however the shell redraws it.
                        terminal.type("\(typed)\t\u{1}echo '<\u{5}'\">\"\r")
                        // zsh takes its space back when the cursor moves.
                        try await terminal.shows("<\(whole)\(shell == "zsh" ? "" : " ")>", within: .seconds(15))
                    }
                    terminal.type("exit\r")
                }
            }
        }
    }
}
