import Testing

@testable import CurlTransport

@Suite struct LifetimeTests {
    /// Answers the first request only by holding the line until the client hangs up, and says when.
    private static func silent(
        _ asked: Signal<Void>, _ hungUp: Signal<Void>
    ) -> @Sendable (ServerConnection) -> Void {
        { connection in
            guard connection.readRequest() != nil else { return }
            asked.send(())
            while !connection.read(upTo: 100).isEmpty {}
            hungUp.send(())
        }
    }

    @Test func `cancelling a request ends it at once and closes its connection`() async throws {
        let (asked, hungUp) = (Signal<Void>(), Signal<Void>())
        let server = try ScriptedServer(Self.silent(asked, hungUp))
        let client = HTTPClient(server.endpoint)
        let time = try await fastestCancel {
            try await client.send(HTTPRequest(.get, "/", timeout: nil))
        } when: {
            _ = await asked.wait()
        }
        #expect(time < .milliseconds(400))
        #expect(await hungUp.wait() != nil)
    }

    @Test func `a request of a cancelled task is not sent`() async throws {
        let server = try ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let client = HTTPClient(server.endpoint)
        let request = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(HTTPRequest(.get, "/"))
        }
        await #expect(throws: TransportError.cancelled) { try await request.value }
        #expect(server.accepted == 0)
    }

    @Test func `a client that is let go of closes the connections it kept`() async throws {
        let hungUp = Signal<Void>()
        let server = try ScriptedServer { connection in
            answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection)
            hungUp.send(())
        }
        _ = try await HTTPClient(server.endpoint).send(HTTPRequest(.get, "/"))
        #expect(await hungUp.wait() != nil)
    }

    @Test func `shutting down cancels what runs and refuses what comes`() async throws {
        let (asked, hungUp) = (Signal<Void>(), Signal<Void>())
        let server = try ScriptedServer(Self.silent(asked, hungUp))
        let client = HTTPClient(server.endpoint)
        let running = Task { try await client.send(HTTPRequest(.get, "/", timeout: nil)) }
        _ = await asked.wait()
        client.shutDown()
        await #expect(throws: TransportError.cancelled) { try await running.value }
        await #expect(throws: TransportError.cancelled) { try await client.send(HTTPRequest(.get, "/")) }
        #expect(await hungUp.wait() != nil)
    }

    @Test func `a thousand clients come and go without leaving threads behind`() async throws {
        let server = try ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        for _ in 0..<1000 {
            #expect(try await HTTPClient(server.endpoint).send(HTTPRequest(.get, "/")).status == 200)
        }
        #expect(ProcessThreads.count < 200)
    }

    @Test func `sockets are not passed on to child processes`() async throws {
        let server = try ScriptedServer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let client = HTTPClient(server.endpoint)
        _ = try await client.send(HTTPRequest(.get, "/"))
        let flags = OpenSockets.closeOnExec(connectedTo: server.path)
        #expect(flags == [true])
        client.shutDown()
    }
}

/// How long it takes at best from cancelling a request's task until it has failed as cancelled: other tests use the
/// same two cores, so one try would measure them.
func fastestCancel(
    _ request: @escaping @Sendable () async throws -> some Sendable, when ready: () async -> Void
) async throws -> Duration {
    var fastest = Duration.seconds(3600)
    for _ in 0..<5 {
        let task = Task { _ = try await request() }
        await ready()
        let start = ContinuousClock.now
        task.cancel()
        let result = await task.result
        fastest = min(fastest, ContinuousClock.now - start)
        guard case .failure(TransportError.cancelled) = result else { throw TestFailure("not cancelled: \(result)") }
    }
    return fastest
}
