import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// Ctrl-C: the command stops at once and says how to go on, what serves goes on serving, and the next run finishes.
    @Suite struct InterruptTests {
        @Test(arguments: ["fault: proxy staged", "fault: started one-shot new-site"])
        func `it stops cleanly at any moment of an up`(moment: String) async throws {
            try await withShop { shop in
                try shop.write(Self.change(shop), to: "change.yaml")
                let stream = RequestStream(port: shop.port, host: "one.localhost")
                let (results, report) = try await stream.during {
                    let stopped = try await Self.up(shop, interruptedAt: moment)
                    return (stopped, try await shop.run(["up"]))
                }
                let (stopped, again) = results
                #expect(stopped.exitCode == 130 && !stopped.wasKilled, "\(stopped)")
                #expect(
                    stopped.errors.hasSuffix(
                        "interrupted: what serves goes on serving\n  next: the same command again goes on from here\n"),
                    "\(stopped)")
                #expect(again.exitCode == 0, "\(again)")
                #expect(report.failures.isEmpty && report.requests > 10, "\(report.failures.prefix(3))")
                if again.output.contains("finishes its job") {
                    // On a slow machine an idle worker takes longer to go than a run waits for it.
                    let hasGone = try await Waiting.until(within: .seconds(60), every: .milliseconds(200)) {
                        try await shop.run(["plan"]).exitCode != 0
                    }
                    #expect(hasGone, "\(again)")
                    try await shop.succeed(["up"])
                }
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 0, "\(plan)")
                let leftovers = try await shop.containers().filter { $0.labels[Label.step] != nil }
                #expect(leftovers.isEmpty)
                #expect(try await shop.browser("six.localhost").get("/api/method/ping").status == 200)
                try await shop.succeed(["delete", "site", "six.localhost", "--yes", "six.localhost"])
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }

        /// Another size for what serves and for a worker, and one more site.
        private static func change(_ shop: Installation) -> String {
            let bench = shop.benchManifest(extra: [
                "componentResources:", "  gunicorn: {limits: {memory: 640Mi}}",
                "  workerShort: {limits: {memory: 300Mi}}",
            ])
            return shop.manifests([bench, shop.siteManifest("six.localhost")])
        }

        private static func up(_ shop: Installation, interruptedAt moment: String) async throws -> ProgramResult {
            try await shop.run(["up", "-f", "change.yaml"], environment: ["FRAPPECTL_FAULT_LOG": "1"]) { running in
                let hasCome = try await Waiting.until(within: .seconds(60), every: .milliseconds(2)) {
                    running.errors.contains(moment)
                }
                #expect(hasCome, "\(moment)")
                running.signal(2)
                let start = ContinuousClock.now
                try await Waiting.until(within: .seconds(20), every: .milliseconds(5)) {
                    LocalProcesses.title(of: running.id).isEmpty
                }
                #expect(ContinuousClock.now - start < .seconds(2), "it ends at once")
            }
        }
    }
}
