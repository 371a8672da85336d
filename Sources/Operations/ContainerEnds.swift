import DockerEngine
import FoundationEssentials
import FrappeModel

/// How a container ended, as far back as the Engine remembers: a few minutes on a busy one.
struct ContainerEnds: Hashable, Sendable {
    /// Ends by a signal 9 that was not sent through the Engine: that is what the kernel does to a main process at the
    /// memory limit.
    var kills = 0
    /// Of the last end that nobody asked the Engine for.
    var lastExitCode: Int?
}

extension EngineAccess {
    /// By container id.
    func ends() async throws -> [String: ContainerEnds] {
        let filters: Filters = [
            "type": ["container"], "event": ["die", "kill", "start"], "label": ["\(Label.root)=\(rootID)"],
        ]
        let now = Date()
        let events = try await call { () async throws(EngineError) in
            try await client.events(
                since: Timestamp(now.addingTimeInterval(-86_400)), until: Timestamp(now), filters: filters)
        }
        var seen: [EngineEvent] = []
        try await cancellable { for try await event in events { seen.append(event) } }
        return Self.ends(seen.map { ($0.actorID, $0.action, $0.attributes["exitCode"]) })
    }

    static func ends(
        _ events: [(container: String, action: String, exitCode: String?)]
    ) -> [String: ContainerEnds] {
        var asked: Set<String> = []
        var ends: [String: ContainerEnds] = [:]
        for event in events {
            switch event.action {
            case "start": asked.remove(event.container)
            case "kill": asked.insert(event.container)
            case "die" where !asked.contains(event.container):
                ends[event.container, default: ContainerEnds()].lastExitCode = event.exitCode.flatMap { Int($0) }
                if event.exitCode == "137" { ends[event.container]?.kills += 1 }
            default: break
            }
        }
        return ends
    }
}

/// A container that ends by itself again and again.
struct RestartLoop: Hashable, Sendable {
    let restarts: Int

    /// Nil for one that has come to rest, however often it was started before.
    ///
    /// - Parameters:
    ///   - startedAt: of its last start; seconds since 1970, as `now`.
    init?(restarts: Int, isRestarting: Bool, startedAt: Double?, now: Double) {
        let isFresh = startedAt.map { now - $0 < Self.rest } ?? false
        guard restarts >= 2, isRestarting || isFresh else { return nil }
        self.restarts = restarts
    }

    /// Seconds that it has to run before it counts as well: the Engine waits as long between two starts at most.
    static let rest = 60.0

    /// What an exit code says by itself; nil where the container's own words say more.
    static func words(exitCode: Int) -> String {
        switch exitCode {
        case 126, 127: "exits with \(exitCode): its image lacks the command"
        case 129...159: "is ended by signal \(exitCode - 128)"
        default: "exits with \(exitCode)"
        }
    }
}
