import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// What is replaced while it is at work.
    @Suite struct ReplacementTests {
        @Test func `socketio and a busy worker are replaced: no connection is refused and no job is lost`()
            async throws
        {
            try await withShop { shop in
                let resources = ["socketio", "workerShort"].map { "  \($0): {limits: {memory: 300Mi}}" }
                try shop.write(shop.benchManifest(extra: ["componentResources:"] + resources), to: "resources.yaml")
                let before = (try await shop.container(.socketio).id, try await shop.container(.workerShort).id)
                let browser = try await shop.administrator("one.localhost")
                // The first one outlives the run, which takes some seconds.
                var jobs: [String] = []
                for seconds in [25, 1, 1, 1] {
                    jobs.append(try await browser.enqueue(queue: "short", seconds: seconds))
                }
                let first = jobs[0]
                #expect(try await Waiting.until(within: .seconds(20)) { try await browser.job(first).started != .null })
                let sockets = RequestStream(
                    port: shop.port, host: "one.localhost", path: "/socket.io/?EIO=4&transport=polling")
                let (up, report) = try await sockets.during { try await shop.succeed(["up", "-f", "resources.yaml"]) }
                #expect(report.failures == [], "\(report.failures.count) of \(report.requests)")
                #expect(report.requests > 30)
                #expect(try await shop.container(.socketio).id != before.0, "\(up)")
                #expect(
                    try await shop.containers(.workerShort).contains { $0.id == before.1 }, "the busy one was ended")
                for job in jobs {
                    let isDone = try await Waiting.until(within: .seconds(60)) {
                        try await browser.job(job).finished != .null
                    }
                    #expect(isDone, "job \(job) was lost")
                }
                #expect(
                    try await Waiting.until(within: .seconds(20)) {
                        try await shop.containers(.workerShort).filter { $0.state == .running }.count == 1
                    })
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await shop.containers(.workerShort).count == 1)
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        /// The signal never arrives, or it does and the Engine's answer is lost: only Redis knows which.
        @Test(arguments: [EngineProxy.Action.answer(500), .cutAfter])
        func `a busy worker that may have been told to go is told exactly once`(action: EngineProxy.Action) async throws
        {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                let worker = try await shop.container(.workerShort)
                let job = try await browser.enqueue(queue: "short", seconds: 12)
                #expect(try await Waiting.until(within: .seconds(20)) { try await browser.job(job).started != .null })
                let proxy = try EngineProxy(at: "\(shop.directory)/drain.sock")
                defer { proxy.stop() }
                proxy.setRules([.init("POST /containers/{id}/kill", action)])
                let scale = ["bench", "scale", "shop", "worker-short", "0"]
                let lost = try await shop.run(scale, environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"])
                #expect(lost.exitCode == 1 && lost.errors.contains("next: "), "\(lost)")
                try await shop.succeed(["up"])
                #expect(try await shop.containers(.workerShort).contains { $0.id == worker.id }, "the job was cut off")
                #expect(
                    try await Waiting.until(within: .seconds(40)) { try await browser.job(job).finished != .null },
                    "job \(job) was lost")
                let hasGone = try await Waiting.until(within: .seconds(20)) {
                    try await shop.containers(.workerShort).allSatisfy { $0.state != .running }
                }
                #expect(hasGone, "nobody told it to go")
                try await shop.succeed(["up"])
                #expect(try await shop.containers(.workerShort).isEmpty)
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }
    }
}
