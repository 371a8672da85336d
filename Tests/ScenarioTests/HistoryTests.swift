import TestSupport
import Testing

extension Scenarios.Changing {
    @Suite struct HistoryTests {
        @Test func `history tells operations with their steps, times and outcome`() async throws {
            try await withShop { shop in
                try await shop.succeed(["bench", "scale", "shop", "worker-default", "2"])
                try await shop.succeed(["bench", "scale", "shop", "worker-default", "1"])
                let history = try await shop.succeed(["history", "--steps", "--json", "--limit", "2"]).json()
                let entry = history[1]
                #expect(entry.operation.verb.string == "bench scale")
                #expect(entry.operation.subject.string == "bench shop")
                #expect(entry.operation.outcome.string == "done")
                #expect(entry.operation.user.string == "root")
                let step = try #require(entry.steps.array.first { $0.kind.string == "start" })
                #expect(step.subject.string == "worker-default-2")
                #expect(step.outcome.string == "done")
                #expect(step.cause.string?.contains("componentReplicas.workerDefault is 2") == true, "\(step)")
                #expect(try #require(step.finishedAt.double) >= #require(step.startedAt.double))
                let text = try await shop.succeed(["history", "--steps"]).output
                #expect(text.contains("bench scale bench shop  done"))
                #expect(text.contains("worker-default-2"))
                try await shop.succeed(["up", "-f", Shop.manifest])
            }
        }
    }
}
