import FrappeModel

// Workers that go: each is told once, since a second signal would make it drop its job.
extension ContainerSteps {
    /// Seconds in which an idle worker that was told to go is gone.
    static let drainWait = 3

    /// Tells a worker to finish its job and go; an idle one is gone at once, a busy one is removed by a later run.
    ///
    /// That it is about to be told is recorded before the signal, and that it was told after it: where a run ended
    /// between the two, or the Engine did not say what came of the signal, the worker's own record in Redis tells.
    func drain(_ container: ObservedContainer, progress: @escaping @Sendable (String) -> Void) async throws {
        if try await !wasTold(container) {
            try host.store.put([container.id: host.now], topic: .telling)
            try await host.engine.kill(container.id, signal: "SIGTERM")
        }
        FaultPoint.pass("told \(container.name)")
        try host.store.put([container.id: host.now], topic: .draining)
        if try await host.engine.awaitExit(of: container.id, atMost: .seconds(Self.drainWait)) {
            try await remove(container)
        } else {
            progress("finishes its job; a later run removes it")
        }
    }

    func wasTold(_ container: ObservedContainer) async throws -> Bool {
        if try host.store.facts(.draining, as: Double.self)[container.id] != nil { return true }
        guard try host.store.facts(.telling, as: Double.self)[container.id] != nil else { return false }
        return await heard(container) ?? true
    }

    func forgetTelling(_ id: String) throws {
        try host.store.removeFacts(.telling, keys: [id])
        try host.store.removeFacts(.draining, keys: [id])
    }

    /// Whether a worker that is at a job noted that it was told to go after it; nil where Redis cannot be asked.
    private func heard(_ worker: ObservedContainer) async -> Bool? {
        let queue = try? await host.engine.containers().first {
            $0.bench == worker.bench && $0.identity?.component == .redisQueue && $0.state == .running
        }
        guard let queue else { return nil }
        let evaluate = "$(command -v redis-cli || command -v valkey-cli) EVAL \"$1\" 0 \"$2\""
        let answer = try? await host.engine.exec(
            queue.id, ["sh", "-c", evaluate, "sh", Self.shutdownScript, String(worker.id.prefix(12))])
        return answer.flatMap { $0.exitCode == 0 ? $0.output.hasPrefix("1") : nil }
    }

    /// A worker is known by its host name, the beginning of its container's id.
    private static let shutdownScript = """
        for _, key in ipairs(redis.call("SMEMBERS", "rq:workers")) do
          if redis.call("HGET", key, "hostname") == ARGV[1] and redis.call("HEXISTS", key, "shutdown_requested_date") == 1
          then return 1 end
        end
        return 0
        """
}
