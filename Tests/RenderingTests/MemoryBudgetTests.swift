import FrappeModel
import Testing

@testable import Rendering

@Suite("The memory budget")
struct MemoryBudgetTests {
    struct Case: Sendable {
        var gibibytes: Int
        /// In MiB: all, the shared MariaDB, one of a site's own, then what a bench's components get.
        var total: Int
        var shared: Int
        var dedicated: Int
        var web: Int
        var workerLong: Int
        var workerShort: Int
        var redisCache: Int
        var job: Int
    }

    @Test(
        "shares out machines of every size",
        arguments: [
            Case(
                gibibytes: 1, total: 768, shared: 512, dedicated: 384, web: 256, workerLong: 192, workerShort: 128,
                redisCache: 32, job: 384),
            Case(
                gibibytes: 2, total: 1792, shared: 512, dedicated: 384, web: 288, workerLong: 288, workerShort: 128,
                redisCache: 32, job: 896),
            Case(
                gibibytes: 4, total: 3648, shared: 1024, dedicated: 512, web: 608, workerLong: 608, workerShort: 128,
                redisCache: 64, job: 1824),
            Case(
                gibibytes: 8, total: 7360, shared: 2048, dedicated: 1024, web: 1024, workerLong: 1024,
                workerShort: 256, redisCache: 128, job: 3072),
            Case(
                gibibytes: 64, total: 61440, shared: 16384, dedicated: 8192, web: 1024, workerLong: 1024,
                workerShort: 256, redisCache: 128, job: 3072),
        ])
    func sizes(_ expected: Case) {
        let budget = MemoryBudget(memory: expected.gibibytes << 30)
        #expect(budget.total >> 20 == expected.total)
        #expect(budget.sharedDatabase >> 20 == expected.shared)
        #expect(budget.dedicatedDatabase >> 20 == expected.dedicated)
        #expect(budget.resources(.web).limitMemory >> 20 == expected.web)
        #expect(budget.resources(.workerLong).limitMemory >> 20 == expected.workerLong)
        #expect(budget.resources(.workerShort).limitMemory >> 20 == expected.workerShort)
        #expect(budget.redisCache >> 20 == expected.redisCache)
        #expect(budget.job.limitMemory >> 20 == expected.job)
    }

    @Test("lets one bench beside MariaDB fit from 2 GiB on, and never asks for more than the limit", arguments: 2...128)
    func fits(gibibytes: Int) {
        let budget = MemoryBudget(memory: gibibytes << 30)
        let bench = Component.ofBench.map { budget.resources($0) }
        #expect(budget.sharedDatabase + bench.reduce(0) { $0 + $1.limitMemory } <= budget.total)
        #expect(bench.allSatisfy { $0.requestedMemory <= $0.limitMemory })
        #expect(budget.redisCache * 3 / 2 <= budget.resources(.redisCache).limitMemory || gibibytes < 4)
    }

    @Test("is the standard of every component on machines of 8 GiB and more, as the Engine's tools count them")
    func standard() {
        // 8 GB as a kernel sees them.
        let budget = MemoryBudget(memory: 8_241_487_872)
        for component in Component.ofBench {
            #expect(budget.resources(component) == Component.defaultResources[component])
        }
    }

    @Test("follows what the Host manifest sets")
    func manifest() {
        var host = HostSettings()
        host.memoryBudget = 3 << 30
        host.mariadbMemory = 600 << 20
        let budget = MemoryBudget(memory: 64 << 30, host: host)
        #expect(budget.total == 3 << 30)
        #expect(budget.sharedDatabase == 600 << 20)
        #expect(budget.dedicatedDatabase == 384 << 20)
        #expect(budget.resources(.web).limitMemory >> 20 == 576)
    }

    @Test(
        "keeps to the memory that sizes were derived from while the machine is the same",
        arguments: [(7_900, 7_700, true), (7_700, 7_900, true), (3_900, 7_900, false), (16_000, 7_900, false)])
    func sized(now: Int, before: Int, isKept: Bool) {
        let machine = Machine(memory: now << 20, cores: 2)
        #expect(machine.sized(before: before << 20).memory == (isKept ? before : now) << 20)
        #expect(machine.sized(before: nil) == machine)
    }
}

@Suite("Definitions on a machine of 4 GiB")
struct SmallMachineTests {
    private func containers(_ change: (inout Manifests) -> Void = { _ in }) throws -> [DesiredContainer] {
        var allocations = Allocations()
        return try DesiredTests.rendering(memory: 4 << 30, change).desired(&allocations).containers
    }

    @Test("stay as they are when a bench or a site is added, whatever database it has")
    func stable() throws {
        let before = try containers()
        let after = try containers { manifests in
            let team = Bench(name: ObjectName("team"), image: ImageSettings(repository: "demo", tag: "1"))
            manifests.benches[team.name] = team
            var own = Site(name: ObjectName("own"), bench: DesiredTests.bench.name, siteName: "aaa.localhost")
            own.databaseServer = "aaa.localhost_db"
            own.dedicatedDatabase = DedicatedDatabase()
            let other = Site(
                name: ObjectName("other"), bench: DesiredTests.bench.name, siteName: "bbb.localhost",
                databaseServer: "a-server")
            for site in [own, other] { manifests.sites[site.name] = site }
        }
        // The edge carries the names of the sites.
        let names = before.filter { $0.identity.component != .edge }.map(\.name)
        #expect(Set(names).subtracting(after.map(\.name)) == [])
        #expect(after.contains { $0.identity.instance == "aaa.localhost_db" })
        #expect(after.contains { $0.identity.instance == "a-server" })
    }

