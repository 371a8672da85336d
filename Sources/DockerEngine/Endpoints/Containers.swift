extension EngineClient {
    /// Containers that fit the filters; by default those that do not run too.
    package func containers(all: Bool = true, filters: Filters = [:]) async throws(EngineError) -> [ContainerSummary] {
        try await value(try .containers(all: all, filters: filters))
    }

    package func createContainer(name: String, _ spec: ContainerSpec) async throws(EngineError) -> CreatedContainer {
        var call = EngineCall(.post, "containers", "create")
        call.ask("name", name)
        try call.send(spec)
        return try await value(call)
    }

    /// Does nothing to one that runs.
    package func startContainer(_ id: String) async throws(EngineError) {
        try await answer(EngineCall(.post, "containers", id, "start"))
    }

    /// Sends the stop signal, and SIGKILL after the timeout; nil takes the container's own, or the Engine's 10 s.
    package func stopContainer(_ id: String, timeout: Duration? = nil) async throws(EngineError) {
        try await answer(ending(id, "stop", timeout))
    }

    package func restartContainer(_ id: String, timeout: Duration? = nil) async throws(EngineError) {
        try await answer(ending(id, "restart", timeout))
    }

    package func killContainer(_ id: String, signal: String = "SIGKILL") async throws(EngineError) {
        var call = EngineCall(.post, "containers", id, "kill")
        call.ask("signal", signal)
        try await answer(call)
    }

    package func pauseContainer(_ id: String) async throws(EngineError) {
        try await answer(EngineCall(.post, "containers", id, "pause"))
    }

    package func unpauseContainer(_ id: String) async throws(EngineError) {
        try await answer(EngineCall(.post, "containers", id, "unpause"))
    }

    package func renameContainer(_ id: String, to name: String) async throws(EngineError) {
        var call = EngineCall(.post, "containers", id, "rename")
        call.ask("name", name)
        try await answer(call)
    }

    /// - Parameter volumes: whether its anonymous volumes go too; nothing else would ever remove them.
    package func removeContainer(
        _ id: String, force: Bool = false, volumes: Bool = true
    ) async throws(EngineError) {
        var call = EngineCall(.delete, "containers", id)
        call.ask("force", force)
        call.ask("v", volumes)
        try await answer(call)
    }

    package func inspectContainer(_ id: String) async throws(EngineError) -> ContainerDetail {
        try await value(EngineCall(.get, "containers", id, "json"))
    }

    /// Waits for ever; cancel to give up.
    package func waitForContainer(
        _ id: String, until condition: WaitCondition = .notRunning
    ) async throws(EngineError) -> ContainerExit {
        var call = EngineCall(.post, "containers", id, "wait")
        call.ask("condition", condition.rawValue)
        call.timeout = nil
        return try await value(call)
    }

    /// Changes limits while it runs; returns the Engine's warnings.
    @discardableResult
    package func updateContainer(_ id: String, _ limits: ContainerLimits) async throws(EngineError) -> [String] {
        var call = EngineCall(.post, "containers", id, "update")
        try call.send(limits)
        return try await value(call, as: Warnings.self).list
    }

    package func processes(of id: String) async throws(EngineError) -> ProcessTable {
        try await value(EngineCall(.get, "containers", id, "top"))
    }

    private func ending(_ id: String, _ verb: String, _ timeout: Duration?) -> EngineCall {
        var call = EngineCall(.post, "containers", id, verb)
        call.ask("t", timeout.map { String($0.components.seconds) })
        call.timeout = EngineCall.changeTimeout + (timeout ?? .seconds(3600))
        return call
    }
}

/// What to wait for.
package enum WaitCondition: String, Sendable {
    /// Also true of a container that was never started.
    case notRunning = "not-running"
    case nextExit = "next-exit"
    case removed
}

/// How a container ended.
package struct ContainerExit: Hashable, Sendable, Decodable {
    package let code: Int
    /// Set when waiting itself failed.
    package let error: String?

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        code = try object.decode(Int.self, forKey: "StatusCode")
        error = object.object("Error")?.optional("Message")
    }
}

package struct CreatedContainer: Hashable, Sendable, Decodable {
    package let id: String
    package let warnings: [String]

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        id = try object.decode(String.self, forKey: "Id")
        warnings = object["Warnings", or: []]
    }
}

/// The processes inside a container, as `ps` on the host lists them.
package struct ProcessTable: Hashable, Sendable, Decodable {
    package let titles: [String]
    package let processes: [[String]]

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        titles = object["Titles", or: []]
        processes = object["Processes", or: []]
    }
}

private struct Warnings: Decodable {
    let list: [String]

    init(from decoder: any Decoder) throws {
        list = try decoder.object()["Warnings", or: []]
    }
}

extension EngineCall {
    static func containers(all: Bool, filters: Filters) throws(EngineError) -> EngineCall {
        var call = EngineCall(.get, "containers", "json")
        call.ask("all", all)
        try call.ask(filters)
        return call
    }
}
