import Foundation
import FrappeModel
import StateStore
import Subprocess
import TestSupport
import Testing

extension ScenariosApart {
    /// Certificates that an authority makes, asked for by the real certbot at a real ACME server.
    @Suite struct AuthorityTests {
        private static let names = ["books.shop.test", "www.shop.test", "late.shop.test"]

        @Test func `names get certificates, which are renewed in time, and neither refusals nor kills cost a page`()
            async throws
        {
            try await withInstallation { shop in
                let top = shop.lease.upstreamPorts.upperBound
                try await TestAuthority.during(
                    port: top - 4, httpPort: shop.port, directory: shop.directory
                ) { authority in
                    try await authority.lead("late.shop.test", to: "127.0.0.2")
                    try shop.write(Self.manifest(shop, authority), to: "shop.yaml")
                    try await expectRefusalAlone(shop, authority)
                    try await expectLateName(shop, authority)
                    try await expectRenewal(shop, authority)
                    try await expectNothingLostByKills(shop, authority)
                    try await expectSecrecy(shop)
                    try await expectNothingAsked(shop)
                }
            }
        }

        /// The name that leads elsewhere gets none, and says why; all others are served.
        private func expectRefusalAlone(_ shop: Installation, _ authority: TestAuthority) async throws {
            let up = try await shop.run(["up", "-f", "shop.yaml"])
            #expect(up.exitCode == 1, "\(up)")
            #expect(up.errors.contains("certificate late.shop.test: "), "\(up)")
            #expect(up.errors.contains("connection refused") && up.errors.contains("(DNS, port 80)"), "\(up)")
            for name in ["books.shop.test", "www.shop.test"] {
                #expect(try await Self.status(of: name, shop, authority) == "200", "\(name)")
            }
            let listed = try await shop.succeed(["site", "list", "--json"]).json().array
            #expect(listed.first?.url.string == "https://books.shop.test:\(Self.port(shop))", "\(listed)")
            let plain = try await shop.browser("late.shop.test").get("/login")
            #expect(plain.status == 200)

            // Not asked again at once, nor for the sake of a name that got one after it.
            let store = try StateDatabase(path: "\(shop.root)/agent/state.sqlite")
            let records = try store.facts(.certificate, as: CertificateRecord.self)
            #expect(records["late.shop.test"]?.failure?.count == 1, "\(records)")
            let again = try await shop.succeed(["up"])
            #expect(again.output.hasPrefix("nothing to do") && again.output.contains("late.shop.test"), "\(again)")
            #expect(
                try await shop.succeed(["status"]).output.contains("there is no new certificate for late.shop.test"))
        }

        private func expectLateName(_ shop: Installation, _ authority: TestAuthority) async throws {
            try await authority.lead("late.shop.test", to: "127.0.0.1")
            try await shop.succeed(["certificate", "renew", "late.shop.test"])
            #expect(try await Self.status(of: "late.shop.test", shop, authority) == "200")
            let entries = try await shop.succeed(["certificate", "list", "--json"]).json().array
            #expect(entries.compactMap(\.name.string).sorted() == Self.names.sorted(), "\(entries)")
            let documented: Set = ["name", "site", "account", "validFrom", "validUntil", "dueAt"]
            #expect(entries.allSatisfy { $0.keys == documented }, "\(entries)")
            #expect(entries.allSatisfy { $0.failure == .null && $0.validUntil.double != nil }, "\(entries)")
            #expect(try await shop.run(["certificate", "renew", "else.shop.test"]).exitCode == 1)
        }

