import Foundation
import FrappeModel
import Rendering
import Synchronization
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `2,000 requests during 20 reloads, none fails`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let load = Load(port: fixture.port, paths: ["/files/hello.txt", "/x", "/assets/frappe/images/logo.svg"])
            async let result = load.run(threads: 4, least: 2_000)
            for number in 0..<20 {
                let outcome = try await fixture.apply { $0.sites[2].hostNames.append("n\(number).example") }
                #expect(outcome.action == .reloaded)
            }
            load.stop()
            let (sent, failures) = try await result
            print("reloads: 20, requests: \(sent), failed: \(failures.count)")
            #expect(failures == [] && sent >= 2_000)
        }
    }

    @Test func `web containers are replaced under load ten times, none of the requests fails`() async throws {
        try await IngressFixture.with { fixture in
            let servers = Servers()
            defer { servers.stop() }
            try await fixture.apply()
            var old: (process: pid_t?, socket: String) = (nil, fixture.socket("a"))
            let load = Load(port: fixture.port, paths: ["/x", "/y?seconds=0.05"], methods: ["GET", "POST"])
            async let result = load.run(threads: 4, least: 1_000)
            for number in 0..<10 {
                let socket = "\(fixture.root)/run/a/\(number).sock"
                let new = try servers.start(["new\(number)=unix:\(socket)"])
                try await fixture.apply { $0.benches[0].web = [.socket(socket)] }
                if let process = old.process { try await servers.finish(process) }
                old = (new, socket)
            }
            load.stop()
            let (sent, failures) = try await result
            print("replacements: 10, requests: \(sent), failed: \(failures.count)")
            #expect(failures == [] && sent >= 1_000)
            try await fixture.ingress.stop(grace: .zero)
        }
    }

    @Test(arguments: [10, 10_000])
    func `sites are rendered, staged, swapped; figures are printed`(count: Int) async throws {
        try await IngressFixture.with { fixture in
            var state = fixture.state()
            state.sites = (0..<count).map { number in
                let name = "site-\(number).example.com"
                return IngressSite(
                    siteName: name, hostNames: [name, "www.\(name)"], bench: number.isMultiple(of: 2) ? "a" : "b")
            }
            var figures = Figures(sites: count)
            state.generation = 1
            let files = try await figures.measure("render") { try IngressRendering.files(state) }
            let staged = try await figures.measure("stage") { try await fixture.ingress.stage(files, generation: 1) }
            try await figures.measure("nginx -t") { try await fixture.ingress.test(staged) }
            try await figures.measure("swap") { try await fixture.ingress.swap(staged) }
            _ = try await figures.measure("start and confirm") { try await fixture.ingress.bringUp(1, previous: nil) }
            _ = try await figures.measure("no change") { try await fixture.apply { $0.sites = state.sites } }
            #expect(try await fixture.echo("/", host: "www.site-9.example.com").server == "b")
            try await changeOneSite(of: state, fixture, &figures)
            print(figures.text)
        }
    }

    private func changeOneSite(
        of state: IngressState, _ fixture: IngressFixture, _ figures: inout Figures
    ) async throws {
        var state = state
        state.generation = 2
        state.sites[0].hostNames.append("new.example.com")
        let sites = state.sites.filter { $0.bench == "a" }
        let buckets = IngressSiteFiles.bucketCount(sites: sites.count)
        let bucket = IngressSiteFiles.bucket(of: state.sites[0].siteName, count: buckets)
        let inBucket = sites.filter { IngressSiteFiles.bucket(of: $0.siteName, count: buckets) == bucket }
        let staged = try await figures.measure("one site: render, stage") {
            var changes = try IngressSiteFiles.files(bench: "a", bucket: bucket, sites: inBucket)
            changes[IngressRendering.generationPath] = .some(try IngressRendering.generation(state))
            return try await fixture.ingress.stage(changes: changes, generation: 2)
        }
        try await figures.measure("one site: nginx -t") { try await fixture.ingress.test(staged) }
        try await figures.measure("one site: swap") { try await fixture.ingress.swap(staged) }
        _ = try await figures.measure("one site: reload, confirm") {
            try await fixture.ingress.bringUp(2, previous: 1)
        }
        let master = try #require(fixture.ingress.master)
        for process in fixture.ingress.workers(of: master).prefix(1) {
            let status = String(decoding: IngressDisk.read("/proc/\(process)/status") ?? [], as: UTF8.self)
            figures.note("worker", status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }.map(String.init) ?? "")
        }
        #expect(try await fixture.echo("/", host: "new.example.com")["X-Frappe-Site-Name"] == "site-0.example.com")
    }
}

/// Times of one run, for the test's output: by the clock, and our own processor time.
struct Figures {
    private(set) var text: String

    init(sites: Int) { text = "\(sites) sites:" }

    mutating func measure<Value>(_ name: String, _ work: () async throws -> Value) async throws -> Value {
        let (began, used) = (ContinuousClock.now, clock())
        let value = try await work()
        let (wall, own) = ((ContinuousClock.now - began) / .milliseconds(1), Double(clock() - used) / 1000)
        note(name, String(format: "%.1f ms, %.1f ms of our processor time", wall, own))
        return value
    }

    mutating func note(_ name: String, _ value: String) { text += "\n    \(name): \(value)" }
}

/// Requests without end from a few threads, each on a connection of its own.
final class Load: Sendable {
    private let port: Int
    private let requests: [[UInt8]]
    private let state = Mutex((stopped: false, sent: 0, failures: [String]()))

    init(port: Int, paths: [String], methods: [String] = ["GET"]) {
        self.port = port
        requests = methods.flatMap { method in
            paths.map { path in
                let body = method == "POST" ? "Content-Length: 3\r\n\r\nabc" : "\r\n"
                return Array("\(method) \(path) HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n\(body)".utf8)
            }
        }
    }

    func stop() { state.withLock { $0.stopped = true } }

    /// Ends once it was told to stop and has sent enough.
    func run(threads: Int, least: Int) async throws -> (sent: Int, failures: [String]) {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<threads {
                group.addTask { try await RawHTTP.onThread { self.loop(from: thread, least: least) } }
            }
            try await group.waitForAll()
        }
        return state.withLock { ($0.sent, $0.failures) }
    }

    private func loop(from start: Int, least: Int) {
        var number = start
        while !state.withLock({ $0.stopped && $0.sent >= least }) {
            let failure = failure(of: requests[number % requests.count])
            number += 1
            state.withLock {
                $0.sent += 1
                if let failure { $0.failures.append(failure) }
            }
        }
    }

    private func failure(of request: [UInt8]) -> String? {
        do {
            let answer = try RawHTTP.parse(try RawHTTP.exchange(request, port: port))
            return answer.status == 200 ? nil : "status \(answer.status)"
        } catch {
            return "\(error)"
        }
    }
}
