import Foundation
import TestSupport
import Testing

extension Scenarios.Standing {
    /// The program in a real terminal.
    @Suite struct ShellTests {
        private static let prompt = "frappe-bench$ "

        @Test func `a shell has the terminal's size, its keys and its changes, and gives it back`() async throws {
            try await withShop { shop in
                let terminal = try Pseudoterminal(rows: 33, columns: 111)
                let code = try await shop.run(["shell", "one.localhost"], in: terminal) { _ in
                    try await terminal.expect("web-1 of shop, site one.localhost")
                    try await terminal.expect(Self.prompt)
                    #expect(!terminal.isCooked)
                    terminal.type("stty size; echo $FRAPPE_SITE $TERM\r")
                    try await terminal.expect("33 111\r\none.localhost xterm\r\n")
                    terminal.resize(rows: 40, columns: 90)
                    terminal.type("until [[ $(stty size) == '40 90' ]]; do :; done; echo re''sized\r")
                    try await terminal.expect("\rresized\r\n")
                    terminal.type("sleep 54321\r")
                    try await terminal.expect("sleep 54321\r\n")
                    terminal.type("\u{3}")
                    try await terminal.expect("^C")
                    try await terminal.expect(Self.prompt)
                    // What leaves `docker exec` is for the command here: the last line once more, and a quoted key.
                    terminal.type("echo a''b\r")
                    try await terminal.expect("\rab\r\n")
                    terminal.type("\u{10}\u{11}x\r")
                    try await terminal.expect("\rabx\r\n")
                    terminal.type("exit 9\r")
                }
                #expect(code == 9)
                #expect(terminal.isCooked)
            }
        }

        @Test func `a short command has its terminal whole from its start`() async throws {
            try await withShop { shop in
                for _ in 0..<5 {
                    let terminal = try Pseudoterminal(rows: 31, columns: 77)
                    let code = try await shop.run(["exec", "shop", "--", "stty", "size"], in: terminal) { _ in }
                    #expect(code == 0)
                    #expect(terminal.text == "31 77\r\n")
                }
            }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func `a signal gives the terminal back and ends the shell inside`(_ signal: Int32) async throws {
            try await withShop { shop in
                let terminal = try Pseudoterminal(rows: 24, columns: 80)
                let code = try await shop.run(["shell", "shop"], in: terminal) { process in
                    try await terminal.expect(Self.prompt)
                    terminal.type("sleep 6543\(signal)\r")
                    try await terminal.expect("sleep 6543\(signal)\r\n")
                    kill(process, signal)
                }
                #expect(code == 128 + signal)
                #expect(terminal.isCooked)
                #expect(try await !shop.isRunning("6543\(signal)"))
            }
        }

        @Test func `an error gives the terminal back`() async throws {
            try await withShop { shop in
                let proxy = try EngineProxy(at: "\(shop.directory)/tty.sock")
                defer { proxy.stop() }
                let terminal = try Pseudoterminal(rows: 24, columns: 80)
                let environment = ["DOCKER_HOST": "unix://\(proxy.socketPath)"]
                let code = try await shop.run(["shell", "shop"], in: terminal, environment: environment) { _ in
                    try await terminal.expect(Self.prompt)
                    proxy.stop()
                }
                #expect([1, 69].contains(code))
                #expect(terminal.isCooked)
                #expect(terminal.text.contains("next: "), "\(terminal.text)")
            }
        }
    }
}
