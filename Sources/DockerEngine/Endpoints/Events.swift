import FoundationEssentials

extension EngineClient {
    /// What happens on the Engine, from `since` on (from now without it) and for ever unless there is an `until`.
    ///
    /// Returns once the Engine listens; nothing that happens after the call is missed.
    package func events(
        since: Timestamp? = nil, until: Timestamp? = nil, filters: Filters = [:]
    ) async throws(EngineError) -> EventStream {
        var call = EngineCall(.get, "events")
        // The Engine answers before it subscribes: only with `since` does it look back over the gap.
        call.ask("since", (since ?? Timestamp(Date())).seconds)
        call.ask("until", until?.seconds)
        try call.ask(filters)
        return EventStream(lines: JSONLines(try await open(call).body, client: self, request: call.label))
    }
}

/// Something that happened to an object of the Engine.
package struct EngineEvent: Hashable, Sendable, Decodable {
    /// container, network, image, volume, …
    package let type: String
    /// die, start, "health_status: healthy", "exec_create: bash", …
    package let action: String
    package let actorID: String
    /// The object's labels among others; containers have `name`, `image`, and `exitCode` when they die.
    package let attributes: [String: String]
    package let time: Timestamp

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        type = object["Type", or: ""]
        action = object["Action", or: ""]
        let actor = object.object("Actor")
        actorID = actor?["ID", or: ""] ?? ""
        attributes = actor?["Attributes", or: [:]] ?? [:]
        let seconds = Timestamp(secondsSinceEpoch: object["time", or: 0])
        time = object.optional("timeNano").map(Timestamp.init(nanosecondsSinceEpoch:)) ?? seconds
    }
}

/// Events as they happen, for one reader.
package struct EventStream: AsyncSequence, Sendable {
    let lines: JSONLines

    package struct Iterator: AsyncIteratorProtocol {
        var lines: JSONLines

        package mutating func next() async throws(EngineError) -> EngineEvent? {
            try await lines.next(EngineEvent.self)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(EngineError) -> EngineEvent? {
            try await next()
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(lines: lines)
    }
}
