import FrappeModel
import Testing

@testable import Rendering

@Suite("The Redis of a bench")
struct RedisTests {
    private static func pair(
        _ change: (inout RedisSettings) -> Void
    ) throws -> (cache: ContainerDefinition, queue: ContainerDefinition) {
        let state = try DesiredTests.desired {
            if var redis = $0.benches[DesiredTests.bench.name]?.redis {
                change(&redis)
                $0.benches[DesiredTests.bench.name]?.redis = redis
            }
        }
        return (
            try DesiredTests.container(state, "redis-cache").definition,
            try DesiredTests.container(state, "redis-queue").definition
        )
    }

    @Test("is what the manifest says: Valkey under its own names")
    func valkey() throws {
        let (cache, queue) = try Self.pair { $0.flavour = .valkey }
        for server in [cache, queue] {
            #expect(server.image == "valkey/valkey:8")
            #expect(server.command?.first == "valkey-server")
            #expect(server.healthCheck?.test.last == "test \"$(valkey-cli ping)\" = PONG")
        }
        #expect(queue.command?.contains("everysec") == true)
    }

    @Test("is DragonFly for the cache, within its memory, and a Redis with a journal for the queue")
    func dragonfly() throws {
        let (cache, queue) = try Self.pair { $0.flavour = .dragonfly }
        #expect(cache.image.hasPrefix("docker.dragonflydb.io/dragonflydb/dragonfly:"))
        #expect(
            cache.command == [
                "dragonfly", "--logtostderr", "--proactor_threads=1", "--maxmemory=268435456", "--cache_mode=true",
                "--dbfilename=", "--default_lua_flags=allow-undeclared-keys",
            ])
        #expect(cache.aliases == ["redis-cache"])
        #expect(cache.limits.memory == 384 << 20)
        #expect(cache.user == "1000:1000")
        #expect(queue.image == HostSettings().redisImage)
        #expect(queue.command?.first == "redis-server")
        #expect(queue.mounts.map(\.target) == ["/data"])
    }

    @Test("is not started where one runs elsewhere, whose login is in no definition")
    func external() throws {
        let state = try DesiredTests.desired {
            $0.benches[DesiredTests.bench.name]?.redis.external = ExternalRedis(host: "a.test", port: 6380)
        }
        #expect(state.containers.allSatisfy { !$0.identity.component.isRedis })
        let config = state.benches[DesiredTests.bench.name]?.commonSiteConfig
        #expect(config?["redis_queue"]?.string == "redis://a.test:6380")
        let worker = try DesiredTests.container(state, "worker-short-1").definition
        #expect(worker.environment["FRAPPECTL_REDIS"] == "a.test:6380 0")
        #expect(worker.healthCheck?.test.last?.contains("/dev/tcp") == false)
    }

    @Test("keeps the image of the manifest to the server that it is for")
    func image() throws {
        let dragonfly = try Self.pair {
            $0.flavour = .dragonfly
            $0.image = "own/dragonfly:1"
        }
        #expect(dragonfly.cache.image == "own/dragonfly:1")
        #expect(dragonfly.queue.image == HostSettings().redisImage)
        let redis = try Self.pair { $0.image = "own/redis:7" }
        #expect(redis.cache.image == "own/redis:7" && redis.queue.image == "own/redis:7")
    }
}
