import Foundation
import TestSupport
import Testing

extension Scenarios.Standing {
    @Suite struct LogsTests {
        @Test func `logs are of the components that were asked for, merged by time`() async throws {
            try await withShop { shop in
                let all = try await shop.succeed(["logs", "shop", "--tail", "5"]).output
                #expect(all.contains("web-1 ") && all.contains("scheduler ") && !all.contains("mariadb"))
                let web = try await shop.succeed(["logs", "web-1"]).output
                #expect(web.contains("] Listening at: unix:/run/frappectl/") && !web.contains("web-1 |"), "\(web)")
                _ = try await shop.send(.init(.get, "/login", headers: ["Host": "one.localhost"]))
                let merged = try await shop.succeed(["logs", "mariadb", "nginx", "web", "shop", "--json"])
                let lines = try merged.output.split(separator: "\n").map { try JSON(String($0)) }
                let times = lines.compactMap(\.time.string)
                #expect(times.count == lines.count && times == times.sorted())
                let components = Set(lines.compactMap(\.component.string))
                #expect(components == ["mariadb frappe-mariadb", "nginx", "web-1"])
                #expect(lines.last?.text.string?.contains("\"path\":\"/login\"") == true, "\(lines.last as Any)")
                let order = lines.compactMap(\.component.string)
                #expect(order.firstIndex(of: "mariadb frappe-mariadb") ?? 0 < order.firstIndex(of: "web-1") ?? 0)
            }
        }

        @Test func `lines are chosen by regular expression and by time`() async throws {
            try await withShop { shop in
                let all = try await shop.succeed(["logs", "web", "--since", "1d"]).output.split(separator: "\n")
                let with = try await shop.succeed(["logs", "web", "-g", "listening|BOOTING", "-i"]).output
                let without = try await shop.succeed(["logs", "web", "-g", "Listening|Booting", "-v"]).output
                let (chosen, others) = (with.split(separator: "\n"), without.split(separator: "\n"))
                #expect(chosen.count >= 2 && others.count >= 2 && chosen.count + others.count == all.count)
                #expect(try await shop.succeed(["logs", "web", "-g", "listening"]).output == "")
                #expect(try await shop.succeed(["logs", "web", "--until", "1d"]).output == "")
                for arguments in [
                    ["-g", "("], ["-v"], ["wbe"], ["--since", "yesterday"], ["-f", "--until", "1m"], ["--tail=-1"],
                ] {
                    let bad = try await shop.run(["logs"] + arguments)
                    #expect(bad.exitCode == 64, "\(bad)")
                }
                #expect(try await shop.run(["logs", "wbe"]).errors.contains("Did you mean web?"))
            }
        }

        @Test func `what a container writes cannot act on the terminal, nor fill the memory`() async throws {
            try await withShop { shop in
                let script = """
                    printf 'evil \\e[2J\\e[31mred\\e[0m \\a\\n' >/proc/1/fd/1
                    { head -c 10000000 /dev/zero | tr '\\0' x; echo; echo after; } >/proc/1/fd/1
                    """
                try await shop.exec(try await shop.container(.socketio).id, ["bash", "-c", script])
                // The Engine counts each 16 KiB of a long line as one.
                let text = try await shop.succeed(["logs", "socketio", "--tail", "1000"]).output
                #expect(text.contains("evil \\e[2Jred \\u{7}\n"), "\(text.prefix(500))")
                #expect(text.hasSuffix("after\n"))
                let longest = text.split(separator: "\n").map(\.utf8.count).max() ?? 0
                #expect((60_000..<70_000).contains(longest), "\(longest)")
                #expect(text.contains("xxx ... (cut after 64 KiB)\n"))
                let terminal = try Pseudoterminal(rows: 24, columns: 80)
                let code = try await shop.run(["logs", "socketio", "--tail", "1000"], in: terminal) { _ in
                    try await terminal.shows("after")
                }
                let shown = terminal.text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
                #expect(code == 0 && shown.contains("evil \\e[2Jred \\u{7}"), "\(shown.prefix(500))")
                #expect(!shown.contains("\u{1B}") && !shown.contains("\u{7}"))
            }
        }

