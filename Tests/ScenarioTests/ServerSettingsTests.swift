import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// Settings of the shared server, and how it stops for a change of them.
    @Suite struct ServerSettingsTests {
        /// The shop's host with settings for its servers.
        private func host(_ shop: Installation, _ settings: String) -> String {
            shop.hostManifest.replacing(
                "  mariadb:\n", with: "  mariadb:\n    myCnf: |\n      [mariadb]\n      \(settings)\n")
        }

        @Test func `settings are in force, and what the server does not take leaves it running`() async throws {
            try await withShop { shop in
                try shop.write(host(shop, "long_query_time=7"), to: "host.yaml")
                #expect(try await shop.run(["plan", "-f", "host.yaml"]).output.contains("its settings changed"))
                try await shop.succeed(["up", "-f", "host.yaml"])
                #expect(try await shop.sql("SELECT @@long_query_time") == ["7.000000"])
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))

                let server = try await shop.container(.mariadb).id
                try shop.write(host(shop, "no_such_setting=1"), to: "host.yaml")
                let broken = try await shop.run(["up", "-f", "host.yaml"])
                #expect(broken.exitCode == 1)
                #expect(broken.errors.contains("unknown variable 'no_such_setting=1'"), "\(broken)")
                #expect(broken.errors.contains("the server that runs is left as it is"))
                #expect(try await shop.container(.mariadb).id == server)
                #expect(try await shop.browser("one.localhost").get("/login").status == 200)

                try shop.write(host(shop, "character-set-server=latin1"), to: "host.yaml")
                let refused = try await shop.run(["up", "-f", "host.yaml"])
                #expect(refused.exitCode == 78 && refused.errors.contains("character_set_server has to be utf8mb4"))
                try await shop.succeed(["up", "-f", Shop.manifest])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        /// As often as FRAPPECTL_RESTARTS says; 20 take a minute or two.
        @Test func `a server that is stopped under load never has to recover`() async throws {
            let times = ProcessInfo.processInfo.environment["FRAPPECTL_RESTARTS"].flatMap { Int($0) } ?? 2
            try await withShop { shop in
                let worker = try await shop.container(.workerLong).id
                async let load = shop.exec(worker, ["env/bin/python", "-c", Self.load])
                for number in 1...times {
                    try shop.write(host(shop, "long_query_time=\(number + 10)"), to: "host.yaml")
                    try await shop.succeed(["up", "-f", "host.yaml"])
                    let log = try await log(shop)
                    #expect(log.contains("ready for connections"))
                    #expect(!Self.tellsRecovery(log), "restart \(number): \(log)")
                }
                // What is looked for is what a kill leaves, but for one in a moment in which all was on the disk.
                let server = try await shop.container(.mariadb).id
                var hasRecovered = false
                for _ in 0..<4 where !hasRecovered {
                    try await shop.engine.killContainer(server, signal: "SIGKILL")
                    try await shop.engine.startContainer(server)
                    hasRecovered = try await Waiting.until(within: .seconds(15)) {
                        Self.tellsRecovery(try await log(shop))
                    }
                }
                #expect(hasRecovered)
                try await shop.succeed(["up", "-f", Shop.manifest])
                try await shop.exec(worker, ["touch", "/tmp/enough"])
                let rows = try await load.trimmingCharacters(in: .whitespacesAndNewlines)
                #expect(Int(rows) ?? 0 > 10 * times, "rows written: \(rows)")
                print("\(times) restarts, \(rows) rows written meanwhile, no recovery")
            }
        }

        /// The server as a manifest says it, with root's password from a Secret.
        private func server(rootPassword: String) -> String {
            """
            apiVersion: k8s.mariadb.com/v1alpha1
            kind: MariaDB
            metadata: {name: frappe-mariadb}
            spec: {rootPasswordSecretKeyRef: {name: root, key: password}}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: root}
            stringData: {password: '\(rootPassword)'}

            """
        }

        @Test func `root's password follows its Secret, over kills and changes of mind, and nothing restarts`()
            async throws
        {
            let set = "set the root password of frappe-mariadb"
            // What the Secret says, where the run is killed that follows it, and what the Secret says then.
            let changes: [(password: String, moment: String?, then: String?)] = [
                ("first", nil, nil), ("pa'ss\"wo\\rd", "kept the next root password of frappe-mariadb", nil),
                ("third", set, nil), ("fourth", set, "third"), ("fifth", set, "sixth"),
                ("seventh", "entered frappe-mariadb with its new root password", nil),
            ]
            try await withShop { shop in
                func apply(_ password: String, fault: String? = nil) async throws -> ProgramResult {
                    try shop.write(server(rootPassword: password.replacing("'", with: "''")), to: "server.yaml")
                    return try await shop.run(
                        ["up", "-f", "server.yaml"], environment: fault.map { ["FRAPPECTL_FAULT": $0] } ?? [:])
                }
                let before = try await shop.inspect(try await shop.container(.mariadb).id).state.startedAt
                for change in changes {
                    // So that a run would say at once that nothing is to be done, if it did not know of passwords.
                    try await shop.succeed(["up"])
                    try await shop.succeed(["up"])
                    let first = try await apply(change.password, fault: change.moment)
                    #expect(first.wasKilled == (change.moment != nil), "\(first)")
                    let again: ProgramResult
                    if let then = change.then {
                        again = try await apply(then)
                    } else {
                        again = try await shop.run(["up"])
                    }
                    #expect(again.exitCode == 0, "\(change): \(again)")
                    #expect(try await shop.run(["plan"]).exitCode == 0)
                    let password = change.then ?? change.password
                    let hash = "PASSWORD(\(OtherServer.quoted(password)))"
                    let hashes = "SELECT DISTINCT authentication_string = \(hash) FROM mysql.user"
                    #expect(try await shop.sql("\(hashes) WHERE User = 'root'") == ["1"], "\(change)")
                    let kept = "\(shop.root)/agent/secrets/mariadb/frappe-mariadb"
                    #expect(try String(contentsOfFile: "\(kept)/root-password", encoding: .utf8) == password)
                    let files = try FileManager.default.contentsOfDirectory(atPath: kept)
                    #expect(Set(files) == ["root-password", "client.cnf"])
                }
                #expect(try await shop.inspect(try await shop.container(.mariadb).id).state.startedAt == before)
                try await shop.succeed(["site", "new", "rooted.localhost", "--bench", "shop"])
                try await shop.succeed(["delete", "site", "rooted.localhost", "--yes", "rooted.localhost"])

                try shop.write(server(rootPassword: "x").replacing("'x'", with: "\"a\\nb\""), to: "server.yaml")
                let refused = try await shop.run(["up", "-f", "server.yaml"])
                #expect(refused.exitCode == 78 && refused.errors.contains("stringData.password"), "\(refused)")
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        private static func tellsRecovery(_ log: String) -> Bool {
            ["crash recovery", "to recover", "was not shut"].contains { log.lowercased().contains($0) }
        }

        private func log(_ shop: Installation) async throws -> String {
            var lines: [String] = []
            for try await line in shop.engine.logs(of: try await shop.container(.mariadb).id, LogOptions()) {
                lines.append(line.text)
            }
            return lines.joined(separator: "\n")
        }

        /// Writes one row after the other, whenever the server lets it.
        private static let load = """
            import json, os, time, pymysql
            conf = {}
            for path in ("common_site_config.json", "one.localhost/site_config.json"):
                with open(f"sites/{path}") as file:
                    conf.update(json.load(file))
            count = 0
            while not os.path.exists("/tmp/enough"):
                try:
                    db = pymysql.connect(
                        host=conf["db_host"], user=conf["db_name"], password=conf["db_password"], database=conf["db_name"])
                    cursor = db.cursor()
                    cursor.execute("CREATE TABLE IF NOT EXISTS load_rows (a INT PRIMARY KEY AUTO_INCREMENT, b TEXT)")
                    while not os.path.exists("/tmp/enough"):
                        cursor.execute("INSERT INTO load_rows (b) VALUES (REPEAT('x', 2000))")
                        db.commit()
                        count += 1
                except pymysql.Error:
                    time.sleep(0.05)
            os.remove("/tmp/enough")
            print(count)
            """
    }
}
