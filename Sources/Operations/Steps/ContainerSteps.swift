import DockerEngine
import FrappeModel
import Rendering

/// The steps of containers: start, prove, replace, drain, remove.
struct ContainerSteps: Sendable {
    let host: HostContext

    /// Seconds in which the longest job of a worker has ended.
    static let longestJob = 1560

    /// Creates the container where it is absent, starts it, and waits until it is proven to work.
    ///
    /// - Parameter proof: passed once it is started and before it is proven.
    func start(
        _ container: DesiredContainer, _ proof: ProofTurn, progress: @escaping @Sendable (String) -> Void
    ) async throws {
        let id = try await present(container)
        do {
            try await run(id, container)
            try await proof()
            try await prove(id, container, progress: progress)
        } catch  where error is StepReason || error is ProofBlocked {
            // Stopped, not removed: its log stays readable, and it restarts nothing in the background.
            // A database is given its whole time: what is ended earlier has to recover.
            let isDatabase = container.identity.component == .mariadb
            try await host.engine.stop(id, atMost: isDatabase ? nil : .seconds(5))
            throw error
        }
    }

    /// Starts it; one whose port somebody took since it was planned says so.
    private func run(_ id: String, _ container: DesiredContainer) async throws {
        do {
            try await host.engine.start(id)
        } catch let error as EngineError {
            guard let words = PortConflicts.words(container.definition) else { throw error }
            throw StepReason(description: words, next: "frappectl up, which takes another port")
        }
    }

    /// The id of the container, made or mended as far as needed to start it.
    private func present(_ container: DesiredContainer) async throws -> String {
        if let state = try await host.engine.state(of: container.name) {
            guard state.isOurs else {
                throw StepReason(
                    description: "a container named \(container.name) exists and was not made by this installation",
                    next: "docker rm \(container.name) once you know whose it is, then frappectl up")
            }
            if state.isPaused { try await host.engine.unpause(state.id) }
            if state.isRunning { return state.id }
            // One that was told to go, went, and is wanted again: whoever removes it next has to tell it anew.
            try forgetTelling(state.id)
            if !state.isDead {
                try await uploadFiles(of: container, to: state.id)
                return state.id
            }
            try await host.engine.remove(state.id)
        }
        let id = try await create(container)
        try await uploadFiles(of: container, to: id)
        return id
    }

    private func create(_ container: DesiredContainer) async throws -> String {
        do {
            return try await host.engine.create(
                name: container.name, definition: container.definition, labels: labels(of: container))
        } catch EngineError.notFound(_, let message) {
            throw StepReason(
                description: message, next: "pull or build the image \(container.definition.image), then frappectl up")
        }
    }

    private func labels(of container: DesiredContainer) -> [String: String] {
        var labels = [
            Label.component: container.identity.component.rawValue,
            Label.instance: container.identity.instance,
            Label.definition: container.definitionHash,
            Label.release: "\(container.release)",
        ]
        if let bench = container.identity.bench {
            labels[Label.bench] = bench.name
            labels[Label.namespace] = bench.namespace
        }
        return labels
    }

    private func uploadFiles(of container: DesiredContainer, to id: String) async throws {
        var files: [String: [UInt8]] = [:]
        for file in container.definition.files {
            switch file.contents {
            case .text(let text): files[file.path] = [UInt8](text.utf8)
            case .secret(let name):
                guard let value = host.secrets.value(name) else {
                    throw StepReason(
                        description: "the file \(host.secrets.path(name)) is missing, and with it a secret",
                        next: "put it back from a backup of \(host.layout.root), then frappectl up")
                }
                files[file.path] = value
            }
        }
        if !files.isEmpty { try await host.engine.upload(files, to: id) }
    }

