import FoundationEssentials
import Testing

@testable import DockerEngine

@Suite struct StreamTests {
    @Test func `a log has the lines of both channels, and the times when asked`() async throws {
        let script = "echo one; echo two >&2; printf 'no end'"
        try await TestEngine.withContainer(command: ["bash", "-c", script]) { client, id in
            _ = try await client.waitForContainer(id)
            var lines: [LogLine] = []
            for try await line in client.logs(of: id) { lines.append(line) }
            #expect(lines.filter { $0.channel == .stdout }.map(\.text) == ["one", "no end"])
            #expect(lines.filter { $0.channel == .stderr }.map(\.text) == ["two"])
            var options = LogOptions(tail: 1)
            options.hasTimestamps = true
            options.channels = [.stdout]
            let last = try await client.logs(of: id, options).first { _ in true }
            #expect(last?.text == "no end")
            let age = Date().timeIntervalSince(try #require(last?.time).date)
            #expect((-1...60).contains(age))
            options.since = Timestamp(Date())
            #expect(try await client.logs(of: id, options).first { _ in true } == nil)
        }
    }

    @Test func `a line longer than the Engine's own limit comes back whole`() async throws {
        let script = "head -c 50000 /dev/zero | tr '\\0' x; echo; echo short"
        try await TestEngine.withContainer(command: ["bash", "-c", script]) { client, id in
            _ = try await client.waitForContainer(id)
            var options = LogOptions()
            options.hasTimestamps = true
            var lines: [LogLine] = []
            for try await line in client.logs(of: id, options) { lines.append(line) }
            #expect(lines.map(\.bytes.count) == [50_000, 5])
            #expect(lines.allSatisfy { $0.time != nil })
        }
    }

    @Test func `a terminal's log is read without frames`() async throws {
        let adjust = { (spec: inout ContainerSpec) in spec.hasTerminal = true }
        try await TestEngine.withContainer(command: ["bash", "-c", "echo one; echo two >&2"], adjust) { client, id in
            _ = try await client.waitForContainer(id)
            var lines: [LogLine] = []
            for try await line in client.logs(of: id) { lines.append(line) }
            #expect(lines.map(\.text) == ["one", "two"])
        }
    }

    @Test func `following goes on until the container ends`() async throws {
        try await TestEngine.withContainer(
            command: ["bash", "-c", "echo ready; read x; echo got $x"], start: false,
            {
                $0.keepsInputOpen = true
            }
        ) { client, id in
            try await client.startContainer(id)
            var lines = client.logs(of: id, LogOptions(follows: true)).makeAsyncIterator()
            #expect(try await lines.next()?.text == "ready")
            try await client.killContainer(id, signal: "SIGKILL")
            #expect(try await lines.next() == nil)
        }
    }

    @Test func `following a silent container can be cancelled within 50 ms`() async throws {
        try await TestEngine.withContainer { client, id in
            var fastest = Duration.seconds(3600)
            for _ in 0..<5 {
                let (reading, begun) = AsyncStream<Void>.makeStream()
                let reader = Task {
                    begun.yield()
                    for try await _ in client.logs(of: id, LogOptions(follows: true)) {}
                }
                _ = await reading.first { true }
                // A call that is answered after the stream was asked for: by then it is open.
                _ = try await client.inspectContainer(id)
                let start = ContinuousClock.now
                reader.cancel()
                await #expect(throws: EngineError.cancelled) { try await reader.value }
                fastest = min(fastest, ContinuousClock.now - start)
            }
            #expect(fastest < .milliseconds(50))
        }
    }

    @Test func `a log of a container that is not there is not found`() async throws {
        let client = try await TestEngine.client()
        let error = await #expect(throws: EngineError.self) {
            try await client.logs(of: "fctl-curl-none").first { _ in true }
        }
        guard case .notFound = error else { throw TestFailure("\(error as Any)") }
    }

    @Test func `events tell a container's life, from the call on`() async throws {
        try await TestEngine.withContainer(command: ["bash", "-c", "exit 5"], start: false) { client, id in
            let events = try await client.events(filters: ["container": [id]])
            try await client.startContainer(id)
            var actions: [String] = []
            for try await event in events {
                #expect(event.type == "container")
                #expect(event.actorID == id)
                actions.append(event.action)
                if event.action == "die" {
                    #expect(event.attributes["exitCode"] == "5")
                    #expect(event.attributes[TestEngine.label] == "1")
                    break
                }
            }
            #expect(actions == ["start", "die"])
        }
    }

    @Test func `events of the past end at the time given`() async throws {
        try await TestEngine.withContainer { client, id in
            let detail = try await client.inspectContainer(id)
            let stream = try await client.events(
                since: detail.created, until: Timestamp(Date()), filters: ["container": [id]])
            var actions: [String] = []
            for try await event in stream { actions.append(event.action) }
            #expect(actions.contains("start"))
        }
    }
}