        /// An `up` that finds nothing to do notices that the time has come.
        private func expectRenewal(_ shop: Installation, _ authority: TestAuthority) async throws {
            let first = try await Self.serial(of: "www.shop.test", shop)
            let store = try StateDatabase(path: "\(shop.root)/agent/state.sqlite")
            let now = Date().timeIntervalSince1970
            let issued = CertificateRecord.Issued(server: authority.server, from: now - 20, until: now + 15 + 17.5)
            #expect(abs(issued.renewal - (now + 15)) < 0.01)
            try store.put(["www.shop.test": CertificateRecord(issued: issued)], topic: .certificate)
            for _ in 0..<2 { #expect(try await shop.succeed(["up"]).output.hasPrefix("nothing to do")) }
            #expect(Date().timeIntervalSince1970 < issued.renewal, "too slow to see it before its time")
            try await Waiting.until(within: .seconds(30)) { Date().timeIntervalSince1970 > issued.renewal }
            let up = try await shop.succeed(["up"])
            #expect(up.errors.contains("is valid for 0 hours more"), "\(up)")
            let second = try await Self.serial(of: "www.shop.test", shop)
            #expect(second != first)
            #expect(try await Self.status(of: "www.shop.test", shop, authority) == "200")
            #expect(try await shop.run(["plan"]).exitCode == 0)

            // From cron, also where something else waits for `up`.
            let due = CertificateRecord.Issued(server: authority.server, from: now - 100, until: now + 10)
            try store.put(["www.shop.test": CertificateRecord(issued: due)], topic: .certificate)
            let scheduler = try #require(try await shop.containers(.scheduler).first)
            try await shop.engine.stopContainer(scheduler.id)
            try await shop.succeed(["certificate", "renew"])
            #expect(try await Self.serial(of: "www.shop.test", shop) != second)
            #expect(try await shop.run(["plan"]).exitCode == 2)
            try await shop.succeed(["up"])
            #expect(try await shop.succeed(["certificate", "renew"]).output.hasPrefix("nothing to do"))
        }

        /// `down` is not undone by cron, and what was deleted asks for nothing.
        private func expectNothingAsked(_ shop: Installation) async throws {
            try await shop.succeed(["down"])
            let renewal = try await shop.run(["certificate", "renew", "www.shop.test"])
            #expect(renewal.exitCode == 1 && renewal.errors.contains("nginx does not run"), "\(renewal)")
            #expect(try await shop.succeed(["certificate", "renew"]).output.hasPrefix("nothing to do"))
            try await shop.succeed(["up"])
            try await shop.succeed(["delete", "site", "books.shop.test", "--yes", "books.shop.test"])
            #expect(try await shop.succeed(["certificate", "list", "--json"]).json().array == [])
        }

        private func expectNothingLostByKills(_ shop: Installation, _ authority: TestAuthority) async throws {
            let name = "www.shop.test"
            for moment in ["begun", "made", "kept", "done", "after"] {
                let killed = try await shop.run(
                    ["certificate", "renew", name], environment: ["FRAPPECTL_FAULT": "\(moment) certificate \(name)"])
                #expect(killed.wasKilled, "\(moment): \(killed)")
                try await expectWhole(shop, authority, after: moment)
            }
            // certbot goes on alone, and the next run waits for it.
            let killed = try await shop.run(["certificate", "renew", name]) { program in
                let challenges = "\(shop.root)/agent/acme/.well-known/acme-challenge"
                try await Waiting.until(within: .seconds(60), every: .milliseconds(5)) {
                    (try? FileManager.default.contentsOfDirectory(atPath: challenges).isEmpty) == false
                }
                program.signal(SIGKILL)
            }
            #expect(killed.wasKilled, "\(killed)")
            try await expectWhole(shop, authority, after: "inside certbot")
            // cron alone serves what a killed run had recorded, and nothing but that.
            let recorded = try await shop.run(
                ["certificate", "renew", name], environment: ["FRAPPECTL_FAULT": "done certificate \(name)"])
            #expect(recorded.wasKilled, "\(recorded)")
            let kept = try await Self.serial(of: name, shop)
            #expect(try await Self.servedSerial(of: name, shop) != kept)
            let snippets = "\(shop.root)/nginx/sites/books.shop.test"
            try FileManager.default.createDirectory(atPath: snippets, withIntermediateDirectories: true)
            try shop.write("add_header X-More yes;\n", to: "root/nginx/sites/books.shop.test/more.conf")
            let held = try await shop.run(["certificate", "renew"])
            #expect(held.exitCode == 1 && held.errors.contains("wait for other changes"), "\(held)")
            try FileManager.default.removeItem(atPath: "\(shop.root)/nginx")
            try await shop.succeed(["certificate", "renew"])
            #expect(try await Self.servedSerial(of: name, shop) == kept)
            #expect(try await shop.run(["plan"]).exitCode == 0)
            try await expectTakenOver(shop, authority)
        }

        /// What a run that was killed had made for a name without a certificate is used: authorities count.
        private func expectTakenOver(_ shop: Installation, _ authority: TestAuthority) async throws {
            let name = "new.shop.test"
            let killed = try await shop.run(
                ["site", "domain", "add", "books.shop.test", name],
                environment: ["FRAPPECTL_FAULT": "made certificate \(name)"])
            #expect(killed.wasKilled, "\(killed)")
            let live = try #require(
                FileManager.default.enumerator(atPath: "\(shop.root)/agent/certbot")?.compactMap { $0 as? String }
                    .first { $0.hasSuffix("live/\(name)/fullchain.pem") })
            let made = try await Self.serial(inFile: "\(shop.root)/agent/certbot/\(live)")
            try await shop.succeed(["up"])
            #expect(try await Self.serial(of: name, shop) == made)
            #expect(try await Self.status(of: name, shop, authority) == "200")
        }

