import DockerEngine
import FrappeModel

/// Goes on with logs after what was there: each line as it comes, also of containers that are started later.
struct LogFollowing: Sendable {
    let host: HostContext
    let selection: LogSelection
    let request: LogRequest
    let known: LogPositions
    let sink: Logs.Sink

    /// How often files are looked at.
    private static let pause = Duration.milliseconds(250)

    /// Ends when it is cancelled, or with the Engine.
    func run(_ containers: [LoggedContainer], _ files: [NginxLog], since start: Timestamp) async throws {
        let tails = ContainerTails(times: known.times)
        let labels = Filters.labels([Label.root: host.layout.rootID])
        let starts = try await host.engine.call { () async throws(EngineError) in
            try await host.engine.client.events(
                since: start, filters: labels.and("type", "container").and("event", "start"))
        }
        try await host.engine.cancellable {
            try await withThrowingDiscardingTaskGroup { group in
                for file in files { group.addTask { try await follow(file) } }
                for container in containers {
                    group.addTask { try await follow(container, tails, tail: request.tail) }
                }
                for try await event in starts {
                    guard let identity = Self.identity(of: event), selection.contains(identity) else { continue }
                    let container = LoggedContainer(id: event.actorID, source: LogSource(identity))
                    group.addTask { try await follow(container, tails) }
                }
                throw OperationError.failed("the Engine's events ended", next: "the same command again")
            }
        }
    }

    private static func identity(of event: EngineEvent) -> ContainerIdentity? {
        ObservedContainer(id: event.actorID, name: "", state: .running, labels: event.attributes).identity
    }

    /// A container that is started again while its log is still read is read on when that ends.
    ///
    /// - Parameter tail: how many lines of one that had said nothing so far.
    private func follow(_ container: LoggedContainer, _ tails: ContainerTails, tail: Int? = nil) async throws {
        guard await tails.begin(container.id) else { return }
        repeat {
            let last = await tails.time(of: container.id)
            var options = LogOptions(follows: true, tail: last == nil ? tail : nil)
            options.hasTimestamps = true
            options.since = last ?? request.since
            let stream = host.engine.client.logs(of: container.id, options)
            var reader = ContainerLogReader(container, stream)
            do {
                while let record = try await reader.next() {
                    if let last, record.time <= last { continue }
                    await sink(record)
                    await tails.note(record.time, of: container.id)
                }
            } catch EngineError.notFound {
                // It was removed with all that it had said.
            }
        } while await tails.isAgain(container.id)
    }

    private func follow(_ file: NginxLog) async throws {
        var position = known.files[file.path]
        while true {
            try await ContinuousClock().sleep(for: Self.pause)
            guard let end = FilePosition.end(of: file.path), end != position else { continue }
            // Another file of that name, or one that was emptied, is read from its start.
            let isSame = end.inode == position?.inode && end.offset >= position?.offset ?? 0
            var reader = NginxLogReader(
                file, LogRequest(words: []), from: isSame ? position?.offset ?? 0 : 0, upTo: end)
            while let record = try await reader.next() { await sink(record) }
            position = FilePosition(inode: end.inode, offset: reader.position)
        }
    }
}

/// Which containers are being followed, and how far.
private actor ContainerTails {
    private var times: [String: Timestamp]
    private var active: Set<String> = []
    private var again: Set<String> = []

    init(times: [String: Timestamp]) { self.times = times }

    /// Whether to follow it now; one that is followed already is followed once more afterwards.
    func begin(_ id: String) -> Bool {
        if active.insert(id).inserted { return true }
        again.insert(id)
        return false
    }

    /// Whether it was started meanwhile; if not, it is no longer followed.
    func isAgain(_ id: String) -> Bool {
        if again.remove(id) != nil { return true }
        active.remove(id)
        return false
    }

    func note(_ time: Timestamp, of id: String) { times[id] = time }

    func time(of id: String) -> Timestamp? { times[id] }
}
