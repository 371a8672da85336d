import DockerEngine
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// The queue, where jobs wait.
    @Suite struct RedisTests {
        @Test func `jobs that waited when the queue was killed are run afterwards`() async throws {
            try await withShop { shop in
                let browser = try await shop.administrator("one.localhost")
                try await shop.succeed(["bench", "scale", "shop", "worker-short", "0"])
                var jobs: [String] = []
                for _ in 0..<3 { jobs.append(try await browser.enqueue(queue: "short", seconds: 0)) }
                let queue = try await shop.container(.redisQueue)
                try await shop.engine.killContainer(queue.id, signal: "SIGKILL")
                try await shop.engine.removeContainer(queue.id, force: true)
                try await shop.succeed(["up"])
                #expect(try await shop.container(.redisQueue).id != queue.id)
                for job in jobs { #expect(try await browser.job(job).finished == .null) }
                try await shop.succeed(["bench", "scale", "shop", "worker-short", "1"])
                for job in jobs {
                    #expect(
                        try await Waiting.until(within: .seconds(20)) { try await browser.job(job).finished != .null })
                }
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `a queue that outgrows its storageSize is told`() async throws {
            try await withShop { shop in
                try shop.write(shop.benchManifest(extra: ["redisConfig: {storageSize: 1Mi}"]), to: "small.yaml")
                try await shop.succeed(["up", "-f", "small.yaml"])
                let queue = try await shop.container(.redisQueue).id
                let fill = "head -c 2000000 /dev/zero | tr '\\0' x | redis-cli -x set big"
                try await shop.exec(queue, ["sh", "-c", fill])
                let told = try await shop.succeed(["status", "--json"]).json().attention.strings
                let line = try #require(told.first { $0.hasPrefix("the data of redis-queue is ") }, "\(told)")
                // What jobs of other tests left in its log counts too.
                let parts = line.split(separator: " ")
                let size = try #require(parts.count > 6 && parts[6] == "MiB," ? Double(parts[5]) : nil, "\(line)")
                #expect(size >= 1.9 && size < 6)
                #expect(
                    line.hasSuffix(
                        " MiB, more than its storageSize of 1 MiB; "
                            + "next: see why jobs wait, or raise spec.redisConfig.storageSize"))
                try await shop.exec(queue, ["redis-cli", "del", "big"])
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }

        @Test func `an external Redis is asked first, then serves cache and queue, and its password stays secret`()
            async throws
        {
            try await withShop { shop in
                let bridge = try #require(try await shop.engine.inspectNetwork("bridge").subnets.first?.subnet)
                let address = bridge.prefix { $0 != "/" }.split(separator: ".").prefix(3).joined(separator: ".") + ".1"
                let port = shop.lease.upstreamPorts.upperBound
                let redis = try await shop.startRedis(address, port, ["--maxmemory-policy", "allkeys-lru"])
                func apply(password: String) async throws -> ProgramResult {
                    try shop.write(
                        shop.manifests([
                            "apiVersion: v1\nkind: Secret\nmetadata: {name: far-redis}\nstringData: {password: \"\(password)\"}\n",
                            shop.benchManifest(
                                "far",
                                extra: [
                                    "redisConfig:", "  external: true", "  host: \(address)", "  port: \(port)",
                                    "  connectionSecretRef: {name: far-redis}",
                                    "componentReplicas: {workerDefault: 0, workerLong: 0}",
                                ]), shop.siteManifest("far.localhost", bench: "far"),
                        ]), to: "far.yaml")
                    return try await shop.run(["up", "-f", "far.yaml"])
                }
                let wrong = try await apply(password: "wrong-one")
                #expect(wrong.exitCode == 1 && wrong.errors.contains("does not answer"), "\(wrong)")
                let unsafe = try await apply(password: Self.password)
                #expect(unsafe.exitCode == 1 && unsafe.errors.contains("throws jobs away: set noeviction"), "\(unsafe)")
                #expect(unsafe.errors.contains("keeps nothing on its disk"), "\(unsafe)")
                #expect(try await shop.containers().allSatisfy { $0.labels[Label.bench] != "far" })
                #expect(try await shop.run(["get", "bench", "far"]).exitCode != 0)

                func set(_ setting: String, _ value: String) async throws {
                    try await shop.exec(
                        redis, ["redis-cli", "-h", address, "-p", "\(port)", "config", "set", setting, value],
                        environment: ["REDISCLI_AUTH=\(Self.password)"])
                }
                try await set("maxmemory-policy", "noeviction")
                try await set("appendonly", "yes")
                let up = try await apply(password: Self.password)
                #expect(up.exitCode == 0, "\(up)")
                let own = try await shop.containers().filter { $0.labels[Label.bench] == "far" }
                #expect(own.allSatisfy { $0.labels[Label.component]?.hasPrefix("redis") == false })
                let browser = try await shop.administrator("far.localhost")
                #expect(try await browser.runsJob(queue: "short"))
                #expect(try await shop.run(["plan"]).exitCode == 0)
                #expect(try await shop.succeed(["up"]).output.hasPrefix("nothing to do"))

                for container in own { #expect(!"\(try await shop.inspect(container.id))".contains(Self.password)) }
                for command in [
                    ["history", "--steps", "--json"], ["get", "secret", "-o", "yaml"], ["status", "--json"],
                ] {
                    #expect(try await !shop.succeed(command).output.contains(Self.password), "\(command)")
                }

                // A new password is taken once the server lets it in, and everything works with it from then on.
                let early = try await apply(password: "new:one")
                #expect(early.exitCode == 1 && early.errors.contains("does not answer"), "\(early)")
                #expect(try await shop.run(["plan"]).exitCode == 0)
                try await set("requirepass", "new:one")
                let rotated = try await apply(password: "new:one")
                #expect(rotated.exitCode == 0, "\(rotated)")
                #expect(try await shop.administrator("far.localhost").runsJob(queue: "short"))
                #expect(try await shop.run(["plan"]).exitCode == 0)

                try await shop.succeed(["delete", "site", "far.localhost", "--yes", "far.localhost"])
                try await shop.succeed(["delete", "bench", "far", "--yes", "far"])
                try await shop.succeed(["delete", "secret", "far-redis", "--yes", "far-redis"])
                try await shop.engine.removeContainer(redis, force: true)
            }
        }

        private static let password = "a b/c:d@e%f"
    }
}

extension Installation {
    /// A Redis that is none of the program's, on an address of this machine that containers reach.
    fileprivate func startRedis(_ address: String, _ port: Int, _ more: [String]) async throws -> String {
        var spec = ContainerSpec(
            image: images.redis,
            command: [
                "redis-server", "--bind", address, "--port", "\(port)", "--save", "", "--requirepass", "a b/c:d@e%f",
            ]
                + more)
        spec.labels = TestLabel.labels(of: self)
        spec.host.networkMode = "host"
        let id = try await engine.createContainer(name: "frappectl-test-\(lease.number)-redis", spec).id
        try await engine.startContainer(id)
        return id
    }
}
