import Foundation
import FrappeModel
import Rendering
import Testing

@testable import Operations

extension IngressSuite {
    @Test func `a second run changes nothing`() async throws {
        try await IngressFixture.with { fixture in
            let first = try await fixture.apply()
            #expect(first.action == .started && first.generation == 1)
            let master = fixture.ingress.masterProcess
            let second = try await fixture.apply()
            #expect(second == IngressOutcome(action: .unchanged, generation: 1, changed: []))
            #expect(fixture.ingress.masterProcess == master && fixture.ingress.nextGeneration == 2)
        }
    }

    @Test func `a change is reloaded, names the files it touched, and keeps three generations`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let master = fixture.ingress.masterProcess
            for number in 2...6 {
                let outcome = try await fixture.apply { $0.sites[2].hostNames.append("n\(number).example") }
                #expect(outcome.action == .reloaded && outcome.generation == number)
                #expect(outcome.changed == ["sites/b/00.map", "sites/b/00.names"])
                #expect(await fixture.ingress.servedGeneration() == number)
            }
            #expect(fixture.ingress.masterProcess == master)
            #expect(IngressDisk.list("\(fixture.root)/agent/nginx/generations").sorted() == ["4", "5", "6"])
            #expect(try await fixture.get("/", host: "n6.example").status == 200)
            #expect(try await fixture.get("/", host: "n5.example").status == 404)
        }
    }

    @Test func `one site is changed without the others being rendered`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let site = IngressSite(siteName: "four.localhost", hostNames: ["four.localhost"], bench: "b")
            let sites = [fixture.state().sites[2], site]
            let changes = try IngressSiteFiles.files(bench: "b", bucket: 0, sites: sites)
            let outcome = try await fixture.ingress.apply(changes: changes, state: fixture.state())
            #expect(outcome.action == .reloaded && outcome.generation == 2)
            #expect(try await fixture.echo("/", host: "four.localhost").server == "b")
            #expect(try await fixture.apply { $0.sites.append(site) }.action == .unchanged)
        }
    }

    @Test func `a file that nginx refuses is named with its site, and nothing of what is served changes`() async throws
    {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            var state = fixture.state()
            state.generation = 2
            var files = try IngressRendering.files(state)
            files["sites/a/00.map", default: ""] += "broken.localhost \"broken.localhost;\n"
            let staged = try await fixture.ingress.stage(files, generation: 2)
            let error = await #expect(throws: IngressError.self) { try await fixture.ingress.serve(staged) }
            guard case .refusedConfiguration(let message, let place, let kept) = error else {
                throw try #require(error)
            }
            #expect(message.contains("[emerg]") && kept.hasSuffix("/failed"))
            #expect(place?.file == "sites/a/00.map")
            #expect(IngressDisk.exists("\(kept)/nginx.conf"))
            #expect(await fixture.ingress.servedGeneration() == 1)
            #expect(try await fixture.get("/files/hello.txt").text == "hello from one.localhost")
            #expect(try await fixture.apply().action == .unchanged)
        }
    }

    @Test(arguments: [
        ("sites/a/00.map", "one.localhost one.localhost;\n", "one.localhost"),
        ("sites/b/00.names", "server_name ~(; # three.localhost\n", "three.localhost"),
    ])
    func `a bad line names its site`(file: String, line: String, site: String) async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            var files = try IngressRendering.files(fixture.state())
            files[file, default: ""] += line
            let staged = try await fixture.ingress.stage(files, generation: 2)
            let error = await #expect(throws: IngressError.self) { try await fixture.ingress.test(staged) }
            guard case .refusedConfiguration(_, let place, _) = error else { throw try #require(error) }
            #expect(place?.site == site && place?.file == file)
        }
    }

    @Test func `what others did to the files is seen and mended`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let current = "\(fixture.root)/agent/nginx/current"
            try IngressDisk.remove("\(current)/benches/a.conf")
            try fixture.file("agent/nginx/current/benches/extra.conf", "# extra\n")
            try fixture.file("agent/nginx/current/headers.conf", "# gone\n")
            let files = try IngressRendering.files(fixture.state())
            let expected = ["benches/a.conf", "benches/extra.conf", "headers.conf"]
            #expect(try await fixture.ingress.differences(files) == expected)
            #expect(try await fixture.apply().changed == expected)
            #expect(try await fixture.ingress.differences(files) == [])
            #expect(try await fixture.get("/files/hello.txt").status == 200)
        }
    }

    @Test func `after its files were lost everything is written and served again`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            for name in IngressDisk.list("\(fixture.root)/agent/nginx") {
                try IngressDisk.remove("\(fixture.root)/agent/nginx/\(name)")
            }
            #expect(fixture.ingress.isRunning)
            #expect(try await fixture.apply { $0.sites.removeLast() }.action == .reloaded)
            #expect(try await fixture.get("/", host: "three.localhost").status == 404)
        }
    }

    @Test func `stopping leaves no process and the port free, also the second time`() async throws {
        try await IngressFixture.with { fixture in
            try await fixture.apply()
            let socket = try await WebSocketProbe.open(
                host: "one.localhost", origin: "http://one.localhost", port: fixture.port)
            try await fixture.ingress.stop(grace: .milliseconds(300))
            socket.close()
            #expect(!fixture.ingress.isRunning)
            #expect(IngressPort(address: "127.0.0.1", port: fixture.port).owner(besides: nil) == nil)
            try await fixture.ingress.stop()
            #expect(try await fixture.apply().action == .started)
        }
    }

    @Test func `two roots on one machine leave each other alone`() async throws {
        try await IngressFixture.with { first in
            try await IngressFixture.with { second in
                try await first.apply()
                try await second.apply()
                #expect(first.ingress.masterProcess != second.ingress.masterProcess)
                try await first.ingress.stop()
                #expect(try await second.get("/files/hello.txt").status == 200)
                try await first.apply()
                #expect(try await second.apply().action == .unchanged)
            }
        }
    }

    @Test(.enabled(if: IngressFixture.workerUser != nil))
    func `a directory that workers cannot pass is named before anything is swapped`() async throws {
        try await IngressFixture.with { fixture in
            chmod("\(fixture.root)/agent", 0o700)
            await #expect(throws: IngressError.notReachable(directory: "\(fixture.root)/agent", user: "www-data")) {
                try await fixture.apply()
            }
            chmod("\(fixture.root)/agent", 0o711)
            let outcome = try await fixture.apply()
            #expect(outcome.action == .started)
        }
    }

    @Test func `nginx inherits none of our open files`() async throws {
        try await IngressFixture.with { fixture in
            let path = "\(fixture.root)/host-secret.txt"
            let descriptor = open(path, O_RDONLY)
            defer { close(descriptor) }
            try await fixture.apply()
            let master = try #require(fixture.ingress.masterProcess)
            #expect(!IngressProcesses.holds(master, file: path))
            #expect(IngressProcesses.holds(getpid(), file: path))
        }
    }

    @Test func `without nginx on the machine the error says how to get it`() {
        let settings = IngressFixture.settings(root: "/tmp/none", port: 1)
        #expect(IngressNginx.find(searchPath: "/nowhere")?.hasSuffix("/nginx") == true)
        #expect("\(IngressError.nginxMissing)".contains("apt-get install"))
        #expect(settings.errorLog == "/tmp/none/agent/logs/error.log")
    }
}
