import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// The program run by somebody who is neither root nor uid 1000, in a root of their own.
    @Suite(.enabled(if: Account.canBeTaken, "only root may run the program as another account")) struct AccountTests {
        static let manifest = "shop.yaml"

        @Test func `an account with no right but the Engine's group does the daily work, beside root's installation`()
            async throws
        {
            try await withShop { shop in
                let before = try await shop.containers().map(\.id)
                try await withInstallation(as: .ofTheEnginesGroup) { mine in
                    try mine.write(Self.oneSite(mine, port: mine.port), to: Self.manifest)
                    try await mine.succeed(["up", "-f", Self.manifest])
                    #expect(try await mine.run(["up"]).output.hasPrefix("nothing to do"))
                    #expect(try await mine.run(["plan"]).exitCode == 0)
                    try await expectServed(mine)
                    try await expectChanged(mine)
                    try await expectPortRefused(mine)
                    try await expectKept(mine)
                    try expectOwners(mine)
                    try await mine.succeed(["down"])
                    #expect(LocalProcesses.naming("\(mine.root)/agent/nginx") == [])
                    #expect(try await shop.containers().map(\.id) == before)
                    #expect(try await shop.browser("one.localhost").get("/api/method/ping").status == 200)
                    try await expectRemovable(mine)
                }
            }
        }

        /// Pages, files of both kinds, an upload that nginx keeps on the disk, and a socket.
        private func expectServed(_ mine: Installation) async throws {
            let browser = try await mine.administrator("one.localhost")
            let secret = try await browser.upload("secret.txt", Array("for us".utf8), isPrivate: true)
            let url = try #require(try JSON(secret.body).message.file_url.string)
            let served = try await browser.get(url)
            #expect(served.text == "for us")
            #expect(served.headers["Accept-Ranges"] == "bytes", "nginx serves it, not Python")
            #expect(try await mine.browser("one.localhost").get(url).status == 403)
            let large = [UInt8](repeating: 0x5a, count: 50 << 20)
            let uploaded = try await browser.upload("large.bin", large, isPrivate: false)
            #expect(uploaded.status == 200, "\(uploaded.text.prefix(300))")
            let file = try #require(try JSON(uploaded.body).message.file_url.string)
            #expect(try await mine.browser("one.localhost").get(file).body == large)
            let page = try await browser.get("/login").text
            let bundle = try #require(page.firstMatch(of: #/\/assets\/frappe\/dist\/css\/desk\.bundle\.\w{8}\.css/#))
            #expect(try await browser.get(String(bundle.output)).status == 200)
            let heard = try await mine.listen(as: browser)
            #expect(heard.exitCode == 0, "\(heard.output)")
            #expect(try await browser.runsJob(queue: "short"))
        }

        private func expectChanged(_ mine: Installation) async throws {
            try await mine.succeed(["bench", "scale", "shop", "web", "2"])
            #expect(try await mine.containers(.web).count == 2)
            let resources = ["componentResources: {gunicorn: {limits: {memory: 768Mi}}}"]
            try mine.write(mine.benchManifest(extra: resources), to: "changed.yaml")
            #expect(try await mine.run(["plan", "-f", "changed.yaml"]).exitCode == 2)
            try await mine.succeed(["up", "-f", "changed.yaml"])
            #expect(try await mine.container(.web).state == .running)
            try await mine.succeed(["site", "new", "three.localhost"])
            let status = try await mine.succeed(["status"])
            #expect(status.output.contains("three.localhost  Ready"))
            #expect(try await !mine.succeed(["logs", "shop", "web", "--tail", "3"]).output.isEmpty)
        }

        private static func oneSite(_ mine: Installation, port: Int) -> String {
            let host = mine.hostManifest.replacing("httpPort: \(mine.port)", with: "httpPort: \(port)")
            return mine.manifests([host, mine.benchManifest(), mine.siteManifest("one.localhost", name: "one")])
        }

        /// A port that the kernel keeps for root: refused with the field to change, and what was served is served on.
        private func expectPortRefused(_ mine: Installation) async throws {
            let setting = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8)
            guard let first = Int(setting.trimmingCharacters(in: .whitespacesAndNewlines)), first > 81 else { return }
            try mine.write(Self.oneSite(mine, port: 81), to: "port.yaml")
            let refused = try await mine.run(["up", "-f", "port.yaml"])
            #expect(refused.exitCode == 1, "\(refused)")
            #expect(refused.errors.contains("spec.ingress.httpPort"), "\(refused)")
            #expect(try await mine.browser("one.localhost").get("/api/method/ping").status == 200)
            try await mine.succeed(["up", "-f", Self.manifest])
        }

        /// Deletes everything, and finds what is kept under archived/.
        private func expectKept(_ mine: Installation) async throws {
            for site in ["three.localhost", "one.localhost"] {
                let deleted = try await mine.succeed(["delete", "site", site, "--yes", site])
                let kept = try #require(deleted.output.firstMatch(of: /kept: (.+)/)).output.1
                let files = try Secrets.files(below: String(kept))
                #expect(files.contains { $0.hasSuffix("-database.sql.gz") })
                #expect(files.contains { $0.hasSuffix("/site_config.json") })
            }
            let bench = try await mine.succeed(["delete", "bench", "shop", "--yes", "shop"])
            #expect(bench.output.contains("\(mine.root)/archived/"))
            #expect(try await mine.containers(.web).isEmpty)
        }

        /// What the program writes itself belongs to the account, and its secrets are nobody else's.
        private func expectOwners(_ mine: Installation) throws {
            let account = try #require(mine.account)
            for path in try Secrets.files(below: "\(mine.root)/agent") {
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                #expect(status.st_uid == account.user, "\(path)")
                if path.contains("/secrets/") { #expect(status.st_mode & 0o077 == 0, "\(path)") }
            }
        }

        /// The way that the documentation tells: files of uid 1000 are nobody's to remove but the Engine's.
        private func expectRemovable(_ mine: Installation) async throws {
            let removed = try await mine.docker([
                "run", "--rm", "--user", "0:0", "--network", "none", "--volume", "\(mine.root):/root-of-frappectl",
                "--entrypoint", "find", mine.images.mariadb, "/root-of-frappectl", "-mindepth", "1", "-delete",
            ])
            #expect(removed.exitCode == 0, "\(removed.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: mine.root) == [])
        }

        @Test func `what an account may not do is said, with what to do instead`() async throws {
            try await withInstallation(as: .ofTheEnginesGroup) { mine in
                try mine.write(mine.shopManifest, to: Self.manifest)
                let outside = try await mine.run(["up", "-f", Self.manifest], as: .withoutRights)
                #expect(outside.exitCode == 69, "\(outside)")
                #expect(outside.errors.contains("next: sudo usermod -aG docker"))
                let elsewhere = try await mine.run(["up", "-f", Self.manifest, "--root", "/root/frappe"])
                #expect(elsewhere.exitCode == 1, "\(elsewhere)")
                #expect(
                    elsewhere.errors.contains(
                        "next: run frappectl as the owner of its root, or name a root of your own"))
            }
        }
    }
}
