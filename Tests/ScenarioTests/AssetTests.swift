import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension ScenariosApart {
    /// Images keep their assets in three ways; a bench of each works, and one is replaced by another under load.
    @Suite struct AssetTests {
        @Test
        func
            `images with assets in their sites directory run, and are replaced by newer ones without a failed request`()
            async throws
        {
            try await withInstallation { shop in
                var bundles: [String: [UInt8]] = [:]
                for tag in ["assets-a", "1", "assets-b"] {
                    let stream = RequestStream(port: shop.port, host: "one.localhost", path: "/login")
                    if bundles.isEmpty {
                        try await bringUp(tag, in: shop)
                    } else {
                        let (_, report) = try await stream.during { try await bringUp(tag, in: shop) }
                        #expect(report.failures == [], "to \(tag): \(report.failures.count) of \(report.requests)")
                        #expect(report.requests > 10)
                    }
                    let (path, body) = try await expectOwnBundle(of: tag, in: shop)
                    bundles[path] = body
                    // Pages that were loaded before the change ask for the files of their time.
                    for (path, body) in bundles {
                        let answer = try await shop.browser("one.localhost").get(path)
                        #expect(answer.status == 200, "\(path) with \(tag)")
                        #expect(answer.body == body)
                    }
                    #expect(try await anonymousVolumes(of: shop) == [])
                    #expect(try await shop.run(["up"]).output.hasPrefix("nothing to do"))
                }
                #expect(bundles.count == 3)
                try await expectVolumesRemoved(
                    by: [
                        ["site", "new", "two.localhost"],
                        ["delete", "site", "two.localhost", "--yes", "two.localhost"],
                        ["down"],
                    ], in: shop)
            }
        }

        private func bringUp(_ tag: String, in shop: Installation) async throws {
            let few = "componentReplicas: {workerShort: 0, workerLong: 0}"
            let bench = shop.benchManifest(image: "\(shop.images.benchRepository):\(tag)", extra: [few])
            let site = shop.siteManifest("one.localhost", name: "one")
            try shop.write(shop.manifests([shop.hostManifest, bench, site]), to: "shop.yaml")
            try await shop.succeed(["up", "-f", "shop.yaml"])
        }

        /// The page names a bundle, and it is the one of the image that runs: for nginx, web and edge alike.
        private func expectOwnBundle(of tag: String, in shop: Installation) async throws -> (String, [UInt8]) {
            let browser = shop.browser("one.localhost")
            let page = try await browser.get("/login").text
            let bundle = try #require(
                page.firstMatch(of: #/\/assets\/frappe\/dist\/css\/desk\.bundle\.\w{8}\.css/#), "\(tag): \(page)")
            let path = String(bundle.output)
            let answer = try await browser.get(path)
            #expect(answer.status == 200)
            let margins = ["1": "2rem", "assets-a": "3rem", "assets-b": "4rem"]
            #expect(answer.text.contains("margin: \(try #require(margins[tag]))"), "\(tag): \(answer.text)")
            for component in [Component.web, .edge] {
                let inside = try await shop.exec(
                    try await shop.container(component).id, ["cat", "/home/frappe/frappe-bench/sites\(path)"])
                #expect(inside == answer.text, "\(component) with \(tag)")
            }
            let question = ["curl", "-sf", "-H", "Host: one.localhost", "http://edge\(path)"]
            let fromEdge = try await shop.exec(try await shop.container(.web).id, question)
            #expect(fromEdge == answer.text)
            return (path, answer.body)
        }

        /// One-shot containers have such volumes: each container is removed with its own.
        private func expectVolumesRemoved(by commands: [[String]], in shop: Installation) async throws {
            let proxy = try EngineProxy(at: "\(shop.directory)/proxy.sock")
            defer { proxy.stop() }
            for command in commands {
                let result = try await shop.run(
                    command, environment: ["DOCKER_HOST": "unix://\(proxy.socketPath)"])
                #expect(result.exitCode == 0, "\(result)")
            }
            let removals = proxy.calls.filter { $0.method == "DELETE" && $0.template == "/containers/{id}" }
            #expect(removals.count > 5)
            #expect(removals.filter { !$0.path.contains("v=1") }.map(\.path) == [])
        }

        /// Volumes without a name that containers of the installation have.
        private func anonymousVolumes(of shop: Installation) async throws -> [String] {
            var found: [String] = []
            for container in try await shop.containers() {
                for mount in try await shop.inspect(container.id).Mounts.array where mount.Type.string == "volume" {
                    found.append("\(container.name) \(mount.Destination.string ?? "")")
                }
            }
            return found
        }
    }
}
