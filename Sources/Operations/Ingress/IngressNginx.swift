import Glibc
import Subprocess
import SystemPackage

/// The nginx program, run with arguments of its own and an almost empty environment.
struct IngressNginx: Sendable {
    var executable: String
    /// The directory that nginx takes as its prefix.
    var prefix: String

    /// The nginx of this machine: on PATH or where distributions put it.
    static func find(searchPath: String) -> String? {
        let directories = searchPath.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/sbin"]
        return directories.map { "\($0)/nginx" }.first { $0.hasPrefix("/") && access($0, X_OK) == 0 }
    }

    /// What nginx says about a configuration; nil when it accepts it.
    func complaint(about configuration: String) async throws -> String? {
        let result = try await run(["-t", "-q"], configuration: configuration)
        return result.succeeded ? nil : result.output
    }

    /// What nginx says about the distribution's configuration, read as the distribution's own service reads it.
    func complaint(aboutDistribution configuration: String) async throws -> String? {
        let result = try await run(arguments: ["-c", configuration, "-t", "-q"])
        return result.succeeded ? nil : result.output
    }

    /// Starts a master; it has bound its ports when this returns nil, else the answer is its complaint.
    func start(configuration: String) async throws -> String? {
        let result = try await run([], configuration: configuration)
        return result.succeeded ? nil : result.output
    }

    /// The part of a master's title that tells ours from any other.
    var titlePart: String { " -p \(prefix)/ -c \(prefix)/" }

    private func run(
        _ arguments: [String], configuration: String
    ) async throws -> (succeeded: Bool, output: String) {
        try await run(arguments: ["-p", "\(prefix)/", "-c", configuration] + arguments)
    }

    private func run(arguments: [String]) async throws -> (succeeded: Bool, output: String) {
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: Self.environment, output: .discarded,
            error: .string(limit: 1 << 20))
        return (result.terminationStatus.isSuccess, Self.relevant(result.standardError))
    }

    /// Without `NGINX`, by which a master takes over sockets; long enough for nginx to write its title over.
    private static let environment = Environment.custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"])

    /// nginx's lines without what it says about a log file of the distribution that it may not open.
    private static func relevant(_ output: String) -> String {
        let lines = output.split(separator: "\n").filter {
            !$0.contains("could not open error log file") && !$0.hasSuffix(" test failed")
        }
        return lines.joined(separator: "\n")
    }
}
