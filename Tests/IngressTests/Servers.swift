import Foundation

/// Server processes of one test; they also end when the test runner dies, because their standard input closes.
final class Servers {
    /// A process, and the pipe's end that keeps it alive.
    private struct Server {
        var process: pid_t
        var input: Int32
    }

    private var servers: [Server] = []

    /// Starts a script of `Fixtures` and waits until it listens.
    @discardableResult
    func start(_ arguments: [String], script: String = "upstream.py") throws -> pid_t {
        let path = String(#filePath.dropLast("Servers.swift".count)) + "Fixtures/\(script)"
        let (process, input, output) = try Self.spawn(["/usr/bin/env", "python3", path] + arguments)
        servers.append(Server(process: process, input: input))
        defer { close(output) }
        var answer = [UInt8](repeating: 0, count: 6)
        guard read(output, &answer, 6) == 6, answer == Array("ready\n".utf8) else {
            throw RawHTTP.Failure(description: "\(script) did not start")
        }
        return process
    }

    /// Starts any program; it is ended with the test.
    @discardableResult
    func run(_ arguments: [String]) throws -> pid_t {
        let (process, input, output) = try Self.spawn(arguments)
        servers.append(Server(process: process, input: input))
        close(output)
        return process
    }

    /// Asks one to end after its requests and waits for it.
    func finish(_ process: pid_t) async throws {
        kill(process, SIGTERM)
        try await RawHTTP.onThread { _ = waitpid(process, nil, 0) }
        for server in servers where server.process == process { close(server.input) }
        servers.removeAll { $0.process == process }
    }

    /// SIGTERM first: an nginx that is killed would leave its workers.
    func stop() {
        for server in servers { kill(server.process, SIGTERM) }
        for server in servers {
            if !ends(server.process, within: .seconds(3)) {
                kill(server.process, SIGKILL)
                waitpid(server.process, nil, 0)
            }
            close(server.input)
        }
        servers = []
    }

    private func ends(_ process: pid_t, within time: Duration) -> Bool {
        let deadline = ContinuousClock.now + time
        while waitpid(process, nil, WNOHANG) == 0 {
            guard ContinuousClock.now < deadline else { return false }
            usleep(2_000)
        }
        return true
    }

    private static func spawn(_ arguments: [String]) throws -> (process: pid_t, input: Int32, output: Int32) {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw failure("pipe") }
        for descriptor in input + output { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The pool's threads block signals, SIGTERM too, and a child would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let result = posix_spawn(&process, arguments[0], &actions, &attributes, &words, environ)
        close(input[0])
        close(output[1])
        guard result == 0 else { throw failure(arguments[0]) }
        return (process, input[1], output[0])
    }

    private static func failure(_ what: String) -> RawHTTP.Failure {
        RawHTTP.Failure(description: "cannot start \(what): \(String(cString: strerror(errno)))")
    }
}
