import CurlTransport
import FoundationEssentials

/// A command to run inside a container that runs.
package struct ExecCommand: Hashable, Sendable {
    package var arguments: [String]
    package var user: String?
    package var workingDirectory: String?
    /// "NAME=value" each.
    package var environment: [String] = []

    package init(_ arguments: [String], user: String? = nil, workingDirectory: String? = nil) {
        self.arguments = arguments
        self.user = user
        self.workingDirectory = workingDirectory
    }
}

/// What a command reads from its standard input.
package enum ExecInput: Sendable {
    /// No standard input at all.
    case none
    case bytes([UInt8])
    /// Asked for the next bytes until it returns nil.
    case chunks(@Sendable () async throws -> [UInt8]?)
}

/// How a command ended and what it wrote.
package struct ExecResult: Hashable, Sendable {
    package let exitCode: Int
    package let stdout: [UInt8]
    package let stderr: [UInt8]

    package var output: String { String(decoding: stdout, as: UTF8.self) }
    package var errors: String { String(decoding: stderr, as: UTF8.self) }
}

/// Rows and columns of a terminal.
package struct TerminalSize: Hashable, Sendable {
    package let rows: Int
    package let columns: Int

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }
}

extension EngineClient {
    /// Runs a command to its end. Cancelling leaves it running: the Engine has no way to end it.
    ///
    /// - Parameter outputLimit: bytes of stdout and stderr together; more is an error.
    package func exec(
        in container: String, _ command: ExecCommand, input: ExecInput = .none, outputLimit: Int = 16 << 20
    ) async throws(EngineError) -> ExecResult {
        let session = try await openExec(in: container, command, takesInput: input.isSome)
        async let inputFailure = session.feed(input)
        let output = await session.collect(limit: outputLimit)
        if case .failure(let error) = output {
            session.close()
            throw error == .cancelled ? await inputFailure ?? error : error
        }
        let (stdout, stderr) = try output.get()
        return ExecResult(exitCode: try await session.exitCode(), stdout: stdout, stderr: stderr)
    }

    /// Starts a command and returns the connection to it.
    ///
    /// - Parameter terminal: the size of the terminal it gets; nil for none, which keeps stdout and stderr apart.
    package func openExec(
        in container: String, _ command: ExecCommand, takesInput: Bool = true, terminal: TerminalSize? = nil
    ) async throws(EngineError) -> ExecSession {
        var creation = EngineCall(.post, "containers", container, "exec")
        try creation.send(ExecCreation(command, takesInput: takesInput, terminal: terminal))
        let id = try await value(creation, as: CreatedExec.self).id
        let started = Timestamp(Date())
        var start = EngineCall(.post, "exec", id, "start")
        try start.send(ExecStart(terminal))
        let session = ExecSession(
            id: id, container: container, started: started, isFramed: terminal == nil, client: self,
            request: "exec of \(command.arguments.first ?? "") in \(container)", connection: try await hijack(start))
        // A command that has ended by now has no terminal any more.
        if let terminal { try? await session.resize(to: terminal) }
        return session
    }

    func inspectExec(_ id: String) async throws(EngineError) -> ExecState {
        try await value(EngineCall(.get, "exec", id, "json"))
    }

    func resizeExec(_ id: String, to size: TerminalSize) async throws(EngineError) {
        var call = EngineCall(.post, "exec", id, "resize")
        call.ask("h", String(size.rows))
        call.ask("w", String(size.columns))
        try await answer(call)
    }
}

extension ExecInput {
    var isSome: Bool {
        if case .none = self { false } else { true }
    }
}

/// What the Engine says of a command that was started.
struct ExecState: Decodable {
    let isRunning: Bool
    let exitCode: Int?

    init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        isRunning = object["Running", or: false]
        exitCode = object.optional("ExitCode")
    }
}

private struct CreatedExec: Decodable {
    let id: String

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}

/// Rows and columns, which Engines from API 1.42 on give the terminal before the command starts.
private func consoleSize(_ terminal: TerminalSize?) -> [Int]? {
    terminal.map { [$0.rows, $0.columns] }
}

private struct ExecStart: Encodable {
    let hasTerminal: Bool
    let consoleSize: [Int]?

    init(_ terminal: TerminalSize?) {
        hasTerminal = terminal != nil
        consoleSize = DockerEngine.consoleSize(terminal)
    }

    enum CodingKeys: String, CodingKey {
        case hasTerminal = "Tty"
        case consoleSize = "ConsoleSize"
    }
}

private struct ExecCreation: Encodable {
    /// What nobody types: with none named, the Engine would keep ctrl-p back and leave at ctrl-p ctrl-q.
    private static let neverTyped = Array(repeating: "ctrl-\\,ctrl-@", count: 8).joined(separator: ",")

    let takesInput: Bool
    let attachesOutput = true
    let attachesErrors = true
    let hasTerminal: Bool
    let detachKeys: String?
    let consoleSize: [Int]?
    let arguments: [String]
    let user: String?
    let workingDirectory: String?
    let environment: [String]

    init(_ command: ExecCommand, takesInput: Bool, terminal: TerminalSize?) {
        self.takesInput = takesInput
        hasTerminal = terminal != nil
        detachKeys = terminal == nil ? nil : Self.neverTyped
        consoleSize = DockerEngine.consoleSize(terminal)
        arguments = command.arguments
        user = command.user
        workingDirectory = command.workingDirectory
        environment = command.environment
    }

    enum CodingKeys: String, CodingKey {
        case takesInput = "AttachStdin"
        case attachesOutput = "AttachStdout"
        case attachesErrors = "AttachStderr"
        case hasTerminal = "Tty"
        case detachKeys = "DetachKeys"
        case consoleSize = "ConsoleSize"
        case arguments = "Cmd"
        case user = "User"
        case workingDirectory = "WorkingDir"
        case environment = "Env"
    }
}
