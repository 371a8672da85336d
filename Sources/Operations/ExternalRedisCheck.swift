import ComposeTemplates
import FoundationEssentials
import FrappeModel
import Rendering
import StateStore

/// Asks an external Redis, before anything is changed for it, whether a bench's jobs are safe there.
struct ExternalRedisCheck: Sendable {
    let host: HostContext
    let manifests: Manifests
    let releases: [ObjectName: Release]
    private let values: SecretValues

    init(host: HostContext, set: ManifestSet, releases: [ObjectName: Release]) {
        self.host = host
        self.releases = releases
        manifests = set.manifests
        values = SecretValues(set, host.secrets)
    }

    private func login(_ redis: ExternalRedis) -> RedisLogin {
        RedisLogin(redis, values)
    }

    /// Benches whose Redis or login is not the one that was looked at before, as they are to be recorded.
    func changed() throws -> [ObjectName: ExternalRedisRecord] {
        let known = try host.store.facts(.redis, as: ExternalRedisRecord.self)
        var changed: [ObjectName: ExternalRedisRecord] = [:]
        for bench in manifests.benches.values {
            guard let redis = bench.redis.external else { continue }
            let fingerprint = login(redis).fingerprint
            let before = known["\(bench.name)"]
            guard before?.address != redis.address || before?.fingerprint != fingerprint else { continue }
            changed[bench.name] = ExternalRedisRecord(
                address: redis.address, fingerprint: fingerprint, revision: (before?.revision ?? 0) + 1)
        }
        return changed
    }

    /// Throws what is wrong with any of them, all together.
    func require(_ benches: some Collection<ObjectName>) async throws {
        var problems: [String] = []
        for name in benches.sorted() {
            guard let bench = manifests.benches[name], let redis = bench.redis.external else { continue }
            host.progress(.preparing(subject: "redis \(redis.address)", text: "asking what it is"))
            problems += try await trouble(of: redis, bench).map { "bench \(name): the Redis at \(redis.address) \($0)" }
        }
        guard problems.isEmpty else {
            throw OperationError.failed(
                problems.joined(separator: "\n"),
                next: "mend it there or in spec.redisConfig, then the same command again; nothing was changed")
        }
    }

    private func trouble(of redis: ExternalRedis, _ bench: Bench) async throws -> [String] {
        let answer = try await ask(redis, bench)
        if let trouble = answer.trouble { return ["does not answer: \(TerminalText.plain(trouble))"] }
        if answer.saves == nil {
            host.progress(.warning("\(redis.address) does not say whether it saves: see that it does, jobs are in it"))
        }
        return answer.troubles
    }

    private func ask(_ redis: ExternalRedis, _ bench: Bench) async throws -> Answer {
        guard let release = releases[bench.name] else { return Answer(trouble: "the bench has no image yet") }
        let rendering = try DesiredRendering(
            manifests: manifests, releases: [:], layout: host.layout, machine: host.machine,
            edgeConfiguration: { _, _ in "" })
        var definition = try rendering.oneShot("facts", for: .benchInit, bench: bench, release: release)
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-c", ComposeTemplate.redis]
        // The way out that every network has; that of the bench may not be there yet.
        definition.network = "bridge"
        let login = login(redis)
        let question = Question(host: redis.host, port: redis.port, user: login.user, password: login.password)
        let once = OneShot(
            host: host, operation: 0,
            name: host.layout.objectName("once", host.layout.shortID(bench.name), "redis"), step: "redis",
            labels: [Label.bench: bench.name.name, Label.namespace: bench.name.namespace])
        let code = try await once.run(
            definition, files: [OneShotInput.path: try OneShotInput.encode(question)])
        let lines = await once.lastLines()
        try await once.remove()
        guard code == 0, let last = lines.last,
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(last.utf8))
        else { return Answer(trouble: "the container that asks it exited with \(code)") }
        return answer
    }

    private struct Question: Encodable {
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    /// What `redis.py` prints.
    struct Answer: Decodable {
        var trouble: String?
        var version = ""
        var policy = ""
        var journal = false
        var saves: Bool?
        var replica = false
        var dragonfly = false

        init(trouble: String) { self.trouble = trouble }

        enum CodingKeys: CodingKey { case trouble, version, policy, journal, saves, replica, dragonfly }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            trouble = try values.decodeIfPresent(String.self, forKey: .trouble)
            version = try values.decodeIfPresent(String.self, forKey: .version) ?? ""
            policy = try values.decodeIfPresent(String.self, forKey: .policy) ?? ""
            journal = try values.decodeIfPresent(Bool.self, forKey: .journal) ?? false
            saves = try values.decodeIfPresent(Bool.self, forKey: .saves)
            replica = try values.decodeIfPresent(Bool.self, forKey: .replica) ?? false
            dragonfly = try values.decodeIfPresent(Bool.self, forKey: .dragonfly) ?? false
        }

        var troubles: [String] {
            var troubles: [String] = []
            if dragonfly { troubles.append("is DragonFly, which keeps no journal: jobs would be lost with a crash") }
            if replica { troubles.append("is a replica, which takes no jobs: name its primary") }
            let major = Int(version.prefix { $0.isNumber }) ?? 0
            if major < 5 { troubles.append("is version \(TerminalText.plain(version)): 5 or newer is needed") }
            if policy != "noeviction" {
                troubles.append(
                    "has maxmemory-policy \(TerminalText.plain(policy)), which throws jobs away: set noeviction")
            }
            if !journal, saves == false {
                troubles.append("keeps nothing on its disk: set appendonly yes, or jobs are lost with a crash")
            }
            return troubles
        }
    }
}
