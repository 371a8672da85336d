import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite(
        .enabled(
            if: ComposeProgram.path != nil, "no docker compose here; get it: scripts/lib/fetch-compose .build/tools"))
    struct ComposeTests {
        @Test func `a bench goes on as a compose file without frappectl, and comes back with all its data`()
            async throws
        {
            try await withShop { shop in
                let before = try await Self.traits(of: shop.containers(), in: shop) { $0.labels[Label.component] }
                let browser = try await shop.administrator("one.localhost")
                let upload = try await browser.upload("way-out.txt", Array("kept".utf8), isPrivate: true)
                let file = try #require(try JSON(upload.body).message.file_url.string)
                let compose = try await Self.written(by: shop)
                try await compose.run(["config", "--quiet"])
                try await shop.succeed(["down"])
                let outcome: Result<Void, any Error>
                do {
                    try await compose.run(["up", "--detach", "--wait"])
                    outcome = .success(try await Self.look(at: shop, browser, file: file, like: before))
                } catch {
                    outcome = .failure(error)
                }
                try await compose.run(["down", "--volumes"])
                try outcome.get()
                let up = try await shop.succeed(["up"])
                #expect(up.output.contains("Ready"), "\(up)")
                #expect(try await browser.get(file).text == "kept")
            }
        }

        /// The file as the program prints it, with marks of this installation and faster probes over it.
        private static func written(by shop: Installation) async throws -> ComposeProgram {
            let text = try await shop.succeed(["compose"]).output
            #expect(!text.contains(Label.root))
            #expect(try Secrets(shop).found(in: text) == [])
            try shop.write(text, to: "compose.yaml")
            let plain = ComposeProgram(files: ["compose.yaml"], directory: shop.directory)
            let read = try JSON(try await plain.run(["config", "--format", "json"]))
            let labels = TestLabel.labels(of: shop).map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
            var lines = [
                "networks: {bench: {labels: {\(labels)}}}", "volumes: {mariadb-secrets: {labels: {\(labels)}}}",
            ]
            lines.append("services:")
            for name in try await plain.run(["config", "--services"]).split(separator: "\n").map(String.init) {
                lines.append("  \(name):\n    labels: {\(labels)}")
                if read.services[name].healthcheck != .null { lines.append("    healthcheck: {interval: 1s}") }
            }
            try shop.write(lines.joined(separator: "\n") + "\n", to: "quick.yaml")
            return ComposeProgram(files: ["compose.yaml", "quick.yaml"], directory: shop.directory)
        }

        /// What matters of each container, by its component or service.
        private static func traits(
            of containers: [ContainerSummary], in shop: Installation, by name: (ContainerSummary) -> String?
        ) async throws -> [String: [String: JSON]] {
            var all: [String: [String: JSON]] = [:]
            for container in containers {
                guard let name = name(container) else { continue }
                let inspection = try await shop.inspect(container.id)
                let host = inspection.HostConfig
                let mounts = inspection.Mounts.array.filter { $0["Type"].string == "bind" }
                    .map { "\($0.Source.string ?? "") on \($0.Destination.string ?? "")" }
                all[name] = [
                    "image": inspection.Image, "command": inspection.Config.Cmd, "user": inspection.Config.User,
                    "probe": inspection.Config.Healthcheck.Test, "mounts": .array(mounts.sorted().map { .string($0) }),
                    "memory": host.Memory, "swap": host.MemorySwap, "processes": host.PidsLimit, "cpu": host.NanoCpus,
                    "shares": host.CpuShares, "dropped": host.CapDrop, "added": .array(host.CapAdd.array),
                    "init": host["Init"], "options": host.SecurityOpt, "grace": inspection.Config.StopTimeout,
                    "restart": host.RestartPolicy.Name, "log": host.LogConfig,
                ]
            }
            return all
        }

        private static func look(
            at shop: Installation, _ browser: Browser, file: String, like before: [String: [String: JSON]]
        ) async throws {
            let service = "com.docker.compose.service"
            let containers = try await shop.engine.containers(
                filters: .labels([TestLabel.installation: shop.directory]))
            let now = try await traits(of: containers, in: shop) { $0.labels[service] }
            for (component, traits) in before { #expect(now[component] == traits, "\(component)") }
            #expect(Set(now.keys) == Set(before.keys).union(["nginx", "mariadb-secrets"]))
            #expect(containers.filter { $0.labels[Label.root] != nil }.map(\.name) == [])
            let published = containers.filter { $0.ports.contains { $0.hostPort != nil } }
            #expect(published.map { $0.labels[service] } == ["nginx"])
            // The session from before, and a new login.
            #expect(try await browser.get(file).text == "kept")
            #expect(try await shop.browser("one.localhost").get(file).status == 403)
            for (site, host) in [("one.localhost", "one.localhost"), ("two.localhost", "books.example.test")] {
                let again = try await shop.administrator(site, host: host)
                #expect(try await again.get("/app").status == 200)
                #expect(try await again.runsJob(queue: "short"))
                let heard = try await shop.listen(site: site, host: host, sid: try #require(again.sid))
                #expect(heard.exitCode == 0, "\(heard.output)")
            }
            let asset = try await browser.get("/assets/frappe/css/plain.css")
            #expect(asset.status == 200)
            try await refusals(shop, browser)
        }

        /// What the host's nginx keeps from browsers, this one does too.
        private static func refusals(_ shop: Installation, _ browser: Browser) async throws {
            #expect(try await shop.browser("unknown.example.test").get("/").status == 404)
            let page = try await browser.upload("page.html", Array("<script>".utf8), isPrivate: false)
            let shown = try await browser.get(try #require(try JSON(page.body).message.file_url.string))
            #expect(shown.headers["Content-Disposition"] == "attachment")
            let foreign = try await shop.listen(
                site: "one.localhost", host: "one.localhost", sid: try #require(browser.sid),
                origin: "http://evil.example.test")
            #expect(foreign.exitCode == 1)
        }

        @Test func `a bench that was never up, and ports that are none, are refused with the next command`()
            async throws
        {
            try await withShop { shop in
                let unknown = try await shop.run(["compose", "nobody"])
                #expect(unknown.exitCode != 0)
                #expect(unknown.errors.contains("nobody"))
                #expect(try await shop.run(["compose", "--port", "0"]).exitCode == 64)
                let path = "\(shop.directory)/written.yaml"
                let written = try await shop.succeed(["compose", "shop", "-o", path, "--port", "9999"])
                #expect(written.output.contains("docker compose -f \(path) up"))
                #expect(try String(contentsOfFile: path, encoding: .utf8).contains("published: \"9999\""))
                #expect(try await shop.run(["compose", "shop", "-o", path]).exitCode == 64)
            }
        }
    }
}
