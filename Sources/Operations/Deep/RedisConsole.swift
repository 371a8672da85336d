import FrappeModel

/// Commands to a Redis of ours, over the standard input of a client inside its container.
struct RedisConsole: Sendable {
    let engine: EngineAccess
    let container: String
    let client: String

    /// Nil for what is no Redis in its settings, as DragonFly.
    init?(engine: EngineAccess, container: String, definition: ContainerDefinition) {
        guard let server = definition.command?.first, server.hasSuffix("-server") else { return nil }
        self.engine = engine
        self.container = container
        client = server.replacing("-server", with: "-cli")
    }

    private static let settings = ["appendfsync", "appendonly", "maxmemory", "maxmemory-policy", "save"]

    func look() async throws -> RedisLook {
        let commands = Self.settings.map { "CONFIG GET \($0)\n" } + ["ACL LIST\n", "ECHO end\n"]
        let lines = try await run([], input: commands.joined())
        var look = RedisLook()
        // A name, then its value, which may be an empty line.
        for (name, value) in zip(lines, lines.dropFirst()) where Self.settings.contains(name) {
            look.settings[name] = value
        }
        look.users = lines.filter { $0.hasPrefix("user ") }
        return look
    }

    /// Bytes of the append-only file; nil where none is kept.
    func journalSize() async throws -> Int? {
        let name = "aof_current_size:"
        // Its lines end as those of mails do, which is one character here.
        let lines = try await run(["INFO", "persistence"]).flatMap { $0.split(whereSeparator: \.isNewline) }
        let line = lines.first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count).filter(\.isNumber)) }
    }

    func set(_ settings: [String: String]) async throws {
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            let answer = try await run(["CONFIG", "SET", name, value])
            guard answer == ["OK"] else {
                let reason = TerminalText.plain(answer.joined(separator: " "))
                throw StepReason(description: "Redis refused CONFIG SET \(name): \(reason)", next: "frappectl doctor")
            }
        }
    }

    private func run(_ command: [String], input: String? = nil) async throws -> [String] {
        let answer = try await engine.exec(container, [client] + command, input: input.map { [UInt8]($0.utf8) })
        guard answer.exitCode == 0, !answer.output.hasPrefix("NOAUTH") else {
            throw StepReason(description: "\(client) exited with \(answer.exitCode)")
        }
        return answer.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
