import Foundation
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct TerminalTests {
        @Test func `on a terminal progress is drawn in place, and what is printed last is what was observed`()
            async throws
        {
            try await withShop { shop in
                let terminal = try Pseudoterminal(rows: 40, columns: 100)
                let code = try await shop.run(["bench", "scale", "web", "2"], in: terminal) { _ in
                    try await terminal.shows("log in")
                }
                let recording = terminal.text
                #expect(code == 0, "\(recording)")
                let screen = TerminalScreen(rows: 40, recording: recording)
                let lines = screen.text
                #expect(screen.unknown.isEmpty && screen.showsCursor && screen.wraps && !screen.leftScreen)
                #expect(recording.contains("\u{1B}[?25l"))
                #expect(lines.count { $0.hasPrefix("  web-2 ") } == 1, "\(lines)")
                #expect(lines.contains { $0.hasPrefix("shop (") && $0.contains("10 of 10 healthy") }, "\(lines)")
                #expect(lines.contains { $0.hasPrefix("one.localhost ") && $0.contains("Ready") }, "\(lines)")
                try await shop.succeed(["bench", "scale", "web", "1"])
            }
        }

        @Test func `Ctrl-C on a small screen leaves a usable terminal`() async throws {
            try await withShop { shop in
                let terminal = try Pseudoterminal(rows: 4, columns: 40)
                let code = try await shop.run(["bench", "scale", "web", "2"], in: terminal) { _ in
                    try await terminal.shows("web-2")
                    terminal.type("\u{3}")
                }
                let screen = TerminalScreen(rows: 4, recording: terminal.text)
                #expect([0, 130].contains(code))
                #expect(screen.showsCursor && screen.wraps && !screen.leftScreen && terminal.isCooked)
                try await shop.succeed(["bench", "scale", "web", "1"])
            }
        }

        @Test func `Ctrl-C ends waiting for another command at once`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/slow.sock")
                defer { proxy.stop() }
                proxy.setRules([.init("GET /containers/json", .delay(.seconds(4)))])
                let slow = ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
                _ = try await shop.run(["up"], environment: slow) { _ in
                    try await Waiting.until(within: .seconds(10)) { proxy.counts["GET /containers/json"] != nil }
                    let waiting = try await shop.run(["up"]) { running in
                        try await Waiting.until(within: .seconds(10)) { running.errors.contains("waiting for") }
                        running.signal(SIGINT)
                    }
                    #expect(waiting.exitCode == 130, "\(waiting)")
                    #expect(waiting.duration < .seconds(2), "\(waiting)")
                }
            }
        }

        @Test func `without a terminal there are plain lines and no control codes`() async throws {
            try await withShop { shop in
                let up = try await shop.run(["bench", "scale", "web", "2"], environment: ["NO_COLOR": nil])
                #expect(up.errors.contains("ok    shop/web-2"), "\(up)")
                #expect(up.output.contains("10 of 10 healthy"), "\(up)")
                #expect(!(up.output + up.errors).contains("\u{1B}"), "\(up)")
                try await shop.succeed(["bench", "scale", "web", "1"])
            }
        }
    }
}
