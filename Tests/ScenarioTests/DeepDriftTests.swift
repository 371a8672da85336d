import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

/// Something that was changed behind the program's back and that no list tells.
private struct DeepDrift: Sendable {
    /// What `plan` and `doctor` say of it.
    let words: String
    let change: @Sendable (Installation) async throws -> Void
    /// Whether reality is as it was.
    let isMended: @Sendable (Installation) async throws -> Bool
}

extension Installation {
    /// When each container was started, by id.
    fileprivate func starts() async throws -> [String: String] {
        var starts: [String: String] = [:]
        for container in try await containers() {
            starts[container.id] = try await inspect(container.id).State.StartedAt.string ?? ""
        }
        return starts
    }

    fileprivate func update(_ component: Component, _ change: (inout ContainerLimits) -> Void) async throws {
        var limits = ContainerLimits()
        change(&limits)
        try await engine.updateContainer(try await container(component).id, limits)
    }

    fileprivate func account(of site: String) async throws -> (user: String, text: String) {
        let name = site.replacing(".", with: "_")
        let rows = try await sql("SELECT User, Host FROM mysql.user WHERE User LIKE '%\(name)'")
        let columns = rows.first?.split(separator: "\t").map(String.init) ?? ["", ""]
        return (columns[0], "'\(columns[0])'@'\(columns[1])'")
    }

    /// Sets a key in a JSON file below `sites/`, as somebody with an editor would.
    fileprivate func edit(_ file: String, _ key: String, to value: String) async throws {
        let script = "import json,sys; p,k,v=sys.argv[1:]; c=json.load(open(p)); c[k]=v; json.dump(c,open(p,'w'))"
        try await exec(
            try await container(.scheduler).id,
            ["/home/frappe/frappe-bench/env/bin/python", "-c", script, "sites/\(file)", key, value])
    }

    fileprivate func value(_ file: String, _ key: String) async throws -> String? {
        let text = try await exec(try await container(.scheduler).id, ["cat", "sites/\(file)"])
        return try JSON(text)[key].string
    }

    fileprivate func redis(_ component: Component, _ command: [String]) async throws -> String {
        try await exec(try await container(component).id, ["redis-cli"] + command)
    }

    fileprivate var secretFile: String { "\(root)/agent/secrets/mariadb/frappe-mariadb/root-password" }
}

extension Scenarios.Changing {
    @Suite struct DeepDriftTests {
        private static let drifts: [DeepDrift] = [
            DeepDrift(words: "set from outside: memory limit 100 MiB instead of 256 MiB, memory request") { shop in
                try await shop.update(.workerShort) {
                    ($0.memory, $0.memorySwap, $0.memoryReservation) = (100 << 20, 100 << 20, 50 << 20)
                    $0.restartPolicy = .init(.no)
                }
            } isMended: { shop in
                let host = try await shop.inspect(try await shop.container(.workerShort).id).HostConfig
                return host.Memory.int == 256 << 20 && host.RestartPolicy.Name.string == "unless-stopped"
            },
            DeepDrift(words: "set from outside: CPU limit 100m instead of none") { shop in
                try await shop.update(.mariadb) { $0.nanoCPUs = 100_000_000 }
            } isMended: { shop in
                let cpus = try await shop.inspect(try await shop.container(.mariadb).id).HostConfig.NanoCpus.int ?? 0
                return cpus >= ProcessInfo.processInfo.activeProcessorCount * 1_000_000_000
            },
            DeepDrift(words: "of one.localhost is missing") { shop in
                let account = try await shop.account(of: "one.localhost")
                let pattern = account.user.replacing("_", with: "\\_")
                _ = try await shop.sql("REVOKE ALL PRIVILEGES ON `\(pattern)`.* FROM \(account.text)")
            } isMended: { shop in
                let account = try await shop.account(of: "one.localhost")
                return try await shop.sql("SHOW GRANTS FOR \(account.text)").contains { $0.contains("LOCK TABLES") }
            },
            DeepDrift(words: "of two.localhost is missing") { shop in
                _ = try await shop.sql("DROP USER \(try await shop.account(of: "two.localhost").text)")
            } isMended: { shop in
                try await shop.administrator("two.localhost").get("/api/method/ping").status == 200
            },
            DeepDrift(words: "redis_cache in sites/common_site_config.json was changed from outside") { shop in
                try await shop.edit("common_site_config.json", "redis_cache", to: "redis://hunter2@other:6379")
            } isMended: { shop in
                try await shop.value("common_site_config.json", "redis_cache") == "redis://redis-cache:6379"
            },
            DeepDrift(words: "db_password in sites/one.localhost/site_config.json was changed from outside") { shop in
                try await shop.edit("one.localhost/site_config.json", "db_password", to: "hunter2")
            } isMended: { shop in
                try await shop.value("one.localhost/site_config.json", "db_password") != "hunter2"
            },
            DeepDrift(words: "set from outside: maxmemory 1 MiB instead of") { shop in
                _ = try await shop.redis(.redisCache, ["CONFIG", "SET", "maxmemory", "1mb"])
            } isMended: { shop in
                try await shop.redis(.redisCache, ["CONFIG", "GET", "maxmemory"]).contains("1048576\n") == false
            },
            DeepDrift(words: "set from outside: appendonly no instead of yes") { shop in
                _ = try await shop.redis(.redisQueue, ["CONFIG", "SET", "appendonly", "no"])
            } isMended: { shop in
                try await shop.redis(.redisQueue, ["CONFIG", "GET", "appendonly"]).contains("yes")
            },
            DeepDrift(words: "edge, one.localhost, two.localhost is missing in network") { shop in
                let network = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let edge = try await shop.container(.edge).id
                try await shop.engine.disconnect(container: edge, fromNetwork: network.name, force: true)
                try await shop.engine.connect(container: edge, toNetwork: network.name)
            } isMended: { shop in
                let browser = try await shop.administrator("one.localhost")
                return try JSON(try await browser.get("/api/method/printview_url").body).message.status.int == 200
            },
            DeepDrift(words: "was connected to network bridge outside frappectl") { shop in
                try await shop.engine.connect(container: try await shop.container(.redisCache).id, toNetwork: "bridge")
            } isMended: { shop in
                try await shop.container(.redisCache).networks["bridge"] == nil
            },
            DeepDrift(words: "has mode 0644 instead of 0600") { shop in
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: shop.secretFile)
            } isMended: { shop in
                let attributes = try FileManager.default.attributesOfItem(atPath: shop.secretFile)
                return attributes[.posixPermissions] as? Int == 0o600
            },
        ]

