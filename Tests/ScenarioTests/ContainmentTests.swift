import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Standing {
    /// What containers may do, and what they can reach.
    @Suite struct ContainmentTests {
        @Test func `every container is held to the least it needs`() async throws {
            try await withShop { shop in
                for container in try await shop.containers() {
                    let inspection = try await shop.inspect(container.id)
                    let host = inspection.HostConfig
                    let name = container.name
                    #expect(inspection.Config.User.string == "1000:1000", "\(name)")
                    #expect(host.SecurityOpt.strings == ["no-new-privileges:true"], "\(name)")
                    #expect(host.CapDrop.strings == ["ALL"], "\(name)")
                    #expect(host.CapAdd.strings == [], "\(name)")
                    #expect(host.Privileged.bool == false, "\(name)")
                    #expect((host.PidsLimit.int ?? 0) > 0, "\(name)")
                    #expect((host.Memory.int ?? 0) > 0, "\(name)")
                    #expect(host.MemorySwap == host.Memory, "\(name) may swap")
                    #expect(host["Init"].bool == true, "\(name)")
                    #expect(host.LogConfig["Type"].string == "json-file", "\(name)")
                    #expect(host.LogConfig.Config["max-size"].string == "10m", "\(name)")
                    #expect(host.LogConfig.Config["max-file"].string == "3", "\(name)")
                    #expect(host.RestartPolicy.Name.string == "unless-stopped", "\(name)")
                    #expect(inspection.Config.Healthcheck.Test.array.isEmpty == false, "\(name)")
                    let mounts = inspection.Mounts.array
                    #expect(mounts.allSatisfy { $0["Type"].string == "bind" }, "\(name) has an anonymous volume")
                    #expect(mounts.allSatisfy { $0.Source.string?.hasPrefix("\(shop.root)/") == true }, "\(name)")
                    let agent = "\(shop.root)/agent"
                    #expect(mounts.allSatisfy { $0.Source.string?.hasPrefix(agent) == false }, "\(name)")
                }
            }
        }

        @Test func `stopping gives each component the time that its work needs`() async throws {
            let expected: [Component: Int] = [.web: 40, .workerDefault: 360, .workerShort: 360, .workerLong: 1560]
            try await withShop { shop in
                for (component, seconds) in expected {
                    let inspection = try await shop.inspect(try await shop.container(component).id)
                    #expect(inspection.Config.StopTimeout.int == seconds, "\(component)")
                }
                let database = try await shop.inspect(try await shop.container(.mariadb).id)
                #expect((database.Config.StopTimeout.int ?? 0) >= 120)
            }
        }

        @Test func `nothing listens beyond this machine`() async throws {
            try await withShop { shop in
                for container in try await shop.containers() {
                    let ports = container.ports.filter { $0.hostPort != nil }
                    #expect(ports.allSatisfy { $0.hostIP == "127.0.0.1" }, "\(container.name): \(ports)")
                    #expect(ports.isEmpty || container.labels[Label.component] == "socketio", "\(container.name)")
                }
                let ours = Set([shop.port] + Array(shop.lease.upstreamPorts))
                let listening = try Self.listening().filter { ours.contains($0.port) }
                #expect(listening.contains { $0.port == shop.port })
                #expect(listening.allSatisfy { $0.address == "0100007F" }, "\(listening)")
            }
        }

        /// Address in hexadecimal and port of every listening TCP socket.
        private static func listening() throws -> [(address: String, port: Int)] {
            try ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path in
                try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().compactMap {
                    line in
                    let fields = line.split(separator: " ")
                    let local = fields[1].split(separator: ":")
                    guard fields[3] == "0A", let port = Int(local[1], radix: 16) else { return nil }
                    return (String(local[0]), port)
                }
            }
        }

        @Test func `the database is reached from its benches only`() async throws {
            try await withShop { shop in
                let database = try await shop.container(.mariadb)
                let networks = try await shop.networks().map(\.name)
                #expect(Set(database.networks.keys) == Set(networks))
                let addresses = database.networks.values.map(\.address)
                #expect(addresses.allSatisfy { !$0.isEmpty })
                try await withThrowingTaskGroup { group in
                    for address in addresses {
                        group.addTask {
                            let outside = try await shop.runContainer(Self.greet(address), network: "bridge")
                            #expect(outside.exitCode != 0, "reached \(address) from another network")
                        }
                    }
                    try await group.waitForAll()
                }
                let web = try await shop.container(.web).id
                try await shop.exec(web, Self.greet("frappe-mariadb"))
            }
        }

        /// Waits for the first byte that the database says.
        private static func greet(_ address: String) -> [String] {
            ["timeout", "4", "bash", "-c", "exec 3<>/dev/tcp/\(address)/3306 && read -r -t 3 -n 1 -u 3"]
        }

        @Test func `a site's database account reaches its own database, from its bench, and nothing else`() async throws
        {
            try await withShop { shop in
                let bench = try #require(try await shop.networks().first { $0.labels[Label.bench] == "shop" })
                let subnet = try #require(bench.labels[Label.subnet].flatMap(IPv4Network.init))
                let accounts = try await shop.sql(
                    "SELECT User, Host FROM mysql.user WHERE User LIKE '\\_%' ORDER BY User")
                let sites = try await shop.succeed(["site", "list", "--json"]).json().array
                let databases = sites.compactMap(\.databaseName.string)
                #expect(accounts == databases.sorted().map { "\($0)\t\(subnet.addressAndNetmask)" })
                #expect(try await shop.sql("SELECT Host FROM mysql.user WHERE User = 'root'") == ["localhost"])
                #expect(try await shop.sql("SELECT User FROM mysql.user WHERE User = ''") == [])
                for database in databases {
                    let grants = try await shop.sql("SHOW GRANTS FOR '\(database)'@'\(subnet.addressAndNetmask)'")
                    #expect(grants.count == 2, "\(grants)")
                    #expect(grants[0].hasPrefix("GRANT USAGE ON *.* TO "))
                    #expect(!grants.joined().contains("GRANT OPTION"))
                    #expect(!grants.joined().contains("ALL PRIVILEGES"))
                }
                let web = try await shop.container(.web).id
                let query = { (own: String, other: String) in
                    Self.query(site: own, "SELECT COUNT(*) FROM `\(other)`.tabUser")
                }
                let own = try await shop.exec(web, query("one.localhost", databases[0]))
                #expect(own.contains("2"))
                let foreign = try await shop.engine.exec(
                    in: web, ExecCommand(query("one.localhost", databases[1])))
                #expect(foreign.exitCode != 0)
                #expect(foreign.errors.contains("denied"), "\(foreign.errors)")
                let shown = try await shop.exec(web, Self.query(site: "one.localhost", "SHOW DATABASES"))
                #expect(!shown.contains(databases[1]))
            }
        }

        /// A client inside the web container with the credentials that the site itself has.
        private static func query(site: String, _ statement: String) -> [String] {
            let script = """
                config=sites/$1/site_config.json
                MYSQL_PWD=$(jq -r .db_password $config) exec mariadb --host "$(jq -r .db_host $config)" \
                  --user "$(jq -r .db_name $config)" --batch --skip-column-names -e "$2"
                """
            return ["bash", "-c", script, "query", site, statement]
        }
    }
}
