import FrappeModel
import Planning
import Testing

/// Objects of the Engine with our mark on them and labels that somebody else wrote.
@Suite struct HostileLabelTests {
    private static let values = [
        "", "../../etc", "shop'; DROP TABLE x", "a\nb", "\u{1B}[2J", "$(id)", "-rf", "SHOP", "shop ", "shop/other",
        "\u{202E}", "9223372036854775808", String(repeating: "x", count: 1 << 20), "shop", "web", "1", "mariadb",
    ]
    private static let keys = [
        Label.bench, Label.namespace, Label.component, Label.instance, Label.release, Label.definition, Label.step,
        Label.operation, Label.site, Label.subnet, "other",
    ]

    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private func labels(_ random: inout Random) -> [String: String] {
        Dictionary(
            Self.keys.filter { _ in Bool.random(using: &random) }.map {
                ($0, Self.values.randomElement(using: &random) ?? "")
            }
        ) { first, _ in first }
    }

    private func hostile(_ number: Int) -> (containers: [ObservedContainer], networks: [ObservedNetwork]) {
        var random = Random(state: UInt64(number))
        let states = ["created", "running", "paused", "restarting", "removing", "exited", "dead"]
        let containers = (0..<4).map { index in
            ObservedContainer(
                id: "\(number)-\(index)", name: Self.values.randomElement(using: &random) ?? "",
                state: states.randomElement(using: &random).flatMap(ObservedContainer.State.init) ?? .dead,
                networks: ["net-shop", Self.values.randomElement(using: &random) ?? ""], labels: labels(&random))
        }
        let networks = (0..<2).map { index in
            ObservedNetwork(
                id: "n\(number)-\(index)", name: Self.values.randomElement(using: &random) ?? "",
                subnets: [Self.values.randomElement(using: &random) ?? ""], labels: labels(&random))
        }
        return (containers, networks)
    }

    @Test func `what runs is left alone, whatever stands beside it with our mark`() {
        for number in 0..<2000 {
            var fixture = PlanFixture(converged: true)
            let ours = Set(fixture.observed.containers.map(\.id))
            let (containers, networks) = hostile(number)
            fixture.observed.containers += containers
            fixture.observed.networks += networks
            let plan = fixture.plan
            for step in plan.steps {
                let touched: ObservedContainer? =
                    switch step.action {
                    case .remove(let old), .discard(let old), .drain(let old): old
                    case .detach(let container, _): container
                    default: nil
                    }
                // A second container of an identity that is wanted is a leftover of ours; the first one stays.
                if let touched, ours.contains(touched.id) {
                    #expect(
                        containers.contains { $0.identity == touched.identity && $0.identity != nil },
                        "\(number): \(step)")
                }
            }
            _ = DownPlan(observed: fixture.observed, benches: [PlanFixture.bench]).plan()
            let down = DownPlan(observed: fixture.observed, benches: nil).plan()
            let removed = Set(
                down.steps.compactMap { step -> String? in
                    if case .remove(let old) = step.action { old.id } else { nil }
                })
            #expect(removed == Set(fixture.observed.containers.map(\.id)), "\(number)")
        }
    }

    @Test(arguments: values.dropLast(4)) func `labels that cannot be names of ours name nothing`(_ value: String) {
        for key in [Label.bench, Label.namespace, Label.instance] {
            var labels = [Label.bench: "shop", Label.namespace: "default", Label.component: "web", Label.instance: "1"]
            labels[key] = value
            let container = ObservedContainer(id: "1", name: "x", state: .running, labels: labels)
            let isName = value == "-rf" || value == "9223372036854775808"
            #expect((container.identity != nil) == isName, "\(key)")
        }
    }
}
