import Foundation
import FrappeModel
import Synchronization
import TestSupport
import Testing

extension Scenarios.Changing {
    /// A command that holds a lock is killed, and the one that waits goes on.
    @Suite struct TakeoverTests {
        @Test func `what waits for a killed command goes on within a tenth of a second`() async throws {
            try await withShop { shop in
                var times: [Duration] = []
                for _ in 0..<5 { times.append(try await Self.takeover(shop, ["up"], killedAt: nil)) }
                print("takeovers: \(times.map { "\($0)" }.joined(separator: ", "))")
                #expect(times.sorted()[times.count / 2] < .milliseconds(100), "\(times)")
            }
        }

        @Test func `nor does it wait for what the killed command started`() async throws {
            try await withShop { shop in
                LocalProcesses.kill(root: shop.root)
                let nginx = try await Self.takeover(shop, ["up"], killedAt: "fault: proxy told")
                #expect(nginx < .milliseconds(100), "an nginx lives on: \(nginx)")
                let new = ["site", "new", "six.localhost", "--bench", "shop"]
                let oneShot = try await Self.takeover(shop, new, killedAt: "fault: started one-shot new-site")
                #expect(oneShot < .milliseconds(100), "a one-shot container lives on: \(oneShot)")
                print("takeover beside a living nginx: \(nginx), beside a living one-shot container: \(oneShot)")
                #expect(try await shop.browser("six.localhost").get("/api/method/ping").status == 200)
                try await shop.succeed(["delete", "site", "six.localhost", "--yes", "six.localhost"])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        /// Kills the command while an `up` waits for it, and lets that one end.
        ///
        /// - Parameter moment: one that the command is to reach first; nil for whenever the other one waits.
        /// - Returns: how long after the death the other one held the lock.
        private static func takeover(
            _ shop: Installation, _ command: [String], killedAt moment: String?
        ) async throws -> Duration {
            let gate = try EngineProxy(at: "\(shop.directory)/gate.sock")
            defer { gate.stop() }
            // Time for the other one to begin to wait.
            gate.setRules([.init("GET /containers/json", .delay(.seconds(1)))])
            let environment = ["DOCKER_HOST": "unix://\(gate.socketPath)", "FRAPPECTL_FAULT_LOG": "1"]
            let measured = Measured()
            let killed = try await shop.run(command, environment: environment) { holder in
                let holds = try await Waiting.until(within: .seconds(10)) { locks(shop, of: holder.id) }
                #expect(holds)
                let next = try await shop.run(["up"]) { waiter in
                    try await Waiting.until(within: .seconds(10), every: .milliseconds(5)) {
                        waiter.errors.contains("waiting for ")
                    }
                    try await Waiting.until(within: .seconds(60), every: .milliseconds(1)) {
                        moment.map { holder.errors.contains($0) } ?? true
                    }
                    holder.signal(9)
                    let start = ContinuousClock.now
                    try await Waiting.until(within: .seconds(60), every: .milliseconds(1)) {
                        locks(shop, of: waiter.id)
                    }
                    measured.put(ContinuousClock.now - start)
                }
                #expect(next.exitCode == 0, "\(next)")
                #expect(next.errors.contains("waiting for ") && next.errors.contains("pid \(holder.id)"), "\(next)")
            }
            #expect(killed.wasKilled, "\(killed)")
            return measured.value ?? .seconds(60)
        }

        /// Whether the process has written beside a lock that it holds it.
        private static func locks(_ shop: Installation, of process: Int32) -> Bool {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(shop.root)/agent/locks")) ?? []
            return names.contains { $0.hasSuffix(".holder.\(process)") }
        }
    }

    /// Two benches are worked on at the same time.
    @Suite struct SeparateBenchTests {
        @Test func `a long operation on one site does not block work on another bench`() async throws {
            try await withShop { shop in
                let few = ["componentReplicas: {workerDefault: 0, workerShort: 1, workerLong: 0}"]
                try shop.write(shop.benchManifest("spare", extra: few), to: "spare.yaml")
                try await shop.succeed(["up", "-f", "spare.yaml"])
                let slow = try EngineProxy(at: "\(shop.directory)/slow.sock")
                defer { slow.stop() }
                slow.setRules([.init("POST /containers/{id}/wait", .delay(.seconds(15)))])
                let environment = ["DOCKER_HOST": "unix://\(slow.socketPath)"]
                let new = ["site", "new", "six.localhost", "--bench", "shop"]
                let long = try await shop.run(new, environment: environment) { _ in
                    let isWaiting = try await Waiting.until(within: .seconds(30)) {
                        slow.counts["POST /containers/{id}/wait"] != nil
                    }
                    #expect(isWaiting)
                    let own = ["bench", "scale", "shop", "worker-short", "2", "--no-wait"]
                    let refused = try await shop.run(own)
                    #expect(refused.exitCode == 75, "\(refused)")
                    #expect(refused.errors.contains("bench shop is busy: site new by "), "\(refused)")
                    for replicas in ["2", "1"] {
                        let scale = try await shop.run(["bench", "scale", "spare", "worker-short", replicas])
                        #expect(scale.exitCode == 0 && !scale.errors.contains("waiting for "), "\(scale)")
                    }
                }
                #expect(long.exitCode == 0, "\(long)")
                try await shop.succeed(["delete", "site", "six.localhost", "--yes", "six.localhost"])
                try await shop.succeed(["delete", "bench", "spare", "--yes", "spare"])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }
    }
}

/// A time that another task measured.
private final class Measured: Sendable {
    private let time = Mutex<Duration?>(nil)

    var value: Duration? { time.withLock(\.self) }
    func put(_ value: Duration) { time.withLock { $0 = value } }
}
