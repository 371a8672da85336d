import CurlTransport
import DockerEngine
import Foundation
import StateStore
import Synchronization

/// A root of its own with a port, subnets and upstream ports that no other fixture has.
///
/// `tearDown` removes everything that was made under it, also what the program would not remove.
package final class Installation: Sendable {
    /// Holds the root, manifests and the output of every run.
    package let directory: String
    package let lease: Lease
    package let engine: EngineClient
    package let images: TestImages
    /// Who runs the program and owns the root; nil for whoever runs the tests.
    package let account: Account?
    private let runs = Mutex<[ProgramResult]>([])
    private let httpClient: HTTPClient

    package var root: String { "\(directory)/root" }
    package var port: Int { lease.httpPort }

    private init(lease: Lease, directory: String, account: Account? = nil) {
        self.lease = lease
        self.account = account
        self.directory = directory
        engine = EngineClient(socketPath: TestEngine.socketPath)
        images = TestImages(name: "\(lease.number)")
        httpClient = HTTPClient(.tcp(host: "127.0.0.1", port: lease.httpPort, tls: false))
    }

    /// Makes the directory; what a killed run left under the same number is removed first.
    package static func make(as account: Account? = nil) async throws -> Installation {
        let (lease, leftovers) = try Lease.take()
        for directory in leftovers { await Installation(lease: lease, directory: directory).tearDown() }
        let name = "\(lease.number)-\(getpid())"
        let directory = TestRun.directory.map { "\($0)/\(name)" } ?? "/tmp/frappectl-test-\(name)"
        lease.note(directory)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        if let account, chown(directory, account.user, account.group) != 0 {
            throw TestFailure("cannot give \(directory) to \(account.user): \(String(cString: strerror(errno)))")
        }
        return Installation(lease: lease, directory: directory, account: account)
    }

    /// Runs the program on this root and remembers the run for a report.
    package func run(
        _ arguments: [String], as otherAccount: Account? = nil, environment: [String: String?] = [:],
        input: String = "/dev/null", timeout: Duration = .seconds(180),
        meanwhile: @escaping @Sendable (RunningProgram) async throws -> Void = { _ in }
    ) async throws -> ProgramResult {
        let program = Program(
            account: otherAccount ?? account, environment: ["FRAPPECTL_ROOT": root, "NO_COLOR": "1"],
            directory: directory)
        let result = try await program.run(
            arguments, environment: environment, input: input, timeout: timeout, meanwhile: meanwhile)
        runs.withLock { $0.append(result) }
        return result
    }

    /// The same, failing unless it ended with 0.
    @discardableResult
    package func succeed(_ arguments: [String]) async throws -> ProgramResult {
        let result = try await run(arguments)
        guard result.exitCode == 0 else { throw TestFailure("\(result)") }
        return result
    }

    /// Writes a manifest file and gives its name, which the program finds from its working directory.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
        return name
    }

    /// The label value of everything that belongs to this root; nil before the first command.
    package var rootID: String? {
        let path = "\(root)/agent/state.sqlite"
        guard FileManager.default.fileExists(atPath: path), let store = try? StateDatabase(path: path) else {
            return nil
        }
        return try? store.rootID(candidate: "none")
    }

    /// A request to this installation's nginx.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse { try await httpClient.send(request) }

    /// The last runs of the program, newest last.
    var lastRuns: [ProgramResult] { runs.withLock { $0.suffix(4) } }
}

/// Names of the images that tests run, each to be replaced by an environment variable.
package struct TestImages: Sendable {
    /// Where images that a test makes are named; they go with the installation.
    package let own: String

    init(name: String) { own = "frappectl-test/\(name)" }

    package var benchRepository: String { Self.named("FRAPPECTL_TEST_BENCH_IMAGE", or: "frappectl/demo-bench") }
    package var mariadb: String { Self.named("FRAPPECTL_TEST_MARIADB_IMAGE", or: "frappectl/mariadb:10.11") }
    package var redis: String { Self.named("FRAPPECTL_TEST_REDIS_IMAGE", or: "frappectl/redis:7") }
    package var bench: String { "\(benchRepository):1" }

    private static func named(_ variable: String, or name: String) -> String {
        ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? name
    }
}

/// The run of all tests that this process is part of.
package enum TestRun {
    /// Where the run keeps everything, when `scripts/test` started it.
    static let directory = ProcessInfo.processInfo.environment["FRAPPECTL_TEST_DIRECTORY"].flatMap {
        $0.isEmpty ? nil : $0
    }
}

/// The real Engine that tests run against.
package enum TestEngine {
    package static var socketPath: String {
        let host = ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? ""
        return host.hasPrefix("unix://") ? String(host.dropFirst("unix://".count)) : "/var/run/docker.sock"
    }
}
