import ArgumentParser
import Operations

struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command inside a container of a bench.",
        discussion: """
            The exit code is the command's. On a terminal it has one; between pipes it has none, and bytes stay as they
            are. A site's name chooses the site for bench commands.

              frappectl exec -- bench --version
              frappectl exec shop -- bench --site all list-apps
              frappectl exec one.localhost -- bench list-apps
              frappectl exec shop worker-short-2 -- ps -ef
              frappectl exec shop -- tar -C sites -c one.localhost/public | tar -t
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachOptions
    @Argument(help: "A bench or a site; may be left out where there is one bench.", completion: Candidates.target)
    var target: String?
    @Argument(
        help: "A component, such as web or worker-short-2. None: one that has the bench in it.",
        completion: Candidates.component)
    var component: String?
    @Argument(parsing: .postTerminator, help: "The command and its arguments.") var command: [String] = []

    func run() async throws {
        guard !command.isEmpty else {
            throw OperationError.usage("say what to run after --, as in: frappectl exec shop -- bench --version")
        }
        let target = try Inside.Target(target, component)
        let host = try common.open("exec")
        try await options.attach { try await Inside(host).exec(target, command, $0) }
    }
}

struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "A shell in a bench's directory, perhaps with a site chosen.",
        discussion: """
            A site's name chooses the site for bench commands. Without a terminal it reads commands from its input.

              frappectl shell
              frappectl shell one.localhost
              frappectl shell shop redis-queue
              echo 'bench list-apps' | frappectl shell one.localhost
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachOptions
    @Argument(help: "A bench or a site; may be left out where there is one bench.", completion: Candidates.target)
    var target: String?
    @Argument(
        help: "A component, such as web or redis-queue. None: one that has the bench in it.",
        completion: Candidates.component)
    var component: String?

    func run() async throws {
        let target = try Inside.Target(target, component)
        let host = try common.open("shell")
        let isTerminal = options.hasTerminal
        try await options.attach { attachment in
            try await Inside(host).shell(target, attachment) { text in
                if isTerminal { Terminal.error("\(text)\r") }
            }
        }
    }
}