    @Test("have the sizes of the budget, but for those that the manifest gives")
    func limits() throws {
        func limits(_ containers: [DesiredContainer]) -> [String: Int] {
            Dictionary(
                containers.map { ($0.identity.description, ($0.definition.limits.memory ?? 0) >> 20) }
            ) { first, _ in first }
        }
        let derived = limits(try containers())
        #expect(derived["web-1"] == 608)
        #expect(derived["redis-cache"] == 128)
        #expect(derived["mariadb frappe-mariadb"] == 1024)
        let given = limits(
            try containers { manifests in
                manifests.benches[DesiredTests.bench.name]?.ownMemory = [.web]
                manifests.benches[DesiredTests.bench.name]?.redis.maxMemory = 256 << 20
                manifests.host.mariadbMemory = 1 << 30
            })
        #expect(given["web-1"] == 1024)
        #expect(given["redis-cache"] == 384)
    }
}

@Suite("A dedicated database server")
struct DedicatedDatabaseTests {
    private static func state(_ change: (inout DedicatedDatabase) -> Void = { _ in }) throws -> DesiredState {
        try DesiredTests.desired { manifests in
            let name = ObjectName("one")
            var dedicated = DedicatedDatabase()
            change(&dedicated)
            manifests.sites[name]?.databaseServer = "one.localhost_db"
            manifests.sites[name]?.dedicatedDatabase = dedicated
            manifests.benches[DesiredTests.bench.name]?.databaseServer = nil
        }
    }

    @Test("is a container of the bench, in its network alone, with data and secrets of its own")
    func container() throws {
        let state = try Self.state()
        #expect(state.containers.filter { $0.identity.component == .mariadb }.count == 1, "no shared one is made")
        let container = try DesiredTests.container(state, "mariadb one.localhost_db")
        #expect(container.identity.bench == DesiredTests.bench.name)
        #expect(container.definition.network == "frappectl-abcdef-bench-shop")
        #expect(container.definition.aliases == ["one.localhost_db"])
        #expect(state.attachments == [])
        #expect(state.networks.map(\.bench) == [DesiredTests.bench.name])
        #expect(
            container.definition.mounts
                == [.init(source: "/home/frappe/databases/one.localhost_db/data", target: "/var/lib/mysql")])
        #expect(container.definition.stopGracePeriod == 120)
        #expect(
            container.definition.files.map(\.contents)
                == [
                    .secret(SecretName("mariadb/one.localhost_db/root-password")),
                    .secret(SecretName("mariadb/one.localhost_db/client.cnf")),
                ])
        #expect(container.definition.limits.memory == 1 << 30)
        #expect(container.definition.limits.cpu == nil)
        let web = try DesiredTests.container(state, "web-1").definition
        #expect(web.healthCheck?.test.joined().contains("_db") == false, "no site's server decides over the bench")
    }

    @Test("gets the sizes of its manifest, and a buffer pool of half its memory")
    func sizes() throws {
        let state = try Self.state {
            $0.resources.limitMemory = 3 << 30
            $0.resources.limitCPU = 1500
            $0.resources.requestedCPU = 500
            $0.resources.requestedMemory = 1 << 30
            $0.image = "mariadb:11.4"
        }
        let definition = try DesiredTests.container(state, "mariadb one.localhost_db").definition
        #expect(definition.limits.memory == 3 << 30 && definition.limits.memoryAndSwap == 3 << 30)
        #expect(definition.limits.memoryReservation == 1 << 30)
        #expect(definition.limits.cpu == 1500 && definition.limits.cpuShares == 512)
        #expect(definition.command?.contains("--innodb-buffer-pool-size=\(3 << 29)") == true)
        #expect(definition.image == "mariadb:11.4")
    }
}

@Suite("Limits in manifests")
struct LimitWarningTests {
    private static func warnings(limit: Int, replicas: Int = 1, told: Set<ManifestKey>? = nil) -> [String] {
        let bench = ManifestKey(.bench, ObjectName("shop"))
        let path = "spec.componentResources.gunicorn.limits.memory"
        var manifests = Manifests()
        manifests.benches[bench.object] = Bench(
            name: bench.object, image: ImageSettings(repository: "demo", tag: "1"), replicas: [.web: replicas])
        manifests.benches[bench.object]?.resources[.web]?.limitMemory = limit
        return LimitWarnings(
            manifests: manifests,
            locations: [bench: [path: SourceLocation(file: "shop.yaml", line: 9, column: 3)]],
            told: told ?? [bench], machine: Machine(memory: 4 << 30, cores: 2)
        ).problems.map { "\($0.location) \($0.severity) \($0.message)" }
    }

    @Test("are told with their place where the machine has less, or all of them together exceed the budget")
    func told() {
        #expect(Self.warnings(limit: 2 << 30) == [])
        #expect(
            Self.warnings(limit: 8 << 30).first == "shop.yaml:9:3 warning 8 GiB is more than this machine has (4 GiB)")
        let sum = Self.warnings(limit: 2 << 30, replicas: 2)
        #expect(sum.count == 1)
        #expect(sum.first?.hasPrefix("shop.yaml:9:3 warning the memory limits in manifests add up to 4 GiB") == true)
        #expect(Self.warnings(limit: 8 << 30, told: []) == [], "what was stored before was told before")
    }
}
