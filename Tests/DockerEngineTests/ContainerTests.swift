import Testing

@testable import DockerEngine

@Suite struct ContainerTests {
    @Test func `the Engine says what it is`() async throws {
        let client = try await TestEngine.client()
        #expect(try await client.apiVersion() >= .minimum)
        #expect(try await !client.version().version.isEmpty)
        #expect(try await client.system().cpus > 0)
    }

    @Test func `an Engine that is not there is named with its socket`() async throws {
        let client = EngineClient(socketPath: "/tmp/fctl-curl-none.sock")
        let error = await #expect(throws: EngineError.self) { try await client.containers() }
        #expect(error == .unreachable(socket: "/tmp/fctl-curl-none.sock", why: "No such file or directory"))
        #expect(error?.description.contains("not reachable at /tmp/fctl-curl-none.sock") == true)
    }

    @Test func `what does not exist is not found, and a name in use is a conflict`() async throws {
        try await TestEngine.withContainer(start: false) { client, id in
            let missing = await #expect(throws: EngineError.self) {
                try await client.inspectContainer("fctl-curl-none")
            }
            guard case .notFound(let request, let message) = missing else { throw TestFailure("\(missing as Any)") }
            #expect(request == "GET /containers/fctl-curl-none/json")
            #expect(message.contains("fctl-curl-none"))
            let name = try await client.inspectContainer(id).name
            let spec = ContainerSpec(image: try await TestEngine.image(client))
            let taken = await #expect(throws: EngineError.self) { try await client.createContainer(name: name, spec) }
            guard case .conflict = taken else { throw TestFailure("\(taken as Any)") }
        }
    }

    @Test func `a container is created as its spec says`() async throws {
        let adjust = { (spec: inout ContainerSpec) in
            spec.environment = ["A=b"]
            spec.user = "1000:1000"
            spec.workingDirectory = "/tmp"
            spec.stopSignal = "SIGINT"
            spec.host.memory = 64 << 20
            spec.host.nanoCPUs = 500_000_000
            spec.host.pidsLimit = 50
            spec.host.restartPolicy = .init(.unlessStopped)
            spec.host.tmpfs = ["/scratch": "size=1m"]
        }
        try await TestEngine.withContainer(start: false, adjust) { client, id in
            let detail = try await client.inspectContainer(id)
            #expect(detail.config.environment.contains("A=b"))
            #expect(detail.config.user == "1000:1000")
            #expect(detail.config.command == ["sleep", "infinity"])
            #expect(detail.config.labels[TestEngine.label] == "1")
            #expect(detail.config.stopSignal == "SIGINT")
            #expect(detail.limits.memory == 64 << 20)
            #expect(detail.limits.nanoCPUs == 500_000_000)
            #expect(detail.limits.pids == 50)
            #expect(detail.limits.restartPolicy == "unless-stopped")
            #expect(detail.state.status == .created)
            #expect(detail.state.startedAt == nil)
        }
    }

    @Test func `a container's life is seen in lists and by inspection`() async throws {
        try await TestEngine.withContainer(command: [
            "bash", "-c", "trap 'exit 3' TERM; echo ready; sleep infinity & wait",
        ]) {
            client, id in
            let filters = Filters.labels([TestEngine.label: "1"]).and("id", id)
            let running = try #require(try await client.containers(filters: filters).first)
            #expect(running.state == .running)
            #expect(running.networks["bridge"]?.address.isEmpty == false)
            try await client.renameContainer(id, to: running.name + "-new")
            try await client.startContainer(id)
            let ready = try await client.logs(of: id, LogOptions(follows: true)).first { _ in true }
            #expect(ready?.text == "ready")
            async let exit = client.waitForContainer(id)
            try await client.stopContainer(id, timeout: .seconds(20))
            #expect(try await exit.code == 3)
            let stopped = try #require(try await client.containers(filters: filters).first)
            #expect(stopped.name == running.name + "-new")
            #expect(stopped.state == .exited)
            #expect(stopped.exitCode == 3)
            let detail = try await client.inspectContainer(id)
            #expect(try #require(detail.state.finishedAt) > #require(detail.state.startedAt))
            #expect(try await client.containers(all: false, filters: filters).isEmpty)
        }
    }

    @Test func `waiting returns the exit code of what was killed`() async throws {
        try await TestEngine.withContainer { client, id in
            async let exit = client.waitForContainer(id, until: .notRunning)
            try await client.killContainer(id, signal: "SIGKILL")
            #expect(try await exit.code == 137)
            try await client.restartContainer(id, timeout: .zero)
            #expect(try await client.inspectContainer(id).state.status == .running)
        }
    }

    @Test func `a start that fails says why`() async throws {
        try await TestEngine.withContainer(command: ["/no/such/program"], start: false, { $0.host.usesInit = nil }) {
            client, id in
            let error = await #expect(throws: EngineError.self) { try await client.startContainer(id) }
            #expect(error?.description.contains("/no/such/program") == true)
            let state = try await client.inspectContainer(id).state
            #expect(state.error.contains("/no/such/program"))
        }
    }

    @Test func `health and its last output are seen`() async throws {
        let healthcheck = { (spec: inout ContainerSpec) in
            spec.healthcheck = .init(
                test: ["CMD-SHELL", "echo probed; exit 1"], interval: .milliseconds(100), timeout: .seconds(10),
                retries: 1)
        }
        try await TestEngine.withContainer(start: false, healthcheck) { client, id in
            let filters: Filters = ["container": [id], "event": ["health_status"]]
            let events = try await client.events(filters: filters)
            try await client.startContainer(id)
            let first = try await events.first { _ in true }
            #expect(first?.action == "health_status: unhealthy")
            #expect(try await client.containers(filters: ["id": [id]]).first?.health == .unhealthy)
            let health = try #require(try await client.inspectContainer(id).state.health)
            #expect(health.status == .unhealthy)
            #expect(health.lastOutput == "probed\n")
            #expect(health.probes.last?.exitCode == 1)
        }
    }

    @Test func `a paused container is seen as such until it goes on`() async throws {
        try await TestEngine.withContainer { client, id in
            try await client.pauseContainer(id)
            let paused = try await client.inspectContainer(id).state.status
            #expect(paused == .paused)
            try await client.unpauseContainer(id)
            let resumed = try await client.inspectContainer(id).state.status
            #expect(resumed == .running)
        }
    }

    @Test func `limits change while it runs`() async throws {
        try await TestEngine.withContainer { client, id in
            var limits = ContainerLimits()
            limits.memory = 128 << 20
            limits.memorySwap = 128 << 20
            limits.nanoCPUs = 250_000_000
            try await client.updateContainer(id, limits)
            let now = try await client.inspectContainer(id).limits
            #expect(now.memory == 128 << 20)
            #expect(now.nanoCPUs == 250_000_000)
        }
    }

    @Test func `usage and processes of a container are seen`() async throws {
        try await TestEngine.withContainer { client, id in
            let stats = try await client.stats(of: id)
            // Engine 20.10 sometimes gets no metrics from containerd ("no metrics received") until it is restarted.
            withKnownIssue("the Engine answers without figures", isIntermittent: true) {
                #expect(stats.time != nil)
            } when: {
                stats.time == nil
            }
            #expect((stats.cpuNanoseconds > 0) == (stats.time != nil))
            #expect((stats.cpus > 0) == (stats.time != nil))
            let table = try await client.processes(of: id)
            let column = try #require(table.titles.firstIndex(of: "CMD"))
            #expect(table.processes.contains { $0[column].contains("sleep infinity") })
        }
    }

    @Test func `two hundred lists at once stay fast while streams are open`() async throws {
        try await TestEngine.withContainer { client, id in
            let events = try await client.events()
            let follower = Task {
                for try await _ in client.logs(of: id, LogOptions(follows: true)) {}
            }
            let fifty = try await ContinuousClock().measure {
                for _ in 0..<50 { _ = try await client.containers() }
            }
            let all = try await ContinuousClock().measure {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<200 { group.addTask { _ = try await client.containers() } }
                    try await group.waitForAll()
                }
            }
            #expect(all < fifty * 4 + .seconds(1), "fifty in turn took \(fifty), two hundred at once \(all)")
            follower.cancel()
            withExtendedLifetime(events) {}
        }
    }

    @Test func `a secret is put into a container before it starts, with its owner and mode`() async throws {
        try await TestEngine.withContainer(start: false) { client, id in
            var archive = TarArchive()
            archive.addDirectory("secrets", mode: 0o700, uid: 1000, gid: 1000)
            archive.addFile("secrets/key", text: "s3cret", mode: 0o400, uid: 1000, gid: 1000)
            try await client.putArchive(archive.bytes, into: id, at: "/run")
            try await client.startContainer(id)
            let command = ExecCommand([
                "bash", "-c", "stat -c '%a %u %g' /run/secrets /run/secrets/key; cat /run/secrets/key",
            ])
            #expect(try await client.exec(in: id, command).output == "700 1000 1000\n400 1000 1000\ns3cret")
            let back = try await client.getArchive(from: id, path: "/run/secrets", limit: 1 << 20)
            #expect(try TarArchive(back).contents(of: "secrets/key") == Array("s3cret".utf8))
            var streamed: [UInt8] = []
            for try await bytes in try await client.getArchive(from: id, path: "/run/secrets") { streamed += bytes }
            #expect(streamed == back)
            let missing = await #expect(throws: EngineError.self) {
                try await client.getArchive(from: id, path: "/none")
            }
            guard case .notFound = missing else { throw TestFailure("\(missing as Any)") }
        }
    }

    @Test func `removing a container takes its anonymous volumes along`() async throws {
        let adjust = { (spec: inout ContainerSpec) in
            spec.host.mounts = [.init(.volume, target: "/data")]
        }
        try await TestEngine.withContainer(start: false, adjust) { client, id in
            let volume = try #require(try await client.inspectContainer(id).mounts.first?.name)
            #expect(try await client.volumes(filters: ["name": [volume]]).count == 1)
            try await client.removeContainer(id)
            #expect(try await client.volumes(filters: ["name": [volume]]).isEmpty)
        }
    }
}
