import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// What goes wrong by itself is in `status` within seconds, with the cure.
    @Suite struct TroubleTests {
        private static let configuration = "/home/frappe/frappe-bench/sites/common_site_config.json"

        @Test func `a component that restarts again and again is named within 10 seconds, with its last words`()
            async throws
        {
            try await withShop { shop in
                let web = try await shop.container(.web)
                let worker = try await shop.container(.workerShort)
                let path = Self.configuration
                try await shop.exec(web.id, ["bash", "-c", "cp \(path) /tmp/kept; echo broken > \(path)"])
                let start = ContinuousClock.now
                _ = try await shop.engine.exec(in: worker.id, .init(["bash", "-c", "kill -9 -1"]))
                var component = JSON.null
                let isNamed = try await Waiting.until(within: .seconds(10), every: .milliseconds(100)) {
                    let status = try await shop.succeed(["status", "--json"]).json()
                    component = status.benches[0].components.array.first { $0.name.string == "worker-short-1" } ?? .null
                    let lines = status.attention.array.compactMap(\.string)
                    return lines.contains { line in
                        line.hasPrefix("worker-short-1 of shop restarts again and again (")
                            && line.contains("next: frappectl logs shop worker-short; mend the cause")
                    }
                }
                print("a restart loop was named after \(ContinuousClock.now - start)")
                #expect(isNamed, "\(component)")
                #expect(component.isLooping.bool == true && (component.restarts.int ?? 0) >= 2, "\(component)")
                #expect(
                    component.lastExitCode.int == 1 && component.lastLine.string?.contains("JSONDecodeError") == true,
                    "\(component)")
                let text = try await shop.succeed(["status"]).output
                #expect(text.contains("! worker-short-1 of shop restarts again and again"), "\(text)")
                // A start of its own counts anew.
                try await shop.exec(web.id, ["bash", "-c", "cat /tmp/kept > \(path); rm /tmp/kept"])
                try await shop.engine.restartContainer(worker.id)
                try await shop.succeed(["up"])
                let after = try await shop.succeed(["status", "--json"]).json().attention.array.compactMap(\.string)
                #expect(!after.contains { $0.contains("again and again") }, "\(after)")
            }
        }
    }
}
