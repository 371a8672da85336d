import FrappeModel
import Testing

@testable import ManifestParsing

/// How many containers there are, and how large: tiers, autoscaling blocks, the Redis of a bench.
@Suite struct SizeTests {
    @Test(arguments: [
        ("workerAutoscaling: {short: {enabled: false, staticReplicas: 3}}", Component.workerShort, 3),
        ("workerAutoscaling: {default: {staticReplicas: 0}}", .workerDefault, 0),
        ("workerAutoscaling: {long: {enabled: true, minReplicas: 2, maxReplicas: 5}}", .workerLong, 2),
        // Nothing wakes a queue without a worker yet.
        ("workerAutoscaling: {long: {enabled: true, minReplicas: 0, maxReplicas: 5}}", .workerLong, 1),
        ("componentHPA: {gunicorn: {enabled: true, minReplicas: 2, maxReplicas: 4}}", .web, 2),
        ("workerAutoscaling: {long: {enabled: true, staticReplicas: 0, minReplicas: 0}}", .workerLong, 1),
        ("workerAutoscaling: {long: {enabled: true, staticReplicas: 3, minReplicas: 2}}", .workerLong, 3),
        ("workerAutoscaling: {long: {minReplicas: 2, maxReplicas: 5}}", .workerLong, 1),
        ("componentAutoscaling: {gunicorn: {staticReplicas: 0}}", .web, 1),
        ("componentAutoscaling: {worker-long: {staticReplicas: 4}}", .workerLong, 4),
        ("componentAutoscaling: {gunicorn: {enabled: true, minReplicas: 3}}", .web, 3),
        ("workerAutoscaling: {short: {enabled: true}}\ncomponentReplicas: {workerShort: 2}", .workerShort, 2),
    ])
    func `static counts and the fewest are in force`(lines: String, component: Component, count: Int) {
        let outcome = Outcome(Sample.bench(lines))
        #expect(outcome.lines.allSatisfy { $0.hasSuffix("enabled: accepted, not yet in force") }, "\(outcome.lines)")
        #expect(outcome.bench?.replicas[component] == count)
    }

