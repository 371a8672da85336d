import ArgumentParser
import Operations

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The program: parses a command, runs it, and turns an error into text and an exit code in one place.
@main
struct Frappectl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frappectl",
        abstract: "Frappe benches on one server.",
        discussion: """
            frappectl init            write a manifest to start from
            frappectl up -f FILE      make this host what the manifest says
            frappectl status          see what runs
            """,
        version: Program.version,
        subcommands: [
            InitCommand.self, UpCommand.self, PlanCommand.self, DiffCommand.self, StatusCommand.self, TopCommand.self,
            DiskCommand.self,
            DownCommand.self,
            GetCommand.self,
            DeleteCommand.self, SiteCommand.self, BenchCommand.self, IngressCommand.self, CertificateCommand.self,
            LogsCommand.self,
            ExecCommand.self, ShellCommand.self, DatabaseCommand.self, ConsoleCommand.self, HistoryCommand.self,
            ExplainCommand.self, SchemaCommand.self, CompletionsCommand.self, DoctorCommand.self, ComposeCommand.self,
            VersionCommand.self,
        ])

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            try await interruptible { try await parseAndRun() }
        } catch {
            Failure(error).report()
        }
        ProgramEnd.now(0)
    }

    private static func parseAndRun() async throws {
        try UnknownCommand.check(Array(CommandLine.arguments.dropFirst()))
        var command = try parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    /// Runs the command in a task that Ctrl-C, SIGTERM and SIGHUP cancel, unless it asks for them.
    private static func interruptible(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await body() }
        let sources = Signals.watch { task.cancel() }
        defer { sources.forEach { $0.cancel() } }
        try await task.value
    }
}

enum Program {
    static let version = "0.1.0"
}
