import Foundation
import Synchronization
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct ExecTests {
        @Test func `a command inside has its input, both outputs and its exit code`() async throws {
            try await withShop { shop in
                try shop.write("hello", to: "hello.txt")
                let script = "cat; id -u; pwd; echo $FRAPPE_SITE; echo oops >&2; exit 7"
                let result = try await shop.run(
                    ["exec", "two.localhost", "--", "bash", "-c", script], input: "\(shop.directory)/hello.txt")
                #expect(result.exitCode == 7, "\(result)")
                #expect(result.output == "hello1000\n/home/frappe/frappe-bench\ntwo.localhost\n")
                #expect(result.errors == "oops\n")
                let killed = try await shop.run(["exec", "shop", "--", "sh", "-c", "kill -9 $$"])
                #expect(killed.exitCode == 137, "\(killed)")
                let worker = try await shop.succeed(["exec", "worker-short-1", "--", "hostname"]).output
                #expect(try await shop.container(.workerShort).id.hasPrefix(worker.prefix(12)))
                let noInput = try await shop.run(["exec", "-n", "--", "cat"], input: "\(shop.directory)/hello.txt")
                #expect(noInput.output == "" && noInput.exitCode == 0, "\(noInput)")
            }
        }

        @Test func `a shell without a terminal reads its commands, for the site that was named`() async throws {
            try await withShop { shop in
                try shop.write("bench list-apps; echo $((6 * 7)); exit 3", to: "commands.sh")
                let result = try await shop.run(
                    ["shell", "one.localhost"], input: "\(shop.directory)/commands.sh")
                #expect(result.exitCode == 3, "\(result)")
                #expect(result.output.contains("frappe") && result.output.hasSuffix("42\n"), "\(result)")
            }
        }

        @Test func `what is not there is said, with what there is`() async throws {
            try await withShop { shop in
                for (arguments, code, text) in [
                    (["exec", "nine.localhost", "--", "true"], 1, "There is: shop, one.localhost, two.localhost"),
                    (["exec", "shop", "wbe", "--", "true"], 64, "web"),
                    (["exec", "shop", "web-7", "--", "true"], 1, "web-7 of bench shop does not run; what does: edge"),
                    (["exec", "shop"], 64, "frappectl exec shop -- bench --version"),
                    (["exec", "-t", "-T", "--", "true"], 64, "-t and -T"),
                ] as [([String], Int32, String)] {
                    let result = try await shop.run(arguments)
                    #expect(result.exitCode == code, "\(result)")
                    #expect(result.errors.contains(text), "\(result)")
                }
                let program = try await shop.run(["exec", "--", "/no/such/program"])
                #expect([126, 127].contains(program.exitCode), "\(program)")
            }
        }

        @Test func `a quarter of a gigabyte goes in and comes back unchanged, in constant memory`() async throws {
            try await withShop { shop in
                let path = "\(shop.directory)/noise"
                _ = try await shop.bash("head -c $((256 << 20)) /dev/urandom >noise")
                let peak = Peak()
                let result = try await shop.run(["exec", "shop", "--", "cat"], input: path) { running in
                    try await Waiting.until(within: .seconds(120)) { !peak.note(running.peakMemory) }
                }
                #expect(result.exitCode == 0, "\(result.errors)")
                #expect(FileManager.default.contentsEqual(atPath: path, andPath: result.outputPath))
                #expect((1 << 20..<160 << 20).contains(peak.bytes), "\(peak.bytes >> 20) MiB")
                for file in [path, result.outputPath] { try FileManager.default.removeItem(atPath: file) }
            }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func `a signal ends the program and what it started inside`(_ signal: Int32) async throws {
            try await withShop { shop in
                let script = "echo started; sleep 765\(signal) & wait"
                let result = try await shop.run(["exec", "shop", "--", "bash", "-c", script]) { running in
                    try await Waiting.until(within: .seconds(20)) { running.output.contains("started") }
                    running.signal(signal)
                }
                #expect(result.exitCode == 128 + signal, "\(result)")
                #expect(result.errors == "")
                #expect(try await !shop.isRunning("765\(signal)"))
            }
        }

        @Test func `a command that holds out against a signal is killed`() async throws {
            try await withShop { shop in
                let script = "trap '' TERM; echo started; while :; do sleep 0.7654; done"
                let result = try await shop.run(["exec", "shop", "--", "bash", "-c", script]) { running in
                    try await Waiting.until(within: .seconds(20)) { running.output.contains("started") }
                    running.signal(SIGTERM)
                    try await ContinuousClock().sleep(for: .milliseconds(300))
                    running.signal(SIGTERM)
                }
                #expect(result.exitCode == 143, "\(result)")
                #expect(result.duration < .seconds(15))
                #expect(try await !shop.isRunning("0.7654"))
            }
        }

        @Test func `a reader that has gone ends the command`() async throws {
            try await withShop { shop in
                let script = "echo one; while :; do echo more 98765; sleep 0.01; done"
                let result = try await shop.bash(
                    "\"$FRAPPECTL\" exec shop -- bash -c '\(script)' | head -1; echo ${PIPESTATUS[0]}")
                #expect(result == "one\n141\n")
                #expect(try await !shop.isRunning("98765"))
            }
        }

        @Test func `an Engine that goes away in the middle is an error`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/gone.sock")
                defer { proxy.stop() }
                let result = try await shop.run(
                    ["exec", "shop", "--", "bash", "-c", "echo started; sleep 60"],
                    environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
                ) { running in
                    try await Waiting.until(within: .seconds(20)) { running.output.contains("started") }
                    proxy.stop()
                }
                #expect([1, 69].contains(result.exitCode), "\(result)")
                #expect(result.errors.contains("Engine") && result.errors.contains("next: "), "\(result)")
                #expect(result.duration < .seconds(20))
            }
        }
    }
}

extension Installation {
    /// Whether a process with this in its command line runs in the shop's web container.
    func isRunning(_ text: String) async throws -> Bool {
        try await exec(try await container(.web).id, ["bash", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"])
            .contains(text)
    }
}

/// The most memory that a program was seen with.
private final class Peak: Sendable {
    private let most = Mutex(0)

    var bytes: Int { most.withLock { $0 } }

    /// False once the program has ended.
    func note(_ memory: Int?) -> Bool {
        guard let memory else { return false }
        most.withLock { $0 = max($0, memory) }
        return true
    }
}
