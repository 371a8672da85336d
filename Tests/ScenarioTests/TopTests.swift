import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
    /// `top`: what components use, as the kernel counts it.
    @Suite struct TopTests {
        /// Writes 8 MiB again and again and computes, until it is told to end by its file going away.
        private static let busy = """
            import os, time
            path = "/home/frappe/frappe-bench/logs/busy"
            end = time.time() + 60
            while time.time() < end and (time.time() < end - 55 or os.path.exists(path)):
                with open(path + ".data", "wb") as file:
                    file.write(b"x" * (8 << 20)); file.flush(); os.fsync(file.fileno())
                sum(range(2000000))
            os.path.exists(path + ".data") and os.remove(path + ".data")
            """

        @Test func `top tells each component's CPU, memory and disk, against its limits and the budget`() async throws {
            try await withShop { shop in
                let web = try await shop.container(.web)
                let python = "/home/frappe/frappe-bench/env/bin/python"
                let logs = "/home/frappe/frappe-bench/logs/busy"
                async let work = shop.exec(web.id, ["bash", "-c", "touch \(logs); \(python) -c '\(Self.busy)'"])
                let written = try await Waiting.until(within: .seconds(20)) {
                    try await shop.run(["top", "--json"]).json().components.array.contains {
                        $0.name.string == "web-1" && ($0.diskWritten.int ?? 0) > 1 << 20
                            && ($0.cpu.double ?? 0) > 0.1
                    }
                }
                try await shop.exec(web.id, ["rm", logs])
                _ = try await work
                #expect(written)
                let answer = try await shop.succeed(["top", "--json"]).json()
                let components = answer.components.array
                let expected = try await shop.containers().count { $0.state == .running }
                #expect(components.count == expected, "\(components)")
                #expect(components.allSatisfy { ($0.memory.int ?? 0) > 0 && ($0.memoryLimit.int ?? 0) > 0 })
                #expect(answer.total.memory.int == components.compactMap(\.memory.int).reduce(0, +))
                #expect(answer.machine.memoryLimits.int == components.compactMap(\.memoryLimit.int).reduce(0, +))
                #expect(components.first { $0.name.string == "web-1" }?.cpuLimit.double == 1)
            }
        }

        @Test func `top without a terminal is one table, sorted as it was asked for`() async throws {
            try await withShop { shop in
                let lines = try await shop.succeed(["top", "shop", "--sort", "memory"]).output.split(separator: "\n")
                #expect(lines.first?.hasPrefix("host ") == true)
                #expect(lines.last?.contains("together") == true)
                #expect(!lines.contains { $0.contains("mariadb") }, "of the bench alone")
                let sorted = try await shop.succeed(["top", "--json", "--sort", "memory"]).json().components.array
                    .compactMap(\.memory.int)
                #expect(sorted == sorted.sorted(by: >))
                let unknown = try await shop.run(["top", "shoop"])
                #expect(unknown.exitCode != 0 && unknown.errors.contains("shoop"), "\(unknown)")
            }
        }

        @Test func `top is drawn again and again on a terminal, and q ends it`() async throws {
            try await withShop { shop in
                let terminal = try Pseudoterminal(rows: 40, columns: 140)
                let code = try await shop.run(["top", "--every", "0.3"], in: terminal) { _ in
                    for _ in 0..<3 { try await terminal.expect("every 0.3 s") }
                    terminal.type("q")
                }
                #expect(code == 0 || code == 130, "\(code)")
                #expect(terminal.isCooked)
                #expect(terminal.text.contains("worker-short-1"), "the last picture stays")
            }
        }
    }
}
