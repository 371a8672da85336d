import DockerEngine
import FrappeModel
import ManifestParsing

/// `logs`: what the components of benches write, as one stream by time.
package struct Logs: Sendable {
    /// Takes one line; while it is at work the logs wait.
    package typealias Sink = @Sendable (LogRecord) async -> Void

    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// The logs that are there now are told before their first line; following ends only when it is cancelled.
    package func run(
        _ request: LogRequest, sources: ([LogSource]) async -> Void, line: @escaping Sink
    ) async throws {
        let benches = try host.store.documents().filter { $0.key.kind == .bench }.map(\.key.object)
        var selection = try LogSelection(words: request.words, benches: Set(benches))
        // Whatever starts from here on is told by the Engine.
        let start = Timestamp(nanosecondsSinceEpoch: Int64(host.now * 1e9))
        let observed = try await host.engine.containers()
        selection = selection.narrowed(to: observed, host.layout)
        let containers = observed.compactMap { container -> LoggedContainer? in
            guard let identity = container.identity, selection.contains(identity) else { return nil }
            return LoggedContainer(id: container.id, source: LogSource(identity))
        }
        let files = selection.hasNginx ? selection.benches.sorted().flatMap { NginxLog.all(of: $0, host.layout) } : []
        let all = Set(containers.map(\.source)).union(files.map(\.source))
        guard !all.isEmpty || request.follows else {
            let words = request.words.map(SafeText.word).joined(separator: " ")
            let what =
                request.words.isEmpty
                ? "there is no container, so there is no log" : "nothing called \(words) has a log"
            throw OperationError.failed(what, next: "frappectl status shows what there is; frappectl up starts it")
        }
        await sources(all.sorted())
        var known = LogPositions()
        try await host.engine.cancellable { known = try await backlog(request, containers, files, line) }
        guard request.follows else { return }
        try await LogFollowing(host: host, selection: selection, request: request, known: known, sink: line)
            .run(containers, files, since: start)
    }

    /// Everything up to now, in order; how far each log was read.
    private func backlog(
        _ request: LogRequest, _ containers: [LoggedContainer], _ files: [NginxLog], _ line: Sink
    ) async throws -> LogPositions {
        var positions = LogPositions()
        for file in files { positions.files[file.path] = FilePosition.end(of: file.path) }
        var readers: [any LogReading] = containers.map { container in
            let stream = host.engine.client.logs(of: container.id, request.options)
            return ContainerLogReader(container, stream)
        }
        for file in files {
            if let end = positions.files[file.path] { readers.append(NginxLogReader(file, request, upTo: end)) }
        }
        var merge = try await LogMerge(readers)
        while let record = try await merge.next() {
            positions.times[record.origin] = record.time
            await line(record)
        }
        return positions
    }
}

/// A container whose log is read.
struct LoggedContainer: Sendable {
    var id: String
    var source: LogSource
}

/// How far logs have been read.
struct LogPositions: Sendable {
    /// The last line of each container, by its id.
    var times: [String: Timestamp] = [:]
    /// The end of each file, by its path.
    var files: [String: FilePosition] = [:]
}
