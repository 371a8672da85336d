import DockerEngine
import Foundation
import Subprocess
import SystemPackage

/// An Engine that a test may kill: that of `scripts/engine own`, in a machine within this one.
///
/// Its network is that of the tests, its processes are a namespace of their own: with the first of them the Engine and
/// all containers end at once, as they do when the power is cut.
package struct OwnEngine: Sendable {
    private let script: String
    /// What is gone after a power cut, sockets among it.
    private let directory: String

    /// Nil where the tests do not run by `scripts/engine own`.
    package static var current: OwnEngine? {
        let script = ProcessInfo.processInfo.environment["FRAPPECTL_OWN_ENGINE"] ?? ""
        return script.isEmpty ? nil : OwnEngine(script: script)
    }

    private init(script: String) {
        self.script = script
        directory = FilePath(TestEngine.socketPath).removingLastComponent().string
    }

    /// `kill -9` for the Engine alone: containers live on until it comes back and takes stock.
    package func killEngine() async throws {
        let engines = LocalProcesses.naming("--exec-root \(directory)/exec").filter {
            LocalProcesses.title(of: $0).hasPrefix("dockerd ")
        }
        guard !engines.isEmpty else { throw TestFailure("there is no Engine of our own to be killed") }
        for engine in engines { kill(engine, SIGKILL) }
        try await end(of: engines)
    }

    /// Starts the Engine again after `killEngine`, and does not wait for it.
    package func startEngine() throws {
        let file = try FileDescriptor.open(FilePath("\(directory)/again"), .writeOnly)
        try file.closeAfter { _ = try file.writeAll(Array("\n".utf8)) }
    }

    /// `kill -9` for the Engine, every container, the nginx of the installation and all its workers.
    package func cutPower(of installation: Installation) async throws {
        let first = LocalProcesses.naming("own-init \(directory)")
        for process in first { kill(process, SIGKILL) }
        LocalProcesses.kill(root: installation.root)
        try await end(of: first)
    }

    /// Starts the Engine after a power cut, and does not wait for it.
    package func boot() async throws {
        // In a session of its own, so that it outlives whoever waits.
        _ = try await Subprocess.run(
            .name("setsid"), arguments: ["--fork", script, "own-boot"], workingDirectory: "/", input: .none,
            output: .discarded, error: .discarded)
    }

    /// Waits until the Engine answers; whether it does in time.
    @discardableResult
    package func answers(_ installation: Installation, within time: Duration = .seconds(60)) async throws -> Bool {
        try await Waiting.until(within: time) { (try? await installation.engine.ping()) != nil }
    }

    private func end(of processes: [Int32]) async throws {
        let ended = try await Waiting.until(within: .seconds(20), every: .milliseconds(5)) {
            processes.allSatisfy { LocalProcesses.title(of: $0).isEmpty }
        }
        guard ended else { throw TestFailure("\(processes) do not end") }
    }
}

extension Installation {
    /// Starts nginx on what was served last, as the service of the host does at boot.
    package func startNginx() async throws {
        let prefix = "\(root)/agent/nginx"
        let result = try await Subprocess.run(
            .path("/usr/sbin/nginx"), arguments: ["-p", "\(prefix)/", "-c", "\(prefix)/current/nginx.conf"],
            input: .none, output: .discarded, error: .string(limit: 64 << 10))
        guard result.terminationStatus.isSuccess else { throw TestFailure("nginx: \(result.standardError)") }
    }
}
