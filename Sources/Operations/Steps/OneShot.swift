import FrappeModel
import Rendering

/// Work that lasts or changes data, in a container of its own that outlives this process.
///
/// Its name follows from what it does, so that a rerun finds the one that a dead process left: it waits for it,
/// takes its result, or removes it.
struct OneShot: Sendable {
    let host: HostContext
    let operation: Int64
    let name: String
    let step: String
    var labels: [String: String] = [:]

    /// The steps of those that verbs without a lock run, too.
    static let looks: Set<String> = ["measure", "external-database", "redis"]

    /// The step of those that read what an image contains, for nobody but who started them.
    static let facts = "facts"

    /// What became of a container that an earlier run left.
    enum Leftover {
        case none
        case finished(exitCode: Int)
    }

    /// Waits for one that still runs; removes nothing.
    func awaitLeftover(output: @escaping @Sendable (String) -> Void) async throws -> Leftover {
        guard let state = try await host.engine.state(of: name) else { return .none }
        if state.isRunning { return .finished(exitCode: try await finish(state.id, output: output)) }
        return state.hasStarted ? .finished(exitCode: state.exitCode) : .none
    }

    /// Runs the definition to its end and gives its exit code; one of that name that is there is removed first.
    func run(
        _ definition: ContainerDefinition, files: [String: [UInt8]] = [:],
        output: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Int {
        try await remove()
        var labels = self.labels
        labels[Label.step] = step
        labels[Label.operation] = "\(operation)"
        let id = try await host.engine.create(name: name, definition: definition, labels: labels)
        if !files.isEmpty { try await host.engine.upload(files, to: id) }
        FaultPoint.pass("created one-shot \(step)")
        try await host.engine.start(id)
        FaultPoint.pass("started one-shot \(step)")
        let code = try await finish(id, output: output)
        FaultPoint.pass("finished one-shot \(step)")
        return code
    }

    /// The same, and takes it away.
    ///
    /// - Returns: its exit code and, where that is not 0, what is known of why.
    func complete(
        _ definition: ContainerDefinition, files: [String: [UInt8]] = [:],
        output: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> (code: Int, lines: [String]) {
        let code = try await run(definition, files: files, output: output)
        let lines = code == 0 ? [] : await failureLines()
        try await remove()
        return (code, lines)
    }

    private func finish(_ id: String, output: @escaping @Sendable (String) -> Void) async throws -> Int {
        async let following: Void = host.engine.follow(id, line: output)
        let code = try await host.engine.exitCode(of: id)
        _ = try? await following
        return code
    }

    /// The last lines it printed.
    func lastLines(_ count: Int = 20) async -> [String] { await host.engine.lastLines(of: name, count: count) }

    /// Of one that failed: the same, and what the Engine alone knows of its end.
    func failureLines() async -> [String] {
        let lines = await lastLines()
        guard let state = try? await host.engine.state(of: name), state.wasKilledForMemory else { return lines }
        let limit = state.memoryLimit.map { " of \(Quantity.bytes($0))" } ?? ""
        return lines + [
            "it reached its memory limit\(limit); raise spec.jobResources of the bench: "
                + "frappectl explain FrappeBench.spec.jobResources"
        ]
    }

    func remove() async throws { try await host.engine.removeWhole(name) }
}
