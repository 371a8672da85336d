import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// The real program, run as a person runs it, without a terminal.
package struct Program: Sendable {
    /// Beside the test bundle, or where FRAPPECTL_BINARY says.
    package static let path: String = {
        if let named = ProcessInfo.processInfo.environment["FRAPPECTL_BINARY"], !named.isEmpty { return named }
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return "\(FilePath(runner).removingLastComponent().string)/frappectl"
    }()

    /// Who runs it; nil for whoever runs the tests.
    package var account: Account?
    /// What it is given over the environment of the tests; nil takes a variable away.
    package var environment: [String: String?]
    /// Relative paths in arguments start here; the output of each run is kept here too.
    package var directory: String

    /// Runs a command to its end, or kills it when that takes too long.
    ///
    /// - Parameters:
    ///   - input: the file that it reads; none for no input.
    ///   - meanwhile: runs beside it, given the process; the command is awaited afterwards.
    package func run(
        _ arguments: [String], environment: [String: String?] = [:], input: String = "/dev/null",
        timeout: Duration = .seconds(180),
        meanwhile: @escaping @Sendable (RunningProgram) async throws -> Void = { _ in }
    ) async throws -> ProgramResult {
        let files = try OutputFiles(directory: directory, arguments: arguments)
        let start = ContinuousClock.now
        let watch = Watch()
        async let _: Void = watch.kill(after: timeout * Self.patience)
        let result = try await Subprocess.run(
            .path(FilePath(account == nil ? Self.path : Self.copy(in: directory))), arguments: Arguments(arguments),
            environment: merged(environment), workingDirectory: FilePath(directory),
            platformOptions: account?.options ?? PlatformOptions(),
            input: .fileDescriptor(
                try .open(FilePath(input), .readOnly, options: .closeOnExec), closeAfterSpawningProcess: true),
            output: .fileDescriptor(files.output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(files.errors, closeAfterSpawningProcess: true)
        ) { execution in
            watch.process.withLock { $0 = execution.processIdentifier.value }
            try await meanwhile(
                RunningProgram(
                    id: execution.processIdentifier.value, outputPath: files.outputPath, errorsPath: files.errorsPath))
        }
        watch.process.withLock { $0 = nil }
        let status = result.terminationStatus
        return ProgramResult(
            arguments: arguments, exitCode: status.code, wasKilled: status.isSignal,
            timedOut: watch.hasKilled.withLock { $0 }, output: files.text(files.outputPath),
            outputPath: files.outputPath,
            errors: files.text(files.errorsPath), duration: ContinuousClock.now - start)
    }

    /// How many times as long as usual a command may take, such as inside an emulated machine.
    private static let patience =
        ProcessInfo.processInfo.environment["FRAPPECTL_TEST_PATIENCE"].flatMap { Int($0) } ?? 1

    /// A copy that every account may run, wherever the tests were built.
    private static func copy(in directory: String) throws -> String {
        let copy = "\(directory)/frappectl"
        if !FileManager.default.fileExists(atPath: copy) {
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
        }
        return copy
    }

    /// Variables that point elsewhere are not passed on, so that no test reaches another's installation.
    func merged(_ more: [String: String?]) -> Environment {
        var all = ProcessInfo.processInfo.environment
        all["FRAPPECTL_ROOT"] = nil
        for (name, value) in environment.merging(more, uniquingKeysWith: { $1 }) { all[name] = value }
        return .custom(Dictionary(all.map { (Environment.Key(stringLiteral: $0.key), $0.value) }) { $1 })
    }
}

/// Kills the program when its time is up.
private final class Watch: Sendable {
    let process = Mutex<Int32?>(nil)
    let hasKilled = Mutex(false)

    /// Ends early, and kills nothing, when it is cancelled: the program has ended.
    func kill(after time: Duration) async {
        guard (try? await ContinuousClock().sleep(for: time)) != nil else { return }
        process.withLock { process in
            guard let process else { return }
            hasKilled.withLock { $0 = true }
            Glibc.kill(process, SIGKILL)
        }
    }
}

/// The program while it runs.
package struct RunningProgram: Sendable {
    package let id: Int32
    package let outputPath: String
    let errorsPath: String

    package func signal(_ number: Int32) { Glibc.kill(id, number) }

    /// What it has written to standard output so far.
    package var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

    /// The most memory it has had so far, in bytes.
    package var peakMemory: Int? {
        let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    /// What it has written to standard error so far.
    package var errors: String { (try? String(contentsOfFile: errorsPath, encoding: .utf8)) ?? "" }
}

/// How a run of the program ended and what it wrote.
package struct ProgramResult: Sendable, CustomStringConvertible {
    package let arguments: [String]
    /// The signal's number where it was killed.
    package let exitCode: Int32
    package let wasKilled: Bool
    package let timedOut: Bool
    package let output: String
    /// The file that holds all of the output.
    package let outputPath: String
    package let errors: String
    package let duration: Duration

    package func json() throws -> JSON {
        do { return try JSON(output) } catch { throw TestFailure("no JSON: \(self)") }
    }

    /// Progress events of `--json`, one JSON object a line.
    package func events() throws -> [JSON] { try errors.split(separator: "\n").map { try JSON(String($0)) } }

    package var description: String {
        let ending = timedOut ? "took too long" : wasKilled ? "was killed by signal \(exitCode)" : "exit \(exitCode)"
        let milliseconds = Int(duration / .milliseconds(1))
        return """
            $ frappectl \(arguments.joined(separator: " "))   (\(ending), \(milliseconds) ms)
            \(Self.indented(output, "  out| "))\(Self.indented(errors, "  err| "))
            """
    }

    private static func indented(_ text: String, _ prefix: String) -> String {
        text.split(separator: "\n").map { prefix + $0 + "\n" }.joined()
    }
}

/// Files rather than pipes: a child that outlives the program would keep a pipe open.
private struct OutputFiles {
    let outputPath: String
    let errorsPath: String
    let output: FileDescriptor
    let errors: FileDescriptor

    init(directory: String, arguments: [String]) throws {
        let verb = (arguments.first ?? "").filter { $0.isASCII && $0.isLetter }.prefix(20)
        let stem = "\(directory)/run-\(UInt64(DispatchTime.now().uptimeNanoseconds))-\(verb)"
        outputPath = "\(stem).out"
        errorsPath = "\(stem).err"
        let mode: FileDescriptor.OpenOptions = [.create, .truncate, .append, .closeOnExec]
        let permissions: FilePermissions = [.ownerReadWrite]
        output = try .open(FilePath(outputPath), .writeOnly, options: mode, permissions: permissions)
        errors = try .open(FilePath(errorsPath), .writeOnly, options: mode, permissions: permissions)
    }

    /// The first megabytes: more is not for reading.
    func text(_ path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        return String(decoding: (try? file.read(upToCount: 4 << 20)) ?? Data(), as: UTF8.self)
    }
}

extension TerminationStatus {
    fileprivate var code: Int32 {
        switch self {
        case .exited(let code), .signaled(let code): code
        }
    }

    fileprivate var isSignal: Bool {
        if case .signaled = self { true } else { false }
    }
}