        private func expectWhole(_ shop: Installation, _ authority: TestAuthority, after moment: String) async throws {
            for name in Self.names {
                #expect(try await Self.status(of: name, shop, authority) == "200", "\(name) after \(moment)")
            }
            try await shop.succeed(["up"])
            #expect(try await shop.run(["plan"]).exitCode == 0, "after \(moment)")
            for name in Self.names {
                #expect(try await Self.status(of: name, shop, authority) == "200", "\(name), rerun after \(moment)")
            }
            let files = FileManager.default
            #expect(try files.contentsOfDirectory(atPath: "\(shop.root)/agent/tls").count == 3, "after \(moment)")
        }

        private func expectSecrecy(_ shop: Installation) async throws {
            let told = try await ["history --steps --json", "get host -o yaml", "certificate list --json"].asyncMap {
                try await shop.succeed($0.split(separator: " ").map(String.init)).output
            }
            #expect(!told.joined().contains("PRIVATE KEY"))
            for part in ["tls", "secrets/certificate"] {
                let directory = "\(shop.root)/agent/\(part)"
                for file in try FileManager.default.contentsOfDirectory(atPath: directory) {
                    let mode = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(file)")[
                        .posixPermissions]
                    #expect(mode as? Int == 0o600, "\(file)")
                }
            }
        }

        /// The last of the ports are none of the upstreams' here.
        private static func port(_ shop: Installation) -> Int { shop.lease.upstreamPorts.upperBound }

        /// How `/login` answers over TLS, with the authority's certificate proven; 000 where it is not.
        private static func status(
            of name: String, _ shop: Installation, _ authority: TestAuthority
        ) async throws -> String {
            let result = try await Subprocess.run(
                .name("curl"),
                arguments: [
                    "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", authority.rootFile, "--resolve",
                    "\(name):\(port(shop)):127.0.0.1", "https://\(name):\(port(shop))/login",
                ], output: .string(limit: 100), error: .discarded)
            return result.standardOutput
        }

        /// Of the certificate that nginx shows for a name.
        private static func servedSerial(of name: String, _ shop: Installation) async throws -> String {
            let shown = try await Subprocess.run(
                .name("openssl"),
                arguments: ["s_client", "-connect", "127.0.0.1:\(port(shop))", "-servername", name], input: .none,
                output: .string(limit: 1 << 16), error: .discarded)
            try shop.write(shown.standardOutput, to: "shown.pem")
            return try await serial(inFile: "\(shop.directory)/shown.pem")
        }

        private static func serial(of name: String, _ shop: Installation) async throws -> String {
            try await serial(inFile: "\(shop.root)/agent/secrets/certificate/\(name)")
        }

        private static func serial(inFile path: String) async throws -> String {
            let result = try await Subprocess.run(
                .name("openssl"), arguments: ["x509", "-noout", "-serial", "-in", path],
                output: .string(limit: 1000), error: .discarded)
            return try #require(result.standardOutput.contains("serial=") ? result.standardOutput : nil)
        }

        private static func manifest(_ shop: Installation, _ authority: TestAuthority) -> String {
            let host = shop.hostManifest.replacing("    httpPort:", with: "    httpsPort: \(port(shop))\n    httpPort:")
                .replacing("-\(port(shop))\n", with: "-\(port(shop) - 5)\n")
            let account = """
                  acmeAccounts:
                    - name: ours
                      email: admin@shop.test
                      server: \(authority.server)
                      caFile: \(authority.caFile)

                """
            let domains = ["www", "late"].map { name in
                """
                apiVersion: vyogo.tech/v1
                kind: SiteDomain
                metadata: {name: \(name)}
                spec: {siteRef: {name: books}, domain: \(name).shop.test}

                """
            }
            let few = "componentReplicas: {workerShort: 0, workerLong: 0}"
            return shop.manifests(
                [
                    host + account, shop.benchManifest(extra: [few]),
                    shop.siteManifest("books.shop.test", name: "books", extra: ["tls: {enabled: true, issuer: ours}"]),
                ] + domains)
        }
    }
}
