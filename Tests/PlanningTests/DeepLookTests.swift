import FrappeModel
import Planning
import Testing

@Suite("A deep look")
struct DeepLookTests {
    /// A converged bench, looked at deeply: all as it should be.
    private static func fixture() -> PlanFixture {
        var fixture = PlanFixture(converged: true)
        var deep = DeepLook()
        deep.cores = 2
        for container in fixture.desired.containers { deep.containers["id-\(container.name)"] = look(container) }
        deep.containers["id-mariadb-frappe-mariadb-11111111"]?.aliases["net-shop"] = ["frappe-mariadb"]
        var database = DatabaseLook()
        let account = DatabaseAccount(database: "_1_one", subnet: PlanFixture.network.subnet)
        database.databases = ["_1_one"]
        database.accounts = [account]
        database.grants = [account: ["\\_1\\_one": Set(DatabaseAccount.privileges)]]
        deep.databases = ["frappe-mariadb": database]
        fixture.observed.deep = deep
        return fixture
    }

    private static func look(_ container: DesiredContainer) -> ContainerLook {
        var look = ContainerLook()
        look.image = container.definition.image
        look.imageID = container.definition.image
        look.restart = container.definition.restart.rawValue
        look.limits = container.definition.limits
        return look
    }

    private static func planned(_ change: (inout PlanFixture) -> Void) -> [String] {
        var fixture = fixture()
        change(&fixture)
        return fixture.text + fixture.plan.notes
    }

    /// The same for the only worker of the short queue.
    private static func plannedForWorker(_ change: @Sendable (inout ContainerLook) -> Void) -> [String] {
        planned { fixture in
            let id = "id-worker-short-1-11111111"
            guard var look = fixture.observed.deep?.containers[id] else { return }
            change(&look)
            fixture.observed.deep?.containers[id] = look
        }
    }

    @Test("of what is as it should be leads to nothing")
    func converged() {
        #expect(Self.planned { _ in } == [])
        #expect(Self.fixture().plan.unchangedComponents == 11)
    }