    /// Runs the health check at once and again until it succeeds, the container dies, or its time is up.
    private func prove(
        _ id: String, _ container: DesiredContainer, progress: @escaping @Sendable (String) -> Void
    ) async throws {
        guard let test = container.definition.healthCheck?.probe else { return }
        let deadline = ContinuousClock.now + .seconds(container.definition.healthyWithin)
        var pause = Duration.milliseconds(50)
        var probe = PatientProbe(test)
        while true {
            guard let state = try await host.engine.state(of: id) else {
                throw StepReason(
                    description: "the container \(container.name) was removed by somebody else while it started")
            }
            if !state.isRunning || state.restartCount >= 3 { throw await died(container, id, state) }
            if state.isHealthy { return }
            let answer = try? await host.engine.exec(id, probe.command)
            if answer?.exitCode == 0 {
                if let start = state.startedAt { host.proofs.add(id, startedAt: start, at: host.now) }
                return
            }
            probe.learn(answer?.exitCode)
            guard ContinuousClock.now < deadline else { throw await neverHealthy(container, id, answer) }
            progress("not healthy yet")
            // Its end is the event to wait for; without it the next probe comes a little later each time.
            try await host.engine.awaitExit(of: id, atMost: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    private func died(_ container: DesiredContainer, _ id: String, _ state: ContainerCondition) async -> StepReason {
        // While it restarts the Engine's record of its last end is already cleared.
        var code = state.exitCode
        if state.isRunning { code = await host.engine.nextExitCode(of: id, atMost: .seconds(5)) ?? code }
        let killed = state.wasKilledForMemory ? " (killed by the kernel: out of memory)" : ""
        return StepReason(
            description: "exited with \(code)\(killed) instead of becoming healthy",
            logs: await host.engine.lastLines(of: id, count: 15), next: next(container))
    }

    private func neverHealthy(_ container: DesiredContainer, _ id: String, _ answer: ExecAnswer?) async -> StepReason {
        let probe =
            answer.map { " (its probe exits with \($0.exitCode)\($0.output.isEmpty ? "" : ": \($0.output)"))" } ?? ""
        return StepReason(
            description: "did not become healthy in \(container.definition.healthyWithin) s\(probe)",
            logs: await host.engine.lastLines(of: id, count: 15), next: next(container))
    }

    private func next(_ container: DesiredContainer) -> String {
        guard let bench = container.identity.bench else { return "frappectl up, once its cause is mended" }
        return "frappectl logs \(bench) \(container.identity.component.rawValue); mend the cause, then frappectl up"
    }

    /// Stops the old ones, starts the new one; where that fails the old one comes back.
    func replace(
        _ container: DesiredContainer, old: [ObservedContainer], _ proof: ProofTurn,
        progress: @escaping @Sendable (String) -> Void
    ) async throws {
        try await SettingsTrial(host: host, container: container).pass()
        for one in old { try await host.engine.stop(one.id, atMost: nil) }
        for one in old where one.name == container.name { try await host.engine.remove(one.id) }
        let kept = old.filter { $0.name != container.name }
        do {
            try await start(container, proof, progress: progress)
        } catch {
            if let last = kept.first(where: { $0.state == .running }) { try await host.engine.start(last.id) }
            throw error
        }
        for one in kept { try await host.engine.remove(one.id) }
    }

    func remove(_ container: ObservedContainer) async throws {
        // One that was told to finish its job is waited for: a second signal would make it drop the job.
        if try await wasTold(container) {
            try await host.engine.awaitExit(of: container.id, atMost: .seconds(Self.longestJob))
        }
        try await host.engine.stop(container.id, atMost: nil)
        try await forget(container)
    }

    func discard(_ container: ObservedContainer) async throws {
        try await host.engine.stop(container.id, atMost: .seconds(5))
        try await forget(container)
    }

    private func forget(_ container: ObservedContainer) async throws {
        try await host.engine.removeWhole(container.id)
        try forgetTelling(container.id)
        try host.store.removeFacts(.port, keys: [container.name])
        if container.identity?.component == .web, let bench = container.bench { await forgetAssets(of: bench) }
    }

    /// Drops the index of bundles that Frappe keeps in redis-cache: what the last container of an old image put there
    /// would name that image's files on. A cache that cannot be reached loses it with its end.
    private func forgetAssets(of bench: ObjectName) async {
        let containers = ((try? await host.engine.containers()) ?? []).filter {
            $0.bench == bench && $0.state == .running
        }
        if let cache = containers.first(where: { $0.identity?.component == .redisCache }) {
            let delete = "$(command -v redis-cli || command -v valkey-cli) DEL assets_json"
            _ = try? await host.engine.exec(cache.id, ["sh", "-c", delete])
        } else if let other = containers.first(where: { [.scheduler, .web].contains($0.identity?.component) }) {
            // One that runs elsewhere is asked from inside, with the login that is there.
            let python = ["/home/frappe/frappe-bench/env/bin/python", "-c", Self.forgetting]
            _ = try? await host.engine.exec(other.id, python)
        }
    }

    private static let forgetting = """
        from json import load
        from redis import from_url
        url = load(open("/home/frappe/frappe-bench/sites/common_site_config.json"))["redis_cache"]
        from_url(url, socket_timeout=3, socket_connect_timeout=3).delete("assets_json")
        """
}

/// A health check that is repeated inside its container: for the Engine an exec is far more work than most probes are.
struct PatientProbe {
    private let probe: [String]
    private var hasShell = true

    init(_ probe: [String]) { self.probe = probe }

    /// Ends with 0 once the probe succeeds; after some three seconds as its last try ends.
    var command: [String] { hasShell ? ["/bin/sh", "-c", Self.script, "sh"] + probe : probe }

    private static let script =
        "for pause in 0.05 0.1 0.1 0.2 0.2 0.4 0.4 0.8 0.8; do \"$@\" >/dev/null 2>&1 && exit 0; sleep $pause; done; "
        + "exec \"$@\""

    /// - Parameter exitCode: nil where the Engine could not run it.
    mutating func learn(_ exitCode: Int?) { if [nil, 126, 127].contains(exitCode) { hasShell = false } }
}

extension ContainerDefinition.HealthCheck {
    /// The command as an exec takes it.
    var probe: [String]? {
        switch test.first {
        case "CMD": Array(test.dropFirst())
        case "CMD-SHELL": ["/bin/sh", "-c"] + test.dropFirst()
        default: nil
        }
    }
}
