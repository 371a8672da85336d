import Foundation
import Subprocess
import SystemPackage

/// The real docker compose, which runs what `frappectl compose` prints.
package struct ComposeProgram: Sendable {
    /// Where `FRAPPECTL_TEST_COMPOSE` says, or where `scripts/test` puts it; nil where there is none.
    package static let path: String? = {
        let named = ProcessInfo.processInfo.environment["FRAPPECTL_TEST_COMPOSE"] ?? ""
        let program = named.isEmpty ? "\(FileManager.default.currentDirectoryPath)/.build/tools/docker-compose" : named
        return FileManager.default.isExecutableFile(atPath: program) ? program : nil
    }()

    /// The compose files, later ones over earlier ones.
    package var files: [String]
    package var directory: String

    package init(files: [String], directory: String) {
        self.files = files
        self.directory = directory
    }

    /// Runs a command to its end, failing unless it ends with 0; what it printed.
    @discardableResult
    package func run(_ arguments: [String]) async throws -> String {
        guard let path = Self.path else { throw TestFailure("no docker compose") }
        let all = ["--ansi", "never", "--progress", "quiet"] + files.flatMap { ["--file", $0] } + arguments
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(all), workingDirectory: FilePath(directory),
            output: .string(limit: 4 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw TestFailure("docker compose \(arguments): \(result.terminationStatus)\n\(result.standardError)")
        }
        return result.standardOutput
    }
}
