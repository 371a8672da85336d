import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension ScenariosApart {
    /// The models of `examples/tenancy`, each with attempts to get from one tenant to another.
    @Suite struct TenancyTests {
        @Test func `sites of one bench share code and files; each has its own database, or its own server`()
            async throws
        {
            try await withInstallation { saas in
                try await Tenancy.up(["shared-bench", "dedicated-databases"], in: saas)
                let web = try await saas.container(.web).id
                let names = try await Tenancy.databases(in: saas)
                let (acme, globex) = try (#require(names["acme.localhost"]), #require(names["globex.localhost"]))

                #expect(try await Tenancy.visibleDatabases(to: "acme.localhost", from: web, in: saas) == [acme])
                let foreign = try await Tenancy.query("SELECT 1 FROM `\(globex)`.tabUser", "acme.localhost", web, saas)
                #expect(foreign.exitCode != 0 && foreign.errors.contains("denied"), "\(foreign)")

                // What docs/tenancy.md says is not separated in these two models.
                let files = try await saas.exec(web, ["ls", "sites"])
                #expect(files.contains("acme.localhost") && files.contains("globex.localhost"))

                for (own, other) in [
                    ("initech.localhost", "umbrella.localhost"), ("umbrella.localhost", "initech.localhost"),
                ] {
                    #expect(
                        try await Tenancy.visibleDatabases(to: own, from: web, in: saas) == [#require(names[own])])
                    for server in ["\(other)_db", "frappe-mariadb"] {
                        let refused = try await Tenancy.query("SELECT 1", own, web, saas, server: server)
                        #expect(refused.exitCode != 0 && refused.errors.contains("Access denied"), "\(refused)")
                    }
                }
                try await expectOwnMemory(in: saas)
            }
        }

        /// One tenant's server uses all that it may, and more: it ends there.
        private func expectOwnMemory(in saas: Installation) async throws {
            let servers = try await saas.containers(.mariadb)
            let greedy = try #require(servers.first { $0.labels[Label.instance] == "initech.localhost_db" })
            #expect(try await saas.inspect(greedy.id).HostConfig.Memory.int == 512 << 20)
            try await saas.exec(greedy.id, ["bash", "-c", "head -c 900M /dev/zero | tail > /dev/null; true"])
            let status = try await saas.succeed(["status", "--json"]).json()
            let all = status.benches[0].components.array + status.shared.array
            let killed = all.filter { $0.memoryKills.int != 0 }
            #expect(killed.map(\.component.string) == ["mariadb"], "\(killed)")
            for site in ["initech.localhost", "umbrella.localhost", "acme.localhost"] {
                #expect(try await saas.browser(site).get("/login").status == 200, "\(site)")
            }
        }

        @Test func `a tenant with a bench of its own reaches nothing of another's, and falls alone`() async throws {
            try await withInstallation { host in
                try await Tenancy.up(["bench-per-tenant"], in: host)
                let (acme, globex) = try await (Tenant("acme", in: host), Tenant("globex", in: host))
                for (one, other) in [(acme, globex), (globex, acme)] {
                    #expect(try await other.reached(from: other, in: host).count >= 4, "the attempt itself works")
                    #expect(try await other.reached(from: one, in: host) == [])
                    #expect(one.mounts.isDisjoint(with: other.mounts))
                    let named = ["find", "/home", "/run", "/tmp", "-name", "\(other.name)*"]
                    let found = try await host.engine.exec(in: one.web, ExecCommand(named))
                    #expect(found.output == "", "\(found)")
                    #expect(try await host.exec(other.web, named).contains("\(other.name).localhost"))
                    let site = "\(one.name).localhost"
                    let own = try await Tenancy.databases(in: host)[site]
                    #expect(try await Tenancy.visibleDatabases(to: site, from: one.web, in: host) == [#require(own)])
                }
                try await expectFallsAlone(acme, globex, in: host)
            }
        }

        private func expectFallsAlone(_ greedy: Tenant, _ other: Tenant, in host: Installation) async throws {
            #expect(try await host.inspect(greedy.web).HostConfig.Memory.int == 768 << 20)
            let python = "/home/frappe/frappe-bench/env/bin/python"
            let eat = "b = []\nwhile True: b.append(bytearray(8 << 20))"
            async let eating = host.exec(greedy.web, ["bash", "-c", "\(python) -c '\(eat)'; true"])
            let browser = host.browser("\(other.name).localhost")
            for _ in 0..<20 { #expect(try await browser.get("/api/method/ping").status == 200) }
            _ = try await eating
            let status = try await host.succeed(["status", "--json"]).json()
            for bench in status.benches.array {
                let killed = bench.components.array.filter { $0.memoryKills.int != 0 }.compactMap(\.component.string)
                #expect(killed == (bench.name.string == greedy.name ? ["web"] : []), "\(bench)")
            }
            #expect(try await browser.get("/login").status == 200)
        }

        @Test func `an environment goes down without the other noticing`() async throws {
            try await withInstallation { host in
                try await Tenancy.up(["bench-per-environment"], in: host)
                let production = try await Tenant("erp", namespace: "production", in: host)
                let staging = try await Tenant("erp", namespace: "staging", in: host)
                #expect(try await production.reached(from: production, in: host).count >= 4)
                #expect(try await production.reached(from: staging, in: host) == [])
                #expect(production.mounts.isDisjoint(with: staging.mounts))
                try await host.succeed(["down", "staging/erp"])
                #expect(try await host.browser("staging.books.localhost").get("/login").status == 503)
                #expect(try await host.browser("books.localhost").get("/login").status == 200)
                let after = try await Tenant("erp", namespace: "production", in: host)
                #expect(after.containers == production.containers)
            }
        }
    }
}

/// The manifests of `examples/tenancy` with the images of tests, and questions from inside their containers.
private enum Tenancy {
    static func up(_ names: [String], in host: Installation) async throws {
        try host.write(host.hostManifest, to: "host.yaml")
        var arguments = ["up", "-f", "host.yaml"]
        for name in names {
            let root = #filePath.replacing("Tests/ScenarioTests/TenancyTests.swift", with: "")
            let published = try String(contentsOfFile: "\(root)examples/tenancy/\(name).yaml", encoding: .utf8)
            try host.write(text(published, host), to: "\(name).yaml")
            try await host.succeed(arguments + ["-f", "\(name).yaml"])
            arguments = ["up"]
        }
    }

    private static func text(_ published: String, _ host: Installation) -> String {
        // Nothing here asks for a job to be done.
        let none = "\n  componentReplicas: {workerDefault: 0, workerLong: 0, workerShort: 0}\n"
        let image = host.images.bench.split(separator: ":")
        return published.replacing("repository: frappe/erpnext", with: "repository: \(image[0])")
            .replacing("    tag: version-15", with: "    tag: \"\(image[1])\"")
            .replacing("name: erpnext", with: "name: demo")
            .replacing("  frappeVersion: version-15\n", with: "  frappeVersion: \"1\"\(none)")
    }

    /// The database of each site.
    static func databases(in host: Installation) async throws -> [String: String] {
        let sites = try await host.succeed(["site", "list", "--json"]).json().array
        return Dictionary(
            sites.compactMap { site in
                site.siteName.string.flatMap { name in site.databaseName.string.map { (name, $0) } }
            }
        ) { first, _ in first }
    }

    static func visibleDatabases(
        to site: String, from container: String, in host: Installation
    ) async throws -> [String] {
        let shown = try await query("SHOW DATABASES", site, container, host)
        #expect(shown.exitCode == 0, "\(shown)")
        return shown.output.split(separator: "\n").map(String.init).filter { $0 != "information_schema" }
    }

    /// A statement with the credentials that a site has, to its own server or to another.
    static func query(
        _ statement: String, _ site: String, _ container: String, _ host: Installation, server: String = ""
    ) async throws -> ExecResult {
        let script = """
            config=sites/$1/site_config.json
            MYSQL_PWD=$(jq -r .db_password $config) exec mariadb --host "${3:-$(jq -r .db_host $config)}" \
              --user "$(jq -r .db_name $config)" --batch --skip-column-names -e "$2"
            """
        return try await host.engine.exec(
            in: container, ExecCommand(["bash", "-c", script, "query", site, statement, server]))
    }
}

/// One bench with its database server, as the Engine has it.
private struct Tenant {
    let name: String
    let containers: Set<String>
    let web: String
    /// Directories of the host that its containers see.
    let mounts: Set<String>
    /// `address port` of whatever may listen in its containers, by address and by name.
    let targets: [String]

    init(_ name: String, namespace: String = "default", in host: Installation) async throws {
        let network = try #require(
            try await host.networks().first {
                $0.labels[Label.bench] == name && ($0.labels[Label.namespace] ?? "default") == namespace
            })
        let own = try await host.containers().filter { $0.networks[network.name] != nil }
        self.name = name
        containers = Set(own.map(\.id))
        web = try #require(own.first { $0.labels[Label.component] == "web" }).id
        var mounts: Set<String> = []
        for container in own {
            mounts.formUnion(try await host.inspect(container.id).Mounts.array.compactMap(\.Source.string))
        }
        self.mounts = mounts
        let places = own.flatMap { [$0.name] + $0.networks.values.map(\.address) }.filter { !$0.isEmpty }
        targets = places.flatMap { place in [80, 3306, 6379, 8000, 8080, 9000].map { "\(place) \($0)" } }
    }

    /// Those of its places that take a connection from another tenant's web container.
    func reached(from tenant: Tenant, in host: Installation) async throws -> [String] {
        let script = """
            for target in "$@"; do
              set -- $target
              (timeout 3 bash -c "exec 3<>/dev/tcp/$1/$2" 2> /dev/null && echo "$target") &
            done
            wait
            """
        return try await host.exec(tenant.web, ["bash", "-c", script, "reach"] + targets)
            .split(separator: "\n").map(String.init).sorted()
    }
}
