import FrappeModel
import TestSupport
import Testing

extension Scenarios.Changing {
    /// The power is cut, and what comes back comes in any order: a host name gets its own site or nobody.
    @Suite(.enabled(if: OwnEngine.current != nil, "by: scripts/engine own")) struct RebootTests {
        /// What is started after a power cut, in this order.
        enum Start: String, Sendable, CustomStringConvertible {
            case engine, nginx, up, upWithoutEngine

            var description: String { rawValue }
        }

        static let orders: [[Start]] = [
            [.engine, .nginx, .up], [.nginx, .engine, .up], [.upWithoutEngine, .engine, .up],
        ]

        @Test func `each host name gets its own site or nobody, in whatever order all comes back`() async throws {
            try await TwoBenches.with { machine, host, answers in
                let before = try await Inventory.take(host)
                for order in Self.orders {
                    let (_, counts) = try await answers.during {
                        try await machine.cutPower(of: host)
                        for start in order { try await start.run(machine, host) }
                        try await Waiting.until(within: .seconds(60)) { await answers.missing().isEmpty }
                    }
                    let missing = await answers.missing()
                    #expect(missing.isEmpty, "\(order)")
                    TwoBenches.expectNoStrangers(counts, "\(order)")
                    #expect(counts.values.allSatisfy { $0.own > 0 && $0.away > 0 }, "\(order): \(counts)")
                    let difference = try await Inventory.take(host).difference(to: before)
                    #expect(difference.isEmpty, "\(order)")
                    let plan = try await host.run(["plan"])
                    #expect(plan.exitCode == 0, "\(order): \(plan)")
                }
            }
        }
    }
}

extension Scenarios.Changing.RebootTests.Start {
    fileprivate func run(_ machine: OwnEngine, _ host: Installation) async throws {
        switch self {
        case .engine: try await machine.boot()
        case .nginx:
            if try await host.run(["ingress", "show", "--json"]).json().isRunning.bool != true {
                try await host.startNginx()
            }
        case .up:
            try await machine.answers(host)
            try await host.succeed(["up"])
        case .upWithoutEngine:
            let up = try await host.run(["up"])
            #expect(up.exitCode == 69 && up.errors.contains("next: "), "\(up)")
        }
    }
}

/// Two benches with two sites each, one with a name of its own, that can be told from each other.
enum TwoBenches {
    static let hosts = [
        "one.localhost": "one.localhost", "two.localhost": "two.localhost", "three.localhost": "three.localhost",
        "four.localhost": "four.localhost", "books.example.test": "two.localhost",
    ]

    /// Few containers: what a host name depends on.
    static func manifest(_ host: Installation) -> String {
        let few = ["componentReplicas: {workerDefault: 0, workerShort: 1, workerLong: 0}"]
        return host.manifests([
            host.hostManifest, host.benchManifest("left", extra: few), host.benchManifest("right", extra: few),
            host.siteManifest("one.localhost", name: "one", bench: "left"),
            host.siteManifest("two.localhost", name: "two", bench: "left", domain: "books.example.test"),
            host.siteManifest("three.localhost", name: "three", bench: "right"),
            host.siteManifest("four.localhost", name: "four", bench: "right"),
        ])
    }

    /// Runs the body with both benches up on an Engine that may be killed.
    static func with(_ body: (OwnEngine, Installation, SiteAnswers) async throws -> Void) async throws {
        let machine = try #require(OwnEngine.current)
        try await withInstallation { host in
            try host.write(manifest(host), to: "two.yaml")
            try await host.succeed(["up", "-f", "two.yaml"])
            let answers = try await SiteAnswers(host, hosts: hosts)
            let missing = await answers.missing()
            #expect(missing.isEmpty)
            try await body(machine, host, answers)
        }
    }

    /// No host name got anything but its own site or a page that says that it is away.
    static func expectNoStrangers(_ counts: [String: SiteAnswers.Count], _ moment: String) {
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            print("\(moment): \(name): \(count)")
            #expect(count.other.isEmpty, "\(moment): \(name): \(count.other.prefix(5))")
        }
    }
}
