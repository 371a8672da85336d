import CurlTransport
import Synchronization

/// Whose answers a host name gets, asked again and again beside some work.
///
/// A page of the site tells its name, a session and a note tell its database, a file tells its directory: an answer that
/// has another's is told apart from one that has none.
package struct SiteAnswers: Sendable {
    private let installation: Installation
    private let witnesses: [Witness]

    /// A site that can be told from others.
    private struct Witness: Sendable {
        let site: String
        let host: String
        let browser: Browser
        /// In its note and in its file, and nowhere else.
        var mark: String { "this-is-\(site)" }
    }

    /// What became of the requests to one host name.
    package struct Count: Sendable {
        package var own = 0
        /// The proxy said that the site is away, or nobody listened.
        package var away = 0
        /// The site itself failed, its database not being there yet.
        package var failing = 0
        /// Everything else: another site's answer, or nobody's.
        package var other: [String] = []

        fileprivate mutating func add(_ answer: Answer) {
            switch answer {
            case .own: own += 1
            case .away: away += 1
            case .failing: failing += 1
            case .other(let text): other.append(text)
            }
        }
    }

    fileprivate enum Answer { case own, away, failing, other(String) }

    /// - Parameter hosts: every host name with the site that it belongs to; each site gets its marks.
    package init(_ installation: Installation, hosts: [String: String]) async throws {
        self.installation = installation
        var witnesses: [Witness] = []
        var browsers: [String: Browser] = [:]
        for (host, site) in hosts.sorted(by: { $0.key < $1.key }) {
            if browsers[site] == nil {
                let browser = try await installation.administrator(site, host: host)
                let mark = "this-is-\(site)"
                let note = try await browser.post("/api/resource/Note", form: ["title": mark])
                let file = try await browser.upload("who.txt", Array(mark.utf8), isPrivate: false)
                guard note.status == 200, file.status == 200 else {
                    throw TestFailure("marks of \(site): \(note.status) \(file.status) \(file.text)")
                }
                browsers[site] = browser
            }
            guard let session = browsers[site]?.cookies else { continue }
            let browser = Browser(installation: installation, host: host, cookies: session)
            witnesses.append(Witness(site: site, host: host, browser: browser))
        }
        self.witnesses = witnesses
    }

    /// Asks every host name without pause from before the work begins until after it ended.
    package func during<Result>(_ work: () async throws -> Result) async throws -> (
        result: Result, counts: [String: Count]
    ) {
        let tally = Tally()
        async let traffic: Void = withTaskGroup { group in
            for witness in witnesses { group.addTask { await self.ask(witness, tally) } }
        }
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        tally.stop()
        await traffic
        return (try outcome.get(), tally.counts)
    }

    private func ask(_ witness: Witness, _ tally: Tally) async {
        var round = 0
        while !tally.isStopped {
            tally.add(await ask(witness, round), for: witness.host)
            round += 1
            try? await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    /// Asks every host name by every way once; the host names whose site did not answer itself.
    package func missing() async -> [String] {
        var missing: [String] = []
        for witness in witnesses {
            for round in 0..<3 {
                if case .own = await ask(witness, round) { continue }
                missing.append("\(witness.host) (\(round))")
            }
        }
        return missing
    }

    private func ask(_ witness: Witness, _ round: Int) async -> Answer {
        let (path, proof) =
            switch round % 3 {
            case 0: ("/printview", "<p>\(witness.site)</p>")
            case 1: ("/app", witness.mark)
            default: ("/files/who.txt", witness.mark)
            }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: installation.port, tls: false))
        defer { client.shutDown() }
        let cookies = witness.browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let headers: HTTPHeaders = [
            "Host": "\(witness.host):\(installation.port)", "Connection": "close", "Cookie": cookies,
        ]
        do throws(TransportError) {
            let answer = try await client.send(HTTPRequest(.get, path, headers: headers, timeout: .seconds(30)))
            let strangers = witnesses.filter { $0.site != witness.site && answer.text.contains($0.site) }
            guard strangers.isEmpty else { return .other("\(path): \(strangers.map(\.site)) answered") }
            switch answer.status {
            case 200 where answer.text.contains(proof): return .own
            case 502, 503, 504: return .away
            case 500: return .failing
            default: return .other("\(path): \(answer.status) \(answer.text.prefix(200))")
            }
        } catch {
            return .away
        }
    }
}

/// What all host names add to.
private final class Tally: Sendable {
    private let state = Mutex((stopped: false, counts: [String: SiteAnswers.Count]()))

    var isStopped: Bool { state.withLock { $0.stopped } }
    var counts: [String: SiteAnswers.Count] { state.withLock { $0.counts } }

    func stop() { state.withLock { $0.stopped = true } }

    func add(_ answer: SiteAnswers.Answer, for host: String) {
        state.withLock { $0.counts[host, default: SiteAnswers.Count()].add(answer) }
    }
}
