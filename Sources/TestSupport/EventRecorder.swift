import DockerEngine
import FrappeModel

/// What happened to an installation's containers while something was done, as the Engine tells it.
package enum EventRecorder {
    /// Runs the work and gives every event from before it began until after it ended, in order.
    package static func during<Result: Sendable>(
        _ installation: Installation, _ work: () async throws -> Result
    ) async throws -> (result: Result, events: [ContainerEvent]) {
        let engine = installation.engine
        let mark = "frappectl-test-\(installation.lease.number)-\(UInt32.random(in: .min ... .max))"
        let stream = try await engine.events(filters: ["type": ["container", "volume"], "event": actions])
        async let recorded = record(stream, until: mark)
        let result = try await work()
        // The Engine tells events in order: with this one, all that came before it are here.
        _ = try await engine.createVolume(name: mark, labels: TestLabel.labels(of: installation))
        try await engine.removeVolume(mark)
        let rootID = installation.rootID
        let own = try await recorded.filter { $0.attributes[Label.root] == rootID }
        return (result, own.map(ContainerEvent.init))
    }

    private static let actions = ["create", "start", "restart", "die", "oom", "destroy", "health_status"]

    private static func record(_ stream: EventStream, until mark: String) async throws -> [EngineEvent] {
        var events: [EngineEvent] = []
        for try await event in stream {
            if event.type == "volume", event.actorID == mark { break }
            if event.type == "container" { events.append(event) }
        }
        return events
    }
}

/// One thing that happened to a container.
package struct ContainerEvent: Hashable, Sendable, CustomStringConvertible {
    package let action: String
    /// Nil for a one-shot container.
    package let component: Component?
    package let container: String

    init(_ event: EngineEvent) {
        action = event.action
        component = event.attributes[Label.component].flatMap(Component.init)
        container = event.attributes["name"] ?? event.actorID
    }

    package var description: String { "\(action) \(container)" }
}
