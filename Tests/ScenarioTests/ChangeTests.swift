import DockerEngine
import Foundation
import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// Changes of what runs, with requests going on.
    @Suite struct ChangeTests {
        @Test func `scaling out and in fails no request and stays in the manifest`() async throws {
            try await withShop { shop in
                let stream = RequestStream(port: shop.port, host: "one.localhost")
                let before = try await shop.container(.web)
                let (_, report) = try await stream.during {
                    let web = try await shop.succeed(["bench", "scale", "shop", "web", "2"])
                    #expect(web.output.contains("done: "))
                    let shared = try await Waiting.until(within: .seconds(20)) { try shop.lastUpstreams(40).count == 2 }
                    #expect(shared, "all requests go to one")
                    try await shop.succeed(["bench", "scale", "shop", "worker-short", "2"])
                    #expect(try await shop.containers(.web).map(\.state) == [.running, .running])
                    #expect(try await shop.containers(.web).contains { $0.id == before.id }, "the first one stays")
                    #expect(try await shop.containers(.workerShort).count == 2)
                    let manifest = try await shop.succeed(["get", "bench", "shop", "--json"]).json()[0]
                    #expect(manifest.spec.componentReplicas.gunicorn.int == 2)
                    #expect(manifest.spec.componentReplicas.workerShort.int == 2)
                    let up = try await shop.succeed(["up"])
                    #expect(up.output.hasPrefix("nothing to do"), "\(up)")
                    try await shop.succeed(["bench", "scale", "shop", "web", "1"])
                    try await shop.succeed(["bench", "scale", "shop", "worker-short", "1"])
                }
                #expect(report.failures == [], "\(report.failures.count) of \(report.requests) requests")
                #expect(report.requests > 50)
                #expect(try await shop.container(.web).id == before.id)
                #expect(try await shop.containers(.workerShort).count == 1)
                let wrong = try await shop.run(["bench", "scale", "shop", "scheduler", "2"])
                #expect(wrong.exitCode == 64, "\(wrong)")
                let tooMany = try await shop.run(["bench", "scale", "shop", "web", "0"])
                #expect(tooMany.exitCode == 78, "\(tooMany)")
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }

        @Test func `a changed value is planned with its place, applied without a failed request, and back again`()
            async throws
        {
            try await withShop { shop in
                let resources = ["componentResources:", "  gunicorn:", "    limits:", "      memory: 768Mi"]
                let text = shop.manifests([shop.benchManifest(extra: resources)])
                try shop.write(text, to: "changed.yaml")
                let line = text.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.contains("memory: 768Mi") }.map { $0 + 1 }
                let plan = try await shop.run(["plan", "-f", "changed.yaml"])
                #expect(plan.exitCode == 2, "\(plan)")
                #expect(plan.output.contains("changed.yaml:\(try #require(line))"), "\(plan)")
                #expect(plan.output.contains("memory limit 1 GiB -> 768 MiB"))
                #expect(plan.output.contains("no downtime"))
                #expect(plan.output.contains("Apply with: frappectl up -f changed.yaml"))
                let json = try await shop.run(["plan", "-f", "changed.yaml", "--json"])
                #expect(json.exitCode == 2)
                try Self.checkSchema(json.json())
                let old = try await shop.container(.web)
                let others = try await shop.containers().filter { $0.id != old.id }.map(\.id)
                let stream = RequestStream(port: shop.port, host: "one.localhost", path: "/login")
                let (_, report) = try await stream.during {
                    try await shop.succeed(["up", "-f", "changed.yaml"])
                    let new = try await shop.container(.web)
                    #expect(new.id != old.id)
                    #expect(try await shop.inspect(new.id).HostConfig.Memory.int == 768 << 20)
                    #expect(try await shop.containers().filter { $0.id != new.id }.map(\.id) == others)
                    try await shop.succeed(["up", "-f", Shop.manifest])
                }
                #expect(report.failures == [], "\(report.failures.count) of \(report.requests) requests")
                #expect(report.requests > 30)
                #expect(try await shop.container(.web).name == old.name)
            }
        }

        /// Web servers of another number of gunicorn workers, of another image, and as they were, again and again.
        @Test func `of 5000 requests during changes of gunicorn workers and of the image none fails`() async throws {
            try await withShop { shop in
                let other = try await shop.derivedImage(
                    tag: "other", from: shop.images.bench, replacing: "/home/frappe/other.txt", with: "other")
                let workers = ["componentResources:", "  gunicorn:", "    limits:", "      cpu: \"2\""]
                try shop.write(shop.benchManifest(extra: workers), to: "workers.yaml")
                try shop.write(shop.benchManifest(image: other), to: "other.yaml")
                let plan = try await shop.run(["plan", "-f", "workers.yaml"])
                #expect(plan.output.contains("workers 3 -> 5"), "\(plan)")
                var stream = RequestStream(port: shop.port, host: "one.localhost")
                stream.concurrency = 8
                stream.pause = .zero
                var changes = 0
                let (_, report) = try await stream.during { answered in
                    while answered() < 5000 || changes < 3, changes < 30 {
                        let file = ["workers.yaml", "other.yaml", Shop.manifest][changes % 3]
                        let up = try await shop.succeed(["up", "-f", file])
                        #expect(up.output.hasPrefix("done: "), "\(up)")
                        changes += 1
                    }
                }
                #expect(report.failures == [], "\(report.failures.count) of \(report.requests), \(changes) changes")
                #expect(report.requests >= 5000, "\(changes) changes")
                print("\(report.requests) requests during \(changes) changes, the longest \(report.longest)")
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }

        /// Programs read these names: one that goes or changes breaks them.
        private static func checkSchema(_ plan: JSON) throws {
            #expect(plan.keys == ["changes", "unchangedComponents", "unchangedSites", "notes", "steps"])
            let step = try #require(plan.steps.array.first { $0.subject.string == "web-1" })
            #expect(step.keys.isSuperset(of: ["id", "kind", "bench", "subject", "cause", "effect", "needs"]))
            #expect(step.kind.string == "start-beside")
            #expect(step.effect.string == "none")
            #expect(step.bench.string == "shop")
            #expect(plan.changes.int == plan.steps.array.count)
        }

        @Test func `progress is one JSON object a line, and the answer one object`() async throws {
            try await withShop { shop in
                let scaled = try await shop.succeed(["bench", "scale", "shop", "worker-long", "0", "--json"])
                let events = try scaled.events()
                #expect(events.contains { $0.event.string == "planned" })
                #expect(events.contains { $0.event.string == "started" && $0.subject.string != nil })
                #expect(events.contains { $0.event.string == "finished" && $0.seconds.double != nil })
                #expect(try scaled.json().changed.bool == true)
                #expect(try await shop.containers(.workerLong).isEmpty)
                let back = try await shop.succeed(["up", "-f", Shop.manifest, "--json"])
                #expect(try back.json().sites.array.map(\.phase.string) == ["Ready", "Ready"])
                let nothing = try await shop.succeed(["up", "--json"])
                #expect(try nothing.json().changed.bool == false)
            }
        }
    }
}

extension Installation {
    /// Where nginx sent the last requests to the bench, by its own log.
    fileprivate func lastUpstreams(_ count: Int) throws -> Set<String> {
        let log = try String(contentsOfFile: "\(root)/agent/logs/shop/access.log", encoding: .utf8)
        return Set(
            log.split(separator: "\n").suffix(count).compactMap { try? JSON(String($0)).upstream.string })
    }
}
