import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// A site whose database is on a server that others run.
    @Suite struct ExternalDatabaseTests {
        private static let site = "far.localhost"
        private static let password = "far'\"\\away"

        @Test
        func `it is looked at before anything begins, made, killed, given another password, deleted and taken over`()
            async throws
        {
            try await withShop { shop in
                let server = try await OtherServer.start(beside: shop)
                let before = try await shop.containers().map(\.id)
                try shop.write(manifest(shop), to: "far.yaml")

                let refused = try await shop.run(["up", "-f", "far.yaml"])
                #expect(refused.exitCode == 1, "\(refused)")
                #expect(refused.errors.contains("\(OtherServer.name):3306 does not let far in: Access denied"))
                #expect(refused.errors.contains("nothing was begun, and nothing was stored"))
                #expect(try await shop.containers().map(\.id) == before)
                #expect(try await shop.run(["plan"]).exitCode == 0)

                try await server.sql(
                    "CREATE DATABASE far CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
                        + "CREATE USER far@'%' IDENTIFIED BY \(OtherServer.quoted(Self.password));"
                        + "GRANT ALL ON far.* TO far@'%'")
                let victim = try await shop.run(
                    ["up", "-f", "far.yaml"], environment: ["FRAPPECTL_FAULT": "finished one-shot new-site"])
                #expect(victim.wasKilled, "\(victim)")
                #expect(try await server.tables() > 0)
                try await shop.succeed(["up"])
                #expect(try await shop.browser(Self.site).get("/login").status == 200)
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
                #expect(try await shop.containers(.mariadb).count == 1, "no server is run for it")
                try await expectSecrecy(shop)

                try await expectRotation(shop, server)
                try await expectKept(shop, server)
                try await expectTakeover(shop, server)
                try await shop.succeed(["delete", "site", Self.site, "--yes", Self.site])
                try await server.remove()
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `the way to it is encrypted where the Secret has the authority, and nothing goes there otherwise`()
            async throws
        {
            try await withShop { shop in
                let certificates = try await TestCertificates.make(for: OtherServer.name, in: shop.directory)
                let server = try await OtherServer.start(beside: shop, certificates: certificates)
                try await server.sql(
                    "CREATE DATABASE `far.localhost` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
                        + "CREATE USER far@'%' IDENTIFIED BY \(OtherServer.quoted(Self.password)) REQUIRE SSL;"
                        + "GRANT ALL ON `far.localhost`.* TO far@'%'")
                func apply(_ authority: String?) async throws -> ProgramResult {
                    try shop.write(manifest(shop, database: nil, authority: authority), to: "far.yaml")
                    return try await shop.run(["up", "-f", "far.yaml"])
                }
                let open = try await apply(nil)
                #expect(open.exitCode == 1 && open.errors.contains("lets far in with TLS alone"), "\(open)")
                #expect(open.errors.contains("as ca.crt"), "\(open)")
                let others = try await TestCertificates.make(for: OtherServer.name, in: shop.directory)
                let stranger = try await apply(others.authority)
                #expect(stranger.exitCode == 1 && stranger.errors.contains("is to be the authority"), "\(stranger)")
                #expect(try await server.tables(in: Self.site) == 0)

                let encrypted = try await apply(certificates.authority)
                #expect(encrypted.exitCode == 0, "\(encrypted)")
                #expect(try await shop.browser(Self.site).get("/login").status == 200)
                let cipher = try await shop.succeed(["db", Self.site, "-e", "SHOW STATUS LIKE 'Ssl_cipher'"]).output
                #expect(cipher.contains("TLS_"), "\(cipher)")
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))

                // The server's certificate is renewed by another authority: the site follows its Secret.
                try await server.encrypt(with: others)
                let renewed = try await apply(others.authority)
                #expect(renewed.exitCode == 0, "\(renewed)")
                #expect(try await shop.browser(Self.site).get("/login").status == 200)
                #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))

                // Where the Secret names no database it is the one of the site's first name, whatever that is later.
                try await shop.succeed(["site", "rename", Self.site, "farther.localhost"])
                #expect(try await shop.browser("farther.localhost").get("/login").status == 200)
                let plan = try await shop.run(["plan"])
                #expect(plan.exitCode == 0, "\(plan)")
                let kept = try await shop.succeed(
                    ["delete", "site", "farther.localhost", "--yes", "farther.localhost"]
                ).output
                #expect(kept.contains("kept: "), "\(kept)")
                try await server.remove()
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        private func manifest(
            _ shop: Installation, password: String = password, database: String? = "far", authority: String? = nil,
            extra: [String] = []
        ) -> String {
            let config = [
                "dbConfig:", "  provider: external", "  host: \(OtherServer.name)",
                "  connectionSecretRef: {name: far}",
            ]
            let secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: far}
                stringData:
                  username: far
                  password: '\(password.replacing("'", with: "''"))'
                  encryption_key: bm90LWEtcmVhbC1rZXktYnV0LWxvbmctZW5vdWdoISE=

                """ + (database.map { "  database: \($0)\n" } ?? "")
                + (authority.map { "  ca.crt: |\n    \($0.replacing("\n", with: "\n    "))\n" } ?? "")
            return shop.manifests([secret, shop.siteManifest(Self.site, extra: config + extra)])
        }

        private func expectSecrecy(_ shop: Installation) async throws {
            for command in [["plan", "--json"], ["history", "--steps", "--json"], ["get", "secret", "-o", "yaml"]] {
                #expect(!(try await shop.run(command).output.contains("away")), "\(command)")
            }
            let state = try Data(contentsOf: URL(filePath: "\(shop.root)/agent/state.sqlite"))
            #expect(state.range(of: Data(Self.password.utf8)) == nil)
        }

        /// A password that the server takes reaches the site; one that it does not take changes nothing.
        private func expectRotation(_ shop: Installation, _ server: OtherServer) async throws {
            try shop.write(manifest(shop, password: "new"), to: "far.yaml")
            let early = try await shop.run(["up", "-f", "far.yaml"])
            #expect(early.exitCode == 1 && early.errors.contains("does not let far in"), "\(early)")
            try await server.sql("ALTER USER far@'%' IDENTIFIED BY 'new'")
            #expect(try await shop.run(["plan", "-f", "far.yaml"]).output.contains("the login in Secret far changed"))
            try await shop.succeed(["up", "-f", "far.yaml"])
            #expect(try await shop.browser(Self.site).get("/login").status == 200)
            #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
        }

        /// Nothing of the database is taken away, and nothing new is made in it.
        private func expectKept(_ shop: Installation, _ server: OtherServer) async throws {
            let tables = try await server.tables()
            let moved = try await shop.run(["up", "-f", try shop.write(shop.siteManifest(Self.site), to: "moved.yaml")])
            #expect(moved.exitCode == 78 && moved.errors.contains("the external server"), "\(moved)")
            let deleted = try await shop.succeed(["delete", "site", Self.site, "--yes", Self.site])
            #expect(deleted.errors.contains("is left as it is: it was not made by frappectl"), "\(deleted)")
            #expect(deleted.output.contains("kept: "))
            #expect(try await server.tables() == tables)
            let again = try await shop.run(["up", "-f", "far.yaml"])
            #expect(again.exitCode == 1 && again.errors.contains("tables already"), "\(again)")
        }

        /// `skipInit`: the site in the database is served again, with the key that was given.
        private func expectTakeover(_ shop: Installation, _ server: OtherServer) async throws {
            let extra = ["skipInit: true", "encryptionKeySecretRef: {name: far}"]
            try shop.write(manifest(shop, password: "new", extra: extra), to: "over.yaml")
            try await shop.succeed(["up", "-f", "over.yaml"])
            #expect(try await shop.browser(Self.site).get("/login").status == 200)
            let path = "sites/\(Self.site)/site_config.json"
            let config = try await shop.exec(try await shop.container(.web).id, ["cat", path])
            #expect(config.contains("\"encryption_key\": \"bm90LWEt"), "\(config)")
        }
    }
}

/// A MariaDB that is not of the installation, in the network of its bench.
struct OtherServer {
    static let name = "db.elsewhere"
    let shop: Installation
    let id: String

    /// - Parameter certificates: what it encrypts with; nil for not at all.
    static func start(
        beside shop: Installation, arguments: [String] = [], certificates: TestCertificates? = nil
    ) async throws -> OtherServer {
        let files = certificates.map { [("cert", $0.certificate), ("key", $0.privateKey)] } ?? []
        let settings = ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"]
        var spec = ContainerSpec(
            image: shop.images.mariadb,
            command: settings + arguments + files.map { "--ssl-\($0.0)=/etc/tls-\($0.0).pem" })
        spec.user = "1000:1000"
        spec.environment = ["MARIADB_ROOT_PASSWORD=root"]
        spec.labels = TestLabel.labels(of: shop)
        spec.host.tmpfs = ["/var/lib/mysql": "uid=1000,gid=1000"]
        let network = "frappectl-\(shop.rootID ?? "")-bench-shop"
        spec.host.networkMode = network
        spec.networking = ContainerSpec.NetworkingConfig(endpoints: [
            network: ContainerSpec.EndpointSettings(aliases: [name])
        ])
        let id = try await shop.engine.createContainer(name: "frappectl-test-\(shop.lease.number)-other", spec).id
        let server = OtherServer(shop: shop, id: id)
        try await server.put(files)
        try await shop.engine.startContainer(id)
        let isUp = try await Waiting.until(within: .seconds(60)) { (try? await server.sql("SELECT @@port")) == "3306" }
        guard isUp else { throw TestFailure("the other server does not answer") }
        return server
    }

    /// Has it use another certificate from now on.
    func encrypt(with certificates: TestCertificates) async throws {
        try await put([("cert", certificates.certificate), ("key", certificates.privateKey)])
        try await sql("FLUSH SSL")
    }

    private func put(_ files: [(name: String, text: String)]) async throws {
        var archive = TarArchive()
        for (name, text) in files {
            archive.addFile("etc/tls-\(name).pem", text: text, mode: 0o400, uid: 1000, gid: 1000)
        }
        try await shop.engine.putArchive(archive.bytes, into: id, at: "/")
    }

    @discardableResult
    func sql(_ statements: String) async throws -> String {
        try await shop.exec(id, ["mariadb", "-uroot", "-proot", "-N", "-B", "-e", statements])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func tables(in database: String = "far") async throws -> Int {
        let count = try await sql("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '\(database)'")
        return Int(count) ?? -1
    }

    func remove() async throws { try await shop.engine.removeContainer(id, force: true) }

    static func quoted(_ text: String) -> String {
        "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
    }
}
