import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// The memory budget of the host, as plan and status tell it.
    @Suite struct MemoryTests {
        @Test func `limits beyond the budget are warned of with their place, and noted before anything happens`()
            async throws
        {
            try await withShop { shop in
                let extra = ["componentResources:", "  gunicorn: {limits: {memory: 900Gi}}"]
                let text = shop.manifests([shop.benchManifest(extra: extra)])
                try shop.write(text, to: "greedy.yaml")
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                let line = try #require(lines.firstIndex { $0.contains("900Gi") }) + 1
                let plan = try await shop.run(["plan", "-f", "greedy.yaml"])
                #expect(plan.exitCode == 2, "\(plan)")
                #expect(plan.errors.contains("greedy.yaml:\(line):"), "\(plan)")
                #expect(plan.errors.contains("900 GiB is more than this machine has"))
                #expect(plan.errors.contains("the memory limits in manifests add up to 900.5 GiB"))
                #expect(plan.output.contains("memory limits add up to 90"), "\(plan)")
                #expect(plan.output.contains("next: lower spec.componentReplicas"))
                let json = try await shop.run(["plan", "-f", "greedy.yaml", "--json"]).json()
                #expect(json.notes.array.contains { $0.string?.hasPrefix("memory limits add up to") == true })
                #expect(try await shop.run(["plan"]).exitCode == 0, "nothing was stored")
            }
        }

        @Test func `status gives the budget, what is given of it, and each container's memory and limit`() async throws
        {
            try await withShop { shop in
                let status = try await shop.succeed(["status", "--json"]).json()
                let budget = try #require(status.machine.memoryBudget.int)
                #expect(budget > 512 << 20)
                #expect(budget < (status.machine.memory.int ?? 0))
                let components = status.benches[0].components.array + status.shared.array
                let limits = components.compactMap(\.memoryLimit.int)
                #expect(limits.count == components.count)
                #expect(status.machine.memoryLimits.int == limits.reduce(0, +))
                let database = try #require(status.shared.array.first { $0.component.string == "mariadb" })
                #expect(database.memoryLimit.int == 512 << 20)
                #expect((database.memory.int ?? 0) > 10 << 20, "what the kernel counts: \(database)")
                #expect(components.allSatisfy { $0.memoryKills.int == 0 })
                let text = try await shop.succeed(["status"]).output
                #expect(text.contains("(budget "), "\(text)")
            }
        }

        @Test func `a site that needs more memory than its creation may have is told so, and is whole with more`()
            async throws
        {
            try await withShop { shop in
                let small = ["jobResources:", "  siteInit: {limits: {memory: 24Mi}}"]
                let site = shop.siteManifest("three.localhost", name: "three")
                try shop.write(shop.manifests([shop.benchManifest(extra: small), site]), to: "small.yaml")
                let failed = try await shop.run(["up", "-f", "small.yaml"])
                #expect(failed.exitCode == 1, "\(failed)")
                #expect(failed.errors.contains("it reached its memory limit of 24 MiB; raise spec.jobResources"))
                try shop.write(shop.manifests([shop.benchManifest()]), to: "bench.yaml")
                let up = try await shop.succeed(["up", "-f", "bench.yaml"])
                #expect(up.output.contains("three.localhost"), "\(up)")
                #expect(try await shop.browser("three.localhost").get("/login").status == 200)
                try await shop.succeed(["delete", "site", "three.localhost", "--yes", "three.localhost"])
                #expect(try await shop.run(["plan"]).exitCode == 0)
            }
        }

        @Test func `a process that the kernel ended at the limit is told with the limit and the field to raise`()
            async throws
        {
            try await withShop { shop in
                let web = try await shop.container(.socketio)
                // A process of its own that asks for more than the container may have: the component lives on.
                let eat = "b = []\nwhile True: b.append(bytearray(8 << 20))"
                let python = "/home/frappe/frappe-bench/env/bin/python"
                let command = "\(python) -c '\(eat)'; true"
                try await shop.exec(web.id, ["bash", "-c", command])
                let start = ContinuousClock.now
                let status = try await shop.succeed(["status", "--json"]).json()
                #expect(ContinuousClock.now - start < .seconds(10))
                let component = try #require(
                    status.benches[0].components.array.first { $0.component.string == "socketio" })
                #expect(component.memoryKills.int == 1, "\(component)")
                let line = try #require(status.attention.array.compactMap(\.string).first { $0.contains("socketio") })
                #expect(line.contains("socketio of shop was killed by the kernel once: limit 256 MiB"), "\(line)")
                #expect(line.contains("next: raise spec.componentResources.socketio.limits.memory"))
                // A new start counts anew.
                try await shop.engine.restartContainer(web.id)
                try await shop.succeed(["up"])
            }
        }
    }
}
