import FrappeModel
import Planning
import Testing

@Suite("A plan")
struct PlannerTests {
    @Test("is empty when all is as it should be")
    func converged() {
        let plan = PlanFixture(converged: true).plan
        #expect(plan.isEmpty)
        #expect(plan.unchangedComponents == 11)
        #expect(plan.unchangedSites == 1)
        #expect(plan.notes.isEmpty)
    }

    @Test("of a fresh host makes everything, each step after what it needs")
    func fresh() throws {
        let plan = PlanFixture(converged: false).plan
        let kinds = Dictionary(grouping: plan.steps, by: \.action.kind).mapValues(\.count)
        #expect(
            kinds == [
                "create-network": 2, "prepare-database": 1, "prepare-bench": 1, "configure-bench": 1,
                "extract-assets": 1,
                "start": 11, "attach": 1, "create-site": 1, "route": 1, "verify-site": 1,
            ])
        let web = try #require(plan.steps.first { $0.id == "shop/web-2" })
        #expect(
            web.needs.isSuperset(of: [
                "network net-shop", "shop/directories", "shop/configuration", "shop/redis-cache", "shop/redis-queue",
            ]))
        // It reads its code while the database starts, and is proven by both.
        #expect(!web.needs.contains("mariadb frappe-mariadb"))
        #expect(web.provenAfter.isSuperset(of: ["mariadb frappe-mariadb"]))
        let site = try #require(plan.steps.first { $0.id == "site one.localhost" })
        #expect(site.needs.contains("mariadb frappe-mariadb") && !site.needs.contains("shop/web-1"))
    }

    @Test("needs nothing of itself and has no circle")
    func acyclic() {
        for converged in [true, false] {
            var fixture = PlanFixture(converged: converged)
            if converged {
                for component in Component.allCases { fixture.redefine(component, memory: 2 << 30) }
            }
            var ended: Set<String> = []
            var waiting = fixture.plan.steps
            let ids = Set(waiting.map(\.id))
            #expect(ids.count == waiting.count)
            while !waiting.isEmpty {
                let ready = waiting.filter {
                    $0.needs.union($0.after).union($0.provenAfter).intersection(ids).isSubset(of: ended)
                }
                #expect(!ready.isEmpty, "a circle among \(waiting.map(\.id))")
                guard !ready.isEmpty else { return }
                ended.formUnion(ready.map(\.id))
                waiting.removeAll { ended.contains($0.id) }
            }
        }
    }

    @Test("starts the new web beside the old one, routes, and only then removes the old one; the cause names the line")
    func replaceWeb() {
        var fixture = PlanFixture(converged: true)
        fixture.redefine(.web, memory: 2 << 30)
        fixture.locations[ManifestKey(.bench, PlanFixture.bench)] = [
            "spec.componentResources.gunicorn.limits.memory": SourceLocation(file: "shop.yaml", line: 14, column: 9)
        ]
        #expect(
            fixture.text == [
                "start-beside web-1: memory limit 1 GiB -> 2 GiB (shop.yaml:14)",
                "remove web-1: replaced by web-1-22222222 <- shop/route, shop/web-1",
                "start-beside web-2: memory limit 1 GiB -> 2 GiB (shop.yaml:14)",
                "remove web-2: replaced by web-2-22222222 <- shop/route, shop/web-2",
                "route route: its upstreams change <- shop/web-1, shop/web-2",
            ])
    }

    @Test("replaces what holds data in its place, and says that it costs downtime")
    func replaceRedis() {
        var fixture = PlanFixture(converged: true)
        fixture.redefine(.redisQueue, memory: 2 << 30)
        let plan = fixture.plan
        #expect(fixture.text == ["replace redis-queue: memory limit 1 GiB -> 2 GiB"])
        #expect(plan.steps.first?.effect == .downtime)
    }

    @Test("connects a replaced database server to its benches again")
    func replaceDatabase() {
        var fixture = PlanFixture(converged: true)
        fixture.redefine(.mariadb, memory: 2 << 30)
        #expect(
            fixture.text == [
                "replace mariadb frappe-mariadb: memory limit 1 GiB -> 2 GiB",
                "attach network shop: mariadb frappe-mariadb is not connected yet <- mariadb frappe-mariadb",
            ])
    }

    @Test("lets a worker finish its job")
    func drain() {
        var fixture = PlanFixture(converged: true)
        fixture.redefine(.workerLong, memory: 2 << 30)
        #expect(
            fixture.text == [
                "start-beside worker-long-1: memory limit 1 GiB -> 2 GiB",
                "drain worker-long-1: replaced by worker-long-1-22222222 <- shop/worker-long-1",
            ])
    }

    @Test("does not signal a worker twice, and removes it once it has gone")
    func draining() {
        var fixture = PlanFixture(converged: true)
        let old = PlanFixture.running(PlanFixture.container(.workerLong, instance: "1", network: "net-shop", hash: "0"))
        fixture.observed.containers.append(old)
        fixture.observed.draining = [old.id]
        #expect(fixture.plan.isEmpty)
        #expect(fixture.plan.notes == ["worker-long-1-0 finishes its job and goes by itself"])
        fixture.observed.justTold = [old.id]
        #expect(fixture.text == ["drain worker-long-1: replaced by worker-long-1-11111111"])
        fixture.observed.justTold = []
        fixture.change("worker-long-1-0") { $0.state = .exited }
        #expect(fixture.text == ["remove worker-long-1: replaced by worker-long-1-11111111"])
    }

    @Test(
        "names what is wrong with a container that should run",
        arguments: [
            (ObservedContainer.State.exited, ObservedContainer.Health.none, "start socketio: is not running (gone)"),
            (.created, .none, "start socketio: was created but never started"),
            (.running, .unhealthy, "replace socketio: is unhealthy"),
            (.restarting, .none, "start socketio: keeps restarting (gone)"),
            (.paused, .none, "start socketio: is paused"),
            (.running, .starting, "start socketio: is not proven healthy yet"),
        ])
    func trouble(state: ObservedContainer.State, health: ObservedContainer.Health, step: String) {
        var fixture = PlanFixture(converged: true)
        fixture.change("socketio") {
            $0.state = state
            $0.health = health
            $0.status = "gone"
        }
        #expect(fixture.text == [step, "route route: its upstreams change <- shop/socketio"])
    }

    @Test("takes a replica that is one too many out of the route before it goes")
    func scaleDown() {
        var fixture = PlanFixture(converged: true)
        fixture.desired.containers.removeAll { $0.identity.component == .web && $0.identity.instance == "2" }
        #expect(
            fixture.text == [
                "remove web-2: one replica too many <- shop/route", "route route: its upstreams change",
            ])
    }

    @Test("leaves what works in the place of a worker that is wanted again and still finishes its job")
    func drainingAndWanted() {
        var fixture = PlanFixture(converged: true)
        let wanted = fixture.observed.containers.first { $0.name.hasPrefix("worker-long") }
        var other = wanted
        other?.id = "other"
        other?.name = "worker-long-1-22222222"
        fixture.observed.containers += [other].compactMap(\.self)
        fixture.observed.draining = Set([wanted?.id].compactMap(\.self))
        #expect(fixture.text == [])
        #expect(fixture.plan.notes == ["worker-long-1-11111111 finishes its job and goes by itself"])
    }

    @Test("says which field asks for another replica")
    func scaleUp() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.containers.removeAll { $0.name.hasPrefix("web-2") }
        fixture.locations[ManifestKey(.bench, PlanFixture.bench)] = [
            "spec.componentReplicas.gunicorn": SourceLocation(file: "shop.yaml", line: 9, column: 3)
        ]
        #expect(fixture.text.first == "start web-2: componentReplicas.gunicorn is 2 (shop.yaml:9)")
    }

    @Test("mends a network that a container was taken out of")
    func detached() {
        var fixture = PlanFixture(converged: true)
        fixture.change("worker-long") { $0.networks = [] }
        #expect(fixture.text == ["reconnect network shop: worker-long-1 was detached outside frappectl"])
    }

    @Test("restarts what waits on a redis-queue that was cut off")
    func detachedQueue() {
        var fixture = PlanFixture(converged: true)
        fixture.change("redis-queue") { $0.networks = [] }
        let steps = fixture.plan.steps
        let own = "attach shop/redis-queue net-shop"
        #expect(steps.map(\.id).first == own)
        #expect(
            steps.dropFirst().map(\.subject).sorted()
                == ["socketio", "worker-default-1", "worker-long-1", "worker-short-1"])
        #expect(steps.dropFirst().allSatisfy { $0.action.kind == "restart" && $0.needs == [own] })
    }

    @Test("connects a container to its network before it is proven, and replaces none for being cut off")
    func detachedAndStarting() {
        for health in [ObservedContainer.Health.starting, .unhealthy] {
            var fixture = PlanFixture(converged: true)
            fixture.change("worker-long") {
                $0.networks = []
                $0.health = health
            }
            let cause = health == .starting ? "is not proven healthy yet" : "is unhealthy"
            #expect(
                fixture.text == [
                    "start worker-long-1: \(cause) <- attach shop/worker-long-1 net-shop",
                    "reconnect network shop: worker-long-1 was detached outside frappectl",
                ])
        }
    }

    @Test("routes again when the proxy's files drifted, and only then")
    func drift() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.routeDrift = "benches/shop.conf differs"
        #expect(fixture.text == ["route route: benches/shop.conf differs"])
    }

    @Test("goes on with a site whose creation was interrupted, leaves a deletion alone, and never remakes a lost one")
    func sites() throws {
        var fixture = PlanFixture(converged: true)
        let name = ObjectName("one")
        fixture.observed.sitePhases[name]?.phase = .provisioning
        fixture.observed.sitePhases[name]?.created = false
        #expect(fixture.text.first == "create-site site one.localhost: its creation was interrupted")
        fixture.observed.sitePhases[name]?.closing = .unrouted
        #expect(fixture.plan.isEmpty)
        #expect(fixture.plan.notes.first?.contains("deletion of one.localhost was interrupted") == true)
        fixture.observed.sitePhases[name]?.closing = nil
        fixture.observed.sitePhases[name]?.phase = .ready
        fixture.observed.siteDirectories = [:]
        #expect(fixture.plan.isEmpty)
        #expect(fixture.plan.notes.first?.contains("its directory is missing") == true)
    }

    @Test("removes what belongs to a deleted bench, its network last, and leaves what it does not know alone")
    func deletedBench() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.containers = fixture.observed.containers.filter {
            ["edge", "web"].contains($0.identity?.component.rawValue)
        }
        fixture.desired = DesiredState()
        let planner = Planner(desired: fixture.desired, observed: fixture.observed, knownBenches: [])
        let text = planner.plan().steps.map { "\($0.action.kind) \($0.subject) <- \($0.needs.sorted())" }
        #expect(text.count == 4)
        #expect(
            text.last
                == "remove-network network shop <- [\"remove edge-1-11111111\", \"remove web-1-11111111\", \"remove web-2-11111111\"]"
        )
        #expect(
            Planner(desired: DesiredState(), observed: fixture.observed, knownBenches: [PlanFixture.bench]).plan()
                .isEmpty)
    }

    @Test("takes the database out of a deleted bench's network before that goes")
    func deletedBenchSharesTheDatabase() {
        var fixture = PlanFixture(converged: true)
        fixture.observed.containers = fixture.observed.containers.filter { $0.identity?.component == .mariadb }
        let plan = Planner(desired: DesiredState(), observed: fixture.observed, knownBenches: []).plan()
        #expect(plan.steps.map(\.action.kind) == ["detach", "remove-network"])
        #expect(plan.steps.last?.needs == [plan.steps[0].id])
    }

    @Test("for `down` stops who takes requests first and the database last")
    func down() {
        let fixture = PlanFixture(converged: true)
        let plan = DownPlan(observed: fixture.observed, benches: nil).plan()
        let web = plan.steps.first { $0.subject == "web-1" }
        let database = plan.steps.first { $0.subject == "mariadb frappe-mariadb" }
        #expect(web?.after.isEmpty == true)
        #expect(database?.after.count == 10)
        let one = DownPlan(observed: fixture.observed, benches: [PlanFixture.bench]).plan()
        #expect(!one.steps.contains { $0.action.kind == "remove" && $0.subject.hasPrefix("mariadb") })
        #expect(one.steps.contains { $0.action.kind == "detach" && $0.subject.hasPrefix("mariadb") })
    }
}
