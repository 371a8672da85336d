import CurlTransport
import Synchronization

/// A constant stream of requests to one page, beside some work, that counts those that fail.
package struct RequestStream: Sendable {
    package let port: Int
    package let host: String
    package let path: String
    /// Requests under way at any moment, each on a connection of its own.
    package var concurrency = 4
    package var pause = Duration.milliseconds(10)

    package init(port: Int, host: String, path: String = "/api/method/ping") {
        self.port = port
        self.host = host
        self.path = path
    }

    /// What became of the requests.
    package struct Report: Sendable {
        package var requests = 0
        /// Each failure in words, with its time since the start.
        package var failures: [String] = []
        package var longest = Duration.zero
    }

    /// Runs the work with requests going on from before it starts until after it ended.
    package func during<Result>(_ work: () async throws -> Result) async throws -> (result: Result, report: Report) {
        try await during { _ in try await work() }
    }

    /// The same for work that asks how many requests were answered so far.
    package func during<Result>(
        _ work: (_ answered: () -> Int) async throws -> Result
    ) async throws -> (result: Result, report: Report) {
        let tally = Tally()
        async let traffic: Void = withTaskGroup { group in
            for _ in 0..<concurrency { group.addTask { await ask(tally) } }
        }
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await work { tally.report.requests }) } catch { outcome = .failure(error) }
        tally.stop()
        await traffic
        return (try outcome.get(), tally.report)
    }

    private func ask(_ tally: Tally) async {
        while !tally.isStopped, !Task.isCancelled {
            let start = ContinuousClock.now
            tally.add(await request(), from: start)
            try? await ContinuousClock().sleep(for: pause)
        }
    }

    private func request() async -> String? {
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: port, tls: false))
        defer { client.shutDown() }
        let headers: HTTPHeaders = ["Host": "\(host):\(port)", "Connection": "close"]
        do throws(TransportError) {
            let answer = try await client.send(HTTPRequest(.get, path, headers: headers, timeout: .seconds(30)))
            return answer.status == 200 ? nil : "\(answer.status) \(answer.text.prefix(200))"
        } catch {
            return "\(error)"
        }
    }
}

/// What all connections of a stream add to.
private final class Tally: Sendable {
    private let start = ContinuousClock.now
    private let state = Mutex((stopped: false, report: RequestStream.Report()))

    var isStopped: Bool { state.withLock { $0.stopped } }
    var report: RequestStream.Report { state.withLock { $0.report } }

    func stop() { state.withLock { $0.stopped = true } }

    func add(_ failure: String?, from began: ContinuousClock.Instant) {
        state.withLock { state in
            state.report.requests += 1
            state.report.longest = max(state.report.longest, ContinuousClock.now - began)
            if let failure { state.report.failures.append("at \(began - start): \(failure)") }
        }
    }
}