        @Test func `on a terminal each component has its colour, unless it is refused`() async throws {
            try await withShop { shop in
                func logs(_ arguments: [String], _ environment: [String: String?] = [:]) async throws -> String {
                    let terminal = try Pseudoterminal(rows: 24, columns: 200)
                    let shown = Task { try await terminal.expect("never", within: .seconds(60)) }
                    let code = try await shop.run(
                        ["logs", "web", "scheduler"] + arguments, in: terminal, environment: environment
                    ) { _ in }
                    shown.cancel()
                    #expect(code == 0)
                    return terminal.text
                }
                let coloured = try await logs([])
                let web = try #require(coloured.firstMatch(of: #/\u{1B}\[(\d+)mweb-1    /#))
                let scheduler = try #require(coloured.firstMatch(of: #/\u{1B}\[(\d+)mscheduler\u{1B}\[0m \| /#))
                #expect(web.1 != scheduler.1)
                #expect(coloured.matches(of: #/\u{1B}\[(\d+)mweb-1/#).allSatisfy { $0.1 == web.1 })
                #expect(try await !logs(["--no-color"]).contains("\u{1B}["))
                #expect(try await !logs([], ["NO_COLOR": "1"]).contains("\u{1B}["))
                #expect(try await !shop.run(["logs"], environment: ["NO_COLOR": nil]).output.contains("\u{1B}["))
            }
        }

        @Test func `following ends quietly with Ctrl-C, and reading with its reader`() async throws {
            try await withShop { shop in
                let following = try await shop.run(["logs", "shop", "web", "nginx", "-f", "--tail", "0"]) { running in
                    try await Waiting.until(within: .seconds(20)) {
                        _ = try await shop.send(.init(.get, "/login", headers: ["Host": "two.localhost"]))
                        return running.output.contains("\"site\":\"two.localhost\"")
                    }
                    running.signal(SIGINT)
                }
                #expect(following.exitCode == 130, "\(following)")
                #expect(following.errors == "" && following.output.hasPrefix("nginx | {\"time\""), "\(following)")
                let head = try await shop.bash("\"$FRAPPECTL\" logs | head -1 | wc -l; echo ${PIPESTATUS[0]}")
                #expect(head == "1\n0\n")
            }
        }
    }
}

extension Scenarios.Changing {
    @Suite struct LogFollowingTests {
        @Test func `following goes on with the containers that take the place of others`() async throws {
            try await withShop { shop in
                let result = try await shop.run(["logs", "shop", "web", "scheduler", "-f"]) { running in
                    let first = try await shop.container(.scheduler).id
                    try await Waiting.until(within: .seconds(20)) { running.output.contains("scheduler | ") }
                    try await shop.succeed(["bench", "scale", "shop", "web", "2"])
                    try await Waiting.until(within: .seconds(20)) { running.output.contains("web-2     | ") }
                    try await shop.engine.restartContainer(first)
                    try await Waiting.until(within: .seconds(20)) {
                        running.output.split(separator: "\n").count { $0.hasPrefix("scheduler | Linking") } == 2
                    }
                    try await shop.succeed(["bench", "scale", "shop", "web", "1"])
                    running.signal(SIGTERM)
                }
                #expect(result.exitCode == 143, "\(result)")
                #expect(result.output.contains("web-2     | "))
                let lines = result.output.split(separator: "\n")
                #expect(lines.count { $0.hasPrefix("scheduler | Linking") } == 2, "\(result)")
                // Nothing is said twice, neither at the seam between what was there and what came, nor at a restart.
                let web = lines.filter { $0.hasPrefix("web-1 ") && $0.contains("] Listening at") }
                let written = try await shop.succeed(["logs", "web-1", "-g", "] Listening at"]).output
                #expect(web.count == written.split(separator: "\n").count, "\(result)")
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }
    }
}
