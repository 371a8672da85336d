import Foundation
import FrappeModel
import Rendering
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `a master killed with -9 is replaced, and its workers with it`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for _ in 0..<3 {
                let master = try #require(fixture.ingress.masterProcess)
                let workers = fixture.ingress.workers(of: try #require(fixture.ingress.master))
                kill(master, SIGKILL)
                #expect(try await Polling.until(within: .seconds(5)) { !IngressProcesses.isAlive(master) })
                #expect(!workers.isEmpty && workers.allSatisfy(IngressProcesses.isAlive))
                let outcome = try await fixture.apply()
                #expect(outcome.action == .started && outcome.generation == 1)
                #expect(
                    try await Polling.until(within: .seconds(5)) { !workers.contains(where: IngressProcesses.isAlive) })
                #expect(try await fixture.get("/files/hello.txt").status == 200)
            }
        }
    }

    @Test func `stopping after the master was killed ends its workers too`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let master = try #require(fixture.ingress.master)
            let workers = fixture.ingress.workers(of: master)
            master.signal(SIGKILL)
            #expect(try await Polling.until(within: .seconds(5)) { !fixture.ingress.isRunning })
            try await fixture.ingress.stop()
            #expect(!workers.isEmpty && !workers.contains(where: IngressProcesses.isAlive))
        }
    }

    @Test func `a pid file that names a stranger harms nobody`() async throws {
        try await IngressFixture.with { fixture in
            try fixture.file("agent/nginx/nginx.pid", "\(getpid())\n")
            #expect(!fixture.ingress.isRunning)
            #expect(try await fixture.apply().action == .started)
            let master = fixture.ingress.masterProcess
            try fixture.file("agent/nginx/nginx.pid", "\(getpid())\n")
            #expect(fixture.ingress.masterProcess == master)
            #expect(try await fixture.apply { $0.sites.removeLast() }.action == .reloaded)
        }
    }

    @Test func `what a killed run left is cleaned and does not matter`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            try fixture.file("agent/nginx/staging/nginx.conf", "half wri")
            try fixture.file("agent/nginx/staging/benches/a.conf", "")
            try fixture.file("agent/nginx/generations/2/nginx.conf", "written but never served")
            try fixture.link("agent/nginx/current.new", to: "generations/2")
            #expect(try await fixture.apply().action == .unchanged)
            let outcome = try await fixture.apply { $0.sites.removeLast() }
            #expect(outcome.action == .reloaded && outcome.generation == 3)
            #expect(
                IngressDisk.list("\(fixture.root)/agent/nginx").sorted().filter { $0 != "nginx.pid" }
                    == ["current", "generations", "temp"])
        }
    }

    @Test func `a run killed between swap and reload is finished by the next`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            var state = fixture.state()
            state.sites.removeLast()
            state.generation = 2
            let staged = try await fixture.ingress.stage(try IngressRendering.files(state), generation: 2)
            try await fixture.ingress.test(staged)
            try await fixture.ingress.swap(staged)
            #expect(await fixture.ingress.servedGeneration() == 1)
            let outcome = try await fixture.apply { $0.sites.removeLast() }
            #expect(outcome == IngressOutcome(action: .reloaded, generation: 2, changed: []))
            #expect(await fixture.ingress.servedGeneration() == 2)
        }
    }

    @Test func `a port that another program has is named with the program`() async throws {
        try await IngressFixture.with { fixture in
            let listener = Listener(port: fixture.port)
            defer { listener.close() }
            let error = await #expect(throws: IngressError.self) { try await fixture.apply() }
            guard case .portTaken(_, let port, let owner) = error else { throw try #require(error) }
            #expect(port == fixture.port && owner.process == getpid() && !owner.command.isEmpty)
            #expect(error.map { "\($0)" }?.contains("ss -ltnp") == true)
            #expect(!fixture.ingress.isRunning)
        }
    }

    @Test func `moving to a port that is taken keeps the old one serving`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let listener = Listener(port: 0)
            defer { listener.close() }
            let moved = try fixture.moved(to: listener.port)
            await #expect(throws: IngressError.self) { try await moved.apply(fixture.state()) }
            #expect(try await fixture.get("/files/hello.txt").status == 200)
            #expect(try await fixture.apply().action == .unchanged)
        }
    }

    @Test func `a reload that nginx refuses is noticed at once and taken back`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let listener = Listener(port: 0)
            defer { listener.close() }
            let moved = try fixture.moved(to: listener.port)
            var state = fixture.state()
            state.httpPort = listener.port
            state.generation = 2
            let staged = try await moved.stage(try IngressRendering.files(state), generation: 2)
            try await moved.test(staged)
            try await moved.swap(staged)
            let began = ContinuousClock.now
            let error = await #expect(throws: IngressError.self) { _ = try await moved.bringUp(2, previous: 1) }
            guard case .notConfirmed(2, _, let lines) = error else { throw try #require(error) }
            #expect(lines.contains { $0.contains("bind()") } && ContinuousClock.now - began < .seconds(8))
            #expect(IngressDisk.linkTarget("\(fixture.root)/agent/nginx/current") == "generations/1")
            #expect(try await fixture.get("/files/hello.txt").status == 200)
            #expect(try await fixture.apply().action == .unchanged)
        }
    }
}

extension IngressFixture {
    /// The same root with its nginx to listen elsewhere.
    fileprivate func moved(to port: Int) throws -> Ingress {
        try Ingress(settings: Self.settings(root: root, port: port)) { host, path in
            let answer = try await RawHTTP.get(path, host: host, port: port)
            return (answer.status, answer.text)
        }
    }
}
