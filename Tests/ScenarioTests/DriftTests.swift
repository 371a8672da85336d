import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension ScenariosApart {
    /// What was changed behind the program's back is named with its cause, and only that is mended.
    @Suite struct DriftTests {
        /// Plans and mends; everything but `touched` keeps its container.
        private func mend(_ shop: Installation, touching touched: Component?, names words: [String]) async throws {
            let plan = try await shop.run(["plan"])
            #expect(plan.exitCode == 2, "\(plan)")
            for word in words { #expect(plan.output.contains(word), "\(plan)") }
            let (up, events) = try await EventRecorder.during(shop) { try await shop.succeed(["up"]) }
            #expect(up.output.contains("done: "))
            let others = events.filter {
                $0.component != nil && $0.component != touched && !$0.action.hasPrefix("health_status")
            }
            #expect(others == [], "others were touched: \(up)")
            #expect(try await shop.containers().count == Component.allCases.count)
            let after = try await shop.run(["plan"])
            #expect(after.exitCode == 0, "\(after)")
            for host in ["one.localhost", "books.example.test"] {
                #expect(try await shop.browser(host).get("/api/method/ping").status == 200)
            }
        }

        /// A worker that lost its connection would look healthy and do nothing.
        ///
        /// The first job of each queue counts: Redis hands it to whoever waited longest, also to one that is cut off.
        private func expectJobsDone(_ shop: Installation) async throws {
            let browser = try await shop.administrator("one.localhost")
            for queue in ["short", "default", "long"] {
                #expect(try await browser.runsJob(queue: queue), "the worker of \(queue) did not do it")
            }
        }

        /// So would a socketio that lost its connection to Redis.
        private func expectEventsHeard(_ shop: Installation) async throws {
            let browser = try await shop.administrator("one.localhost")
            let answer = try await shop.listen(as: browser, for: "greeting") {
                _ = try await browser.post("/api/method/publish", form: ["event": "greeting", "message": "hello"])
            }
            #expect(answer.exitCode == 0, "\(answer.output)")
        }

        @Test func `a container that was killed`() async throws {
            try await withShop { shop in
                // Killed by an operator: its restart policy does not bring it back.
                try await shop.engine.killContainer(try await shop.container(.web).id)
                try await mend(shop, touching: .web, names: ["web-1", "is not running", "Exited (137)"])
            }
        }

        @Test func `a container that was removed`() async throws {
            try await withShop { shop in
                try await shop.engine.removeContainer(try await shop.container(.scheduler).id, force: true)
                try await mend(shop, touching: .scheduler, names: ["scheduler", "is missing"])
            }
        }

        @Test func `a container that was paused`() async throws {
            try await withShop { shop in
                try await shop.engine.pauseContainer(try await shop.container(.socketio).id)
                try await mend(shop, touching: .socketio, names: ["socketio", "is paused"])
            }
        }

        @Test func `a container that was stopped`() async throws {
            try await withShop { shop in
                try await shop.engine.stopContainer(try await shop.container(.workerDefault).id)
                try await mend(shop, touching: .workerDefault, names: ["worker-default-1", "is not running"])
                try await expectJobsDone(shop)
            }
        }

        @Test func `a container that was renamed keeps running and gets its name back`() async throws {
            try await withShop { shop in
                for component in [Component.web, .socketio] {
                    let container = try await shop.container(component)
                    let other = "frappectl-test-\(shop.lease.number)-renamed"
                    try await shop.engine.renameContainer(container.id, to: other)
                    try await mend(shop, touching: nil, names: ["was renamed to \(other) outside frappectl"])
                    let again = try await shop.container(component)
                    #expect(again.id == container.id && again.name == container.name)
                }
                try await expectEventsHeard(shop)
            }
        }

        @Test func `a socket that was removed`() async throws {
            try await withShop { shop in
                let run = "\(shop.root)/run"
                let paths = FileManager.default.enumerator(atPath: run)?.compactMap { $0 as? String } ?? []
                let sockets = paths.filter { $0.hasSuffix(".sock") }
                #expect(sockets.count == 1)
                for socket in sockets { try FileManager.default.removeItem(atPath: "\(run)/\(socket)") }
                #expect(try await shop.browser("one.localhost").get("/api/method/ping").status == 502)
                try await mend(shop, touching: .web, names: ["web-1", "its socket was removed"])
            }
        }

        @Test func `copied assets that were removed`() async throws {
            try await withShop { shop in
                let assets = "\(shop.root)/assets"
                for name in try FileManager.default.contentsOfDirectory(atPath: assets) {
                    try FileManager.default.removeItem(atPath: "\(assets)/\(name)")
                }
                try await mend(shop, touching: nil, names: ["assets", "are not on the host yet"])
                let plain = try await shop.browser("one.localhost").get("/assets/frappe/css/plain.css")
                #expect(plain.status == 200)
            }
        }

        @Test func `a network that a container was taken out of`() async throws {
            try await withShop { shop in
                let network = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let worker = try await shop.container(.workerLong)
                try await shop.engine.disconnect(container: worker.id, fromNetwork: network.name, force: true)
                try await mend(shop, touching: .workerLong, names: ["worker-long-1", "was detached outside frappectl"])
                #expect(try await shop.container(.workerLong).networks[network.name] != nil)
                try await expectJobsDone(shop)
            }
        }

        @Test func `a network that socketio was taken out of`() async throws {
            try await withShop { shop in
                let network = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let socketio = try await shop.container(.socketio)
                try await shop.engine.disconnect(container: socketio.id, fromNetwork: network.name, force: true)
                try await mend(shop, touching: .socketio, names: ["socketio", "was detached outside frappectl"])
                try await expectEventsHeard(shop)
            }
        }

        @Test func `a network that redis-queue was taken out of`() async throws {
            try await withShop { shop in
                let network = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let redis = try await shop.container(.redisQueue)
                try await shop.engine.disconnect(container: redis.id, fromNetwork: network.name, force: true)
                let plan = try await shop.run(["plan"])
                #expect(plan.output.contains("redis-queue was detached outside frappectl"), "\(plan)")
                #expect(plan.output.contains("its connection to redis-queue is dead"), "\(plan)")
                try await shop.succeed(["up"])
                #expect(try await shop.run(["plan"]).exitCode == 0)
                try await expectJobsDone(shop)
                try await expectEventsHeard(shop)
            }
        }

        @Test func `a network that was removed`() async throws {
            try await withShop { shop in
                let network = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                for container in try await shop.containers() where container.networks[network.name] != nil {
                    try await shop.engine.disconnect(container: container.id, fromNetwork: network.name, force: true)
                }
                try await shop.engine.removeNetwork(network.id)
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 2, "\(plan)")
                #expect(plan.output.contains("network shop"))
                #expect(plan.output.contains("web-1"))
                try await shop.succeed(["up"])
                let again = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                #expect(again.subnets == network.subnets)
                #expect(try await shop.run(["plan"]).exitCode == 0)
                #expect(try await shop.browser("one.localhost").get("/login").status == 200)
                try await expectJobsDone(shop)
                try await expectEventsHeard(shop)
            }
        }

        @Test func `a database that was taken out of its bench's network`() async throws {
            try await withShop { shop in
                let network = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let database = try await shop.container(.mariadb)
                try await shop.engine.disconnect(container: database.id, fromNetwork: network.name, force: true)
                try await mend(shop, touching: nil, names: ["mariadb", "is not connected"])
            }
        }

        @Test func `an nginx file that was edited`() async throws {
            try await withShop { shop in
                let file = "\(shop.root)/agent/nginx/current/benches/shop.conf"
                let text = try String(contentsOfFile: file, encoding: .utf8)
                try (text + "# edited\n").write(toFile: file, atomically: false, encoding: .utf8)
                try await mend(shop, touching: nil, names: ["route", "shop.conf differs"])
            }
        }

        @Test func `what was remembered of a run that found nothing to do hides no change`() async throws {
            try await withShop { shop in
                func remembered() async throws {
                    let healthy = try await Waiting.until(within: .seconds(100)) {
                        try await shop.containers().allSatisfy { $0.health == .healthy }
                    }
                    #expect(healthy)
                    for _ in 0..<2 {
                        #expect(try await shop.succeed(["up"]).output.hasPrefix("nothing to do"))
                    }
                    #expect(FileManager.default.fileExists(atPath: "\(shop.root)/agent/standstill.json"))
                }
                try await remembered()
                let file = "\(shop.root)/agent/nginx/current/http.conf"
                let text = try String(contentsOfFile: file, encoding: .utf8)
                try (text + "# edited\n").write(toFile: file, atomically: false, encoding: .utf8)
                #expect(try await shop.succeed(["up"]).output.contains("done: "))
                try await remembered()
                try await shop.engine.stopContainer(try await shop.container(.edge).id)
                #expect(try await shop.succeed(["up"]).output.contains("done: "))
                try await remembered()
                let sites = "\(shop.root)/benches/shop/1/sites"
                try FileManager.default.moveItem(atPath: "\(sites)/two.localhost", toPath: "\(sites)/moved")
                let without = try await shop.run(["up"])
                try FileManager.default.moveItem(atPath: "\(sites)/moved", toPath: "\(sites)/two.localhost")
                #expect(without.output.contains("its directory is missing"), "\(without)")
            }
        }

        @Test func `an include of the operator that was changed`() async throws {
            try await withShop { shop in
                let directory = "\(shop.root)/nginx/sites/one.localhost"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                func change(_ text: String?) async throws -> String? {
                    let file = "\(directory)/header.conf"
                    if let text { try text.write(toFile: file, atomically: true, encoding: .utf8) }
                    if text == nil { try FileManager.default.removeItem(atPath: file) }
                    try await mend(shop, touching: nil, names: ["route", "differ"])
                    return try await shop.browser("one.localhost").get("/api/method/ping").headers["X-Drift"]
                }
                #expect(try await change("add_header X-Drift one always;\n") == "one")
                #expect(try await change("add_header X-Drift two always;\n") == "two")
                #expect(try await change(nil) == nil)
            }
        }

        @Test func `an nginx that was stopped`() async throws {
            try await withShop { shop in
                let masters = LocalProcesses.naming("nginx: master process").filter {
                    LocalProcesses.title(of: $0).contains(shop.root)
                }
                #expect(masters.count == 1)
                for master in masters { kill(master, SIGKILL) }
                try await mend(shop, touching: nil, names: ["route", "nginx does not run"])
            }
        }
    }
}