    @Test func `a count that is given twice is named, and so are bounds the wrong way round`() {
        let twice = "workerAutoscaling: {short: {staticReplicas: 3}}\ncomponentReplicas: {workerShort: 2}"
        #expect(
            Outcome(Sample.bench(twice)).lines == [
                "~6:36 spec.componentReplicas.workerShort: 2 is overruled by spec.workerAutoscaling.short, which gives 3"
            ])
        let reversed = "workerAutoscaling: {short: {staticReplicas: 1, minReplicas: 3, maxReplicas: 2}}"
        #expect(
            Outcome(Sample.bench(reversed)).lines == [
                "5:79 spec.workerAutoscaling.short.maxReplicas: is below minReplicas of 3"
            ])
    }

    @Test func `work in containers of its own has its entry, or the default one whole`() {
        let jobs = "jobResources: {default: {limits: {memory: 2Gi, cpu: 1}}, siteInit: {limits: {memory: 4Gi}}}"
        let outcome = Outcome(Sample.bench(jobs))
        #expect(outcome.lines == [])
        #expect(
            outcome.bench?.jobResources == [
                .benchInit: GivenResources(limitCPU: 1000, limitMemory: 2 << 30),
                .siteInit: GivenResources(limitMemory: 4 << 30),
                .maintenance: GivenResources(limitCPU: 1000, limitMemory: 2 << 30),
            ])
        #expect(Outcome(Sample.bench("jobResources: {}")).bench?.jobResources == [:])
        let reversed = "jobResources: {maintenance: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}}"
        #expect(
            Outcome(Sample.bench(reversed)).lines == [
                "5:74 spec.jobResources.maintenance.limits.memory: the limit is below the request of 2Gi"
            ])
        #expect(
            Outcome(Sample.bench("jobResources: {backup: {}}")).lines == [
                "~5:18 spec.jobResources.backup: accepted, not yet in force"
            ])
    }

    @Test func `a tier sizes what the manifest does not`() throws {
        let head = "apiVersion: vyogo.tech/v1alpha1\nkind: FrappeBench\n"
        let resources = "componentResources: {workerLong: {limits: {memory: 4Gi}}}"
        func bench(_ tier: String) -> Outcome {
            Outcome(
                head + "metadata: {name: shop, annotations: {frappectl.dev/tier: \(tier)}}\n"
                    + "spec: {frappeVersion: a, \(resources)}\n")
        }
        let large = try #require(bench("large").bench)
        #expect(
            large.resources[.web]
                == .init(requestedCPU: 1000, requestedMemory: 2 << 30, limitCPU: 2000, limitMemory: 4 << 30))
        #expect(large.resources[.workerDefault]?.requestedMemory == 1 << 30)
        #expect(large.resources[.workerDefault]?.limitMemory == 2 << 30)
        #expect(large.resources[.workerLong]?.requestedCPU == 500)
        #expect(large.resources[.workerLong]?.limitMemory == 4 << 30)
        #expect(large.resources[.socketio] == Component.defaultResources[.socketio])
        #expect(large.ownMemory == [.web, .workerDefault, .workerLong, .workerShort])
        #expect(bench("small").bench?.resources[.web]?.limitMemory == 512 << 20)
        #expect(bench("medium").bench?.resources[.workerShort]?.requestedMemory == 256 << 20)
        #expect(
            bench("huge").lines == [
                "3:58 metadata.annotations.frappectl.dev/tier: \"huge\" is not one of small, medium, large"
            ])
    }

    @Test func `each Redis gets the resources that are written for both`() throws {
        let lines = "redisConfig: {resources: {requests: {cpu: 20m}, limits: {memory: 1Gi}}}"
        let outcome = Outcome(Sample.bench(lines))
        #expect(outcome.lines == [])
        for component in [Component.redisCache, .redisQueue] {
            #expect(outcome.bench?.resources[component]?.requestedCPU == 20)
            #expect(outcome.bench?.resources[component]?.limitMemory == 1 << 30)
            #expect(outcome.bench?.ownMemory.contains(component) == true)
        }
    }

    private static let secret =
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: x}\n"

    @Test func `an external Redis is an address and a Secret`() {
        let lines = "redisConfig: {external: true, host: 10.0.0.5, connectionSecretRef: {name: login}}"
        let outcome = Outcome(Sample.bench(lines) + Self.secret)
        #expect(outcome.lines == [])
        #expect(
            outcome.bench?.redis.external == ExternalRedis(host: "10.0.0.5", port: 6379, secret: ObjectName("login")))
        #expect(Outcome(Sample.bench("redisConfig: {external: false}")).bench?.redis.external == nil)
    }

    @Test(arguments: [
        (
            "redisConfig: {external: true, host: localhost}",
            "5:39 spec.redisConfig.host: localhost is each container itself: name an address that they reach"
        ),
        (
            "redisConfig: {external: true, host: a.test, connectionSecretRef: {name: logim}}",
            "5:75 spec.redisConfig.connectionSecretRef.name: there is no Secret logim. Did you mean login?"
        ),
        ("redisConfig: {host: a.test}", "~5:23 spec.redisConfig.host: ignored: it is for external: true"),
        (
            "redisConfig: {external: true, host: a.test, image: 'redis:7'}",
            "~5:54 spec.redisConfig.image: ignored: no Redis is started for this bench"
        ),
    ])
    func `an external Redis that cannot be meant is told`(lines: String, line: String) {
        #expect(Outcome(Sample.bench(lines) + Self.secret).lines == [line])
    }

    @Test func `two benches in one Redis are told what they have in common`() {
        let lines = "redisConfig: {external: true, host: a.test}"
        let other = Sample.bench(lines).replacing("{name: shop}", with: "{name: two}")
        #expect(
            Outcome(Sample.bench(lines) + "---\n" + other).lines == [
                "~12:39 spec.redisConfig.host: bench shop uses this Redis too: jobs are kept apart by bench_id, realtime "
                    + "events and the index of assets are not"
            ])
    }

    @Test func `DragonFly is the cache only, and has the memory that it needs to start`() {
        let warning =
            "~5:23 spec.redisConfig.type: the queue is a Redis all the same: DragonFly keeps no journal, and jobs "
            + "would be lost with a crash"
        #expect(Outcome(Sample.bench("redisConfig: {type: dragonfly}")).lines == [warning])
        #expect(
            Outcome(Sample.bench("redisConfig: {type: dragonfly, maxMemory: 128Mi}")).lines == [
                warning, "5:45 spec.redisConfig.maxMemory: DragonFly does not start with less than 256Mi",
            ])
    }
}