        /// Its accounts are in the data: they are looked at before, and mended once the new one runs.
        @Test func `an account is missed also where its server is to be replaced`() async throws {
            try await withShop { shop in
                let account = try await shop.account(of: "one.localhost")
                _ = try await shop.sql("DROP USER \(account.text)")
                let server = try await shop.container(.mariadb).id
                let section = "  mariadb:\n"
                let other = shop.hostManifest.replacing(section, with: "\(section)    myCnf: \(Self.settings)\n")
                try shop.write(other, to: "other.yaml")
                let plan = try await shop.run(["plan", "-f", "other.yaml"])
                #expect(plan.output.contains("its settings changed"), "\(plan)")
                #expect(plan.output.contains(" of one.localhost is missing"), "\(plan)")
                #expect(!plan.output.contains("not looked at"), "\(plan)")
                let up = try await shop.succeed(["up", "--deep", "-f", "other.yaml"])
                #expect(try await shop.container(.mariadb).id != server, "\(up)")
                #expect(try await shop.administrator("one.localhost").get("/api/method/ping").status == 200)
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        private static let settings = "\"[mariadb]\\nlong_query_time=9\""

        /// All of them at once: each is named by `plan` and by `doctor`, an ordinary `up` takes none of them for its own,
        /// and `up --deep` mends them while every container goes on.
        @Test func `what no list tells is named, and mended without a restart`() async throws {
            try await withShop { shop in
                let starts = try await shop.starts()
                for drift in Self.drifts { try await drift.change(shop) }
                let up = try await shop.succeed(["up"])
                #expect(up.output.hasPrefix("nothing to do"), "\(up)")
                let plan = try await shop.run(["plan"])
                let doctor = try await shop.run(["doctor"])
                #expect(plan.exitCode == 2 && doctor.exitCode == 1)
                #expect(plan.output.contains("Apply with: frappectl up --deep"), "\(plan)")
                #expect(doctor.output.contains("next: frappectl up --deep"), "\(doctor)")
                for drift in Self.drifts {
                    #expect(plan.output.contains(drift.words), "\(drift.words): \(plan)")
                    #expect(doctor.output.contains(drift.words), "\(drift.words): \(doctor)")
                }
                let steps = try await shop.run(["plan", "--json"]).json().steps.array
                #expect(steps.allSatisfy { $0.deep.bool == true && $0.effect.string == "none" }, "\(steps)")
                #expect(steps.count == Self.drifts.count)
                let mended = try await shop.succeed(["up", "--deep"])
                for drift in Self.drifts {
                    #expect(try await drift.isMended(shop), "\(drift.words): \(mended)")
                }
                #expect(try await shop.starts() == starts, "something was restarted: \(mended)")
                for result in [plan, doctor, mended] {
                    #expect(!result.output.contains("hunter2") && !result.errors.contains("hunter2"))
                }
                let again = try await shop.run(["plan"])
                #expect(again.exitCode == 0, "\(again)")
                #expect(try await shop.run(["doctor"]).output.contains("ok    drift: "))
                #expect(try await shop.administrator("one.localhost").runsJob(queue: "short"))
            }
        }
    }
}
