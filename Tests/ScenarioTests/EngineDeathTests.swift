import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// The Engine is killed under a verb: the verb says so, and once it is back one rerun finishes the work.
    @Suite(.enabled(if: OwnEngine.current != nil, "by: scripts/engine own")) struct EngineDeathTests {
        @Test func `an Engine that dies in the middle of an up is told, and one rerun finishes`() async throws {
            try await TwoBenches.with { machine, host, answers in
                for (number, moment) in Self.moments.enumerated() {
                    try host.write(Self.change(host, number), to: "change.yaml")
                    let (up, counts) = try await answers.during {
                        let up = try await Self.up(host, losing: machine, at: moment)
                        try machine.startEngine()
                        #expect(try await machine.answers(host))
                        try await host.succeed(["up"])
                        return up
                    }
                    #expect(up.exitCode == 69 || up.exitCode == 1, "\(moment): \(up)")
                    #expect(up.errors.contains("next: "), "\(moment): \(up)")
                    try await Self.expectWhole(host, "\(moment): \(up)")
                    TwoBenches.expectNoStrangers(counts, moment)
                    let missing = await answers.missing()
                    #expect(missing.isEmpty, "\(moment)")
                }
            }
        }

        /// A call of the Engine that has just been made, or a moment of the program.
        private static let moments = ["POST /containers/{id}/start", "fault: started one-shot new-site"]

        /// Another size for what serves, and one more site.
        private static func change(_ host: Installation, _ number: Int) -> String {
            host.manifests([
                host.benchManifest(
                    "left",
                    extra: [
                        "componentReplicas: {workerDefault: 0, workerShort: 1, workerLong: 0}",
                        "componentResources:", "  gunicorn: {limits: {memory: \(640 + number)Mi}}",
                    ]), host.siteManifest("more-\(number).localhost", bench: "right"),
            ])
        }

        private static func up(_ host: Installation, losing machine: OwnEngine, at moment: String) async throws
            -> ProgramResult
        {
            let proxy = try EngineProxy(at: "\(host.directory)/counting.sock")
            defer { proxy.stop() }
            let environment = ["DOCKER_HOST": "unix://\(proxy.socketPath)", "FRAPPECTL_FAULT_LOG": "1"]
            return try await host.run(["up", "-f", "change.yaml"], environment: environment) { running in
                let hasCome = try await Waiting.until(within: .seconds(60), every: .milliseconds(2)) {
                    proxy.counts[moment] != nil || running.errors.contains(moment)
                }
                #expect(hasCome, "\(moment)")
                try await machine.killEngine()
            }
        }

        /// Nothing is left to be done, and nothing is left over.
        private static func expectWhole(_ host: Installation, _ moment: String) async throws {
            let plan = try await host.run(["plan"])
            #expect(plan.exitCode == 0, "\(moment): \(plan)")
            let sites = try await host.succeed(["site", "list", "--json"]).json().array
            #expect(sites.allSatisfy { $0.phase.string == "Ready" }, "\(moment): \(sites)")
            let leftovers = try await host.containers().filter { $0.labels[Label.step] != nil }
            #expect(leftovers.isEmpty, "\(moment)")
            let databases = try await host.sql("SHOW DATABASES").filter { $0.hasPrefix("_") }
            let accounts = try await host.sql("SELECT user FROM mysql.user").filter { $0.hasPrefix("_") }
            #expect(databases.count == sites.count && databases.sorted() == accounts.sorted(), "\(moment)")
        }
    }
}