    @Test("tells each limit that was set from outside, and what it should be")
    func limits() {
        let text = Self.plannedForWorker {
            $0.limits.memory = 100 << 20
            $0.limits.cpu = 500
            $0.limits.processes = 7
            $0.restart = "always"
        }
        #expect(
            text == [
                "set-limits worker-short-1: set from outside: memory limit 100 MiB instead of 1 GiB, "
                    + "CPU limit 500m instead of none, processes 7 instead of none, "
                    + "restart policy always instead of no"
            ])
    }

    @Test("takes a limit of all cores for none, and knows which limits the kernel does not count")
    func uncounted() {
        #expect(Self.plannedForWorker { $0.limits.cpu = 2000 } == [])
        let without = Self.planned { fixture in
            fixture.observed.deep?.enforced.memory = false
            fixture.observed.deep?.containers["id-worker-short-1-11111111"]?.limits.memory = nil
        }
        #expect(without == [])
        #expect(Self.plannedForWorker { $0.limits.memory = nil }.count == 1)
    }

    /// A way in which a container of our name is none of ours.
    struct Impostor: Sendable {
        let word: String
        let change: @Sendable (inout ContainerLook) -> Void

        static let all = [
            Impostor(word: "its image") { $0.imageID = "sha256:bb" },
            Impostor(word: "its mounts") { $0.mounts = [.init(source: "/", target: "/h")] },
            Impostor(word: "its published ports") { $0.publishedPorts = ["0.0.0.0:80->80"] },
            Impostor(word: "its added capabilities") { $0.addedCapabilities = ["SYS_ADMIN"] },
            Impostor(word: "its privileges") { $0.isPrivileged = true },
            Impostor(word: "its environment (TOKEN)") { $0.environment = ["TOKEN": ContainerLook.hash("secret")] },
        ]
    }

    @Test(
        "replaces a container of our name that somebody made, and names what differs, of variables the names only",
        arguments: Impostor.all)
    func impostor(_ impostor: Impostor) {
        #expect(
            Self.plannedForWorker(impostor.change) == [
                "replace worker-short-1: \(impostor.word) differ: it was made outside frappectl"
            ])
    }

    @Test("tells a name that is missing in a network, and a network that is one too many")
    func networks() {
        let names = Self.planned { $0.observed.deep?.containers["id-mariadb-frappe-mariadb-11111111"]?.aliases = [:] }
        #expect(
            names == ["rejoin mariadb frappe-mariadb: its name frappe-mariadb is missing in network net-shop"])
        let more = Self.planned { $0.change("edge") { $0.networks.insert("bridge") } }
        #expect(more == ["detach edge: was connected to network bridge outside frappectl"])
    }

    @Test("tells accounts and grants that are missing, and leaves those that are too many")
    func accounts() {
        let account = DatabaseAccount(database: "_1_one", subnet: PlanFixture.network.subnet)
        let name = "grant site one.localhost"
        func planned(_ change: (inout DatabaseLook) -> Void) -> [String] {
            Self.planned { fixture in
                guard var look = fixture.observed.deep?.databases["frappe-mariadb"] else { return }
                change(&look)
                fixture.observed.deep?.databases["frappe-mariadb"] = look
            }
        }
        #expect(planned { $0.grants = [:] } == ["\(name): grant on _1_one of one.localhost is missing"])
        #expect(
            planned { $0.grants[account]?["\\_1\\_one"]?.subtract(["DROP", "SELECT"]) } == [
                "\(name): grant on _1_one of one.localhost lacks SELECT, DROP"
            ])
        #expect(
            planned { $0.accounts = [] } == [
                "\(name): account _1_one@10.217.1.0/255.255.255.0 of one.localhost is missing"
            ])
        let more = planned {
            $0.accounts.insert(DatabaseAccount(user: "_1_one", host: "%"))
            $0.global[account] = ["FILE"]
            $0.grants[account]?["other"] = ["SELECT"]
        }
        #expect(more.count == 3)
        #expect(more.allSatisfy { $0.hasPrefix("account _1_one@") })
        #expect(more.allSatisfy { $0.hasSuffix("frappectl db one.localhost --admin") })
        let gone = planned { $0.databases = [] }
        #expect(gone.count == 1 && gone[0].contains("the database _1_one of one.localhost is missing"))
    }

    @Test("tells keys of configuration files, and leaves a file that is gone")
    func configurations() {
        func planned(_ differences: [ConfigurationDifference]) -> [String] {
            Self.planned { $0.observed.deep?.configurations = [PlanFixture.bench: differences] }
        }
        let site = ObjectName("one")
        #expect(
            planned([
                .init(file: "common_site_config.json", trouble: .keys(["db_host", "redis_cache"])),
                .init(file: "apps.txt", trouble: .missing),
                .init(file: "one.localhost/site_config.json", site: site, trouble: .keys(["db_password"])),
            ]) == [
                "configure-bench configuration: db_host, redis_cache in sites/common_site_config.json was changed from "
                    + "outside; sites/apps.txt is missing",
                "restore-configuration site one.localhost: db_password in sites/one.localhost/site_config.json was "
                    + "changed from outside",
            ])
        let gone = planned([.init(file: "one.localhost/site_config.json", site: site, trouble: .missing)])
        #expect(gone.count == 1)
        #expect(gone[0].hasPrefix("sites/one.localhost/site_config.json is missing: nothing is done"))
    }

    @Test("tells settings of a Redis, and a user that is not ours")
    func redis() {
        func planned(_ look: RedisLook) -> [String] {
            Self.planned { fixture in
                for index in fixture.desired.containers.indices
                where fixture.desired.containers[index].identity.component == .redisCache {
                    let command = ["redis-server", "--maxmemory", "1048576", "--maxmemory-policy", "allkeys-lru"]
                    fixture.desired.containers[index].definition.command = command
                    fixture.observed.deep?.containers["id-redis-cache-1-11111111"]?.command = command
                }
                fixture.observed.deep?.redis["id-redis-cache-1-11111111"] = look
            }
        }
        var look = RedisLook()
        look.users = ["user default on nopass sanitize-payload ~* &* +@all"]
        look.settings = ["maxmemory": "1048576", "maxmemory-policy": "allkeys-lru"]
        #expect(planned(look) == [])
        look.settings["maxmemory"] = "0"
        #expect(planned(look) == ["set-redis redis-cache: set from outside: maxmemory none instead of 1 MiB"])
        look.users.append("user thief on nopass ~* +@all")
        #expect(planned(look) == ["restart redis-cache: its users thief were made or changed from outside"])
    }

    @Test("is planned only where it was taken, and says so")
    func marked() {
        var fixture = Self.fixture()
        fixture.observed.deep?.modes = [.init(path: "/r/agent/secrets/a", mode: 0o644, wanted: 0o600)]
        #expect(fixture.plan.isDeep)
        #expect(fixture.text == ["set-mode /r/agent/secrets/a: has mode 0644 instead of 0600"])
        fixture.observed.deep = nil
        #expect(fixture.plan.isEmpty && !fixture.plan.isDeep)
    }
}
