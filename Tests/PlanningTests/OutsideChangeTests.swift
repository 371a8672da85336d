import FrappeModel
import Planning
import Testing

/// What lists tell of changes from outside.
@Suite("A change from outside")
struct OutsideChangeTests {
    private let socketio = "socketio-1-11111111"

    private func planned(_ change: (inout PlanFixture) -> Void) -> [String] {
        var fixture = PlanFixture(converged: true)
        change(&fixture)
        return fixture.text
    }

    @Test("of a container's name takes nothing but the name back")
    func renamed() {
        let text = planned { $0.change("worker-short") { $0.name = "other" } }
        #expect(text == ["rename worker-short-1: was renamed to other outside frappectl"])
        let web = planned { fixture in
            for index in fixture.observed.containers.indices
            where fixture.observed.containers[index].name == "web-1-11111111" {
                fixture.observed.containers[index].name = "other"
            }
        }
        #expect(
            web == [
                "rename web-1: was renamed to other outside frappectl",
                "route route: its upstreams change <- rename shop/web-1",
            ])
    }

    @Test("of the name of one that stopped names it before it starts it")
    func renamedAndStopped() {
        let text = planned { fixture in
            fixture.change("scheduler") {
                $0.name = "other"
                $0.state = .exited
                $0.status = "Exited (0)"
            }
        }
        #expect(
            text == [
                "rename scheduler: was renamed to other outside frappectl",
                "start scheduler: is not running (Exited (0)) <- rename shop/scheduler",
            ])
    }

    @Test("of the name of one that is unhealthy replaces it under the name it gets back")
    func renamedAndUnhealthy() throws {
        var fixture = PlanFixture(converged: true)
        fixture.change("scheduler") {
            $0.name = "other"
            $0.health = .unhealthy
        }
        let step = try #require(fixture.plan.steps.last)
        guard case .replace(let container, let old) = step.action else { throw PlanFailure() }
        // One that is not of the new one's name is kept until that is proven, and removed by its id then.
        #expect(old.map(\.name) == [container.name])
        #expect(step.needs.contains("rename shop/scheduler"))
    }

    private struct PlanFailure: Error {}

    @Test("that removes a socket restarts the one that served at it")
    func socket() {
        #expect(
            planned { $0.observed.withoutSocket = ["web-2-11111111"] } == ["restart web-2: its socket was removed"])
        // It may not have made it yet.
        let starting = planned { fixture in
            fixture.observed.withoutSocket = ["web-2-11111111"]
            fixture.change("web-2") { $0.health = .starting }
        }
        #expect(starting.first == "start web-2: is not proven healthy yet")
        // Requests go there by then, since it is one of the plan's.
        let routed = planned { fixture in
            fixture.observed.withoutSocket = ["web-2-11111111"]
            fixture.change("socketio") { $0.health = .starting }
        }
        #expect(routed.last == "route route: its upstreams change <- shop/socketio, shop/web-2")
    }

    @Test("that takes a port makes the container anew with another, and routes to it")
    func port() {
        let holder = "127.0.0.1:20100 is held by caddy (pid 7)"
        func stopped(_ state: ObservedContainer.State?) -> [String] {
            planned { fixture in
                for index in fixture.desired.containers.indices
                where fixture.desired.containers[index].name == socketio {
                    fixture.desired.containers[index].definition.publishedPorts = [
                        .init(container: 9000, host: "20101")
                    ]
                }
                fixture.observed.lostPorts[socketio] = holder
                if let state {
                    fixture.change("socketio") { $0.state = state }
                } else {
                    fixture.observed.containers.removeAll { $0.name == socketio }
                }
            }
        }
        let route = "route route: its upstreams change <- shop/socketio"
        #expect(stopped(.exited) == ["replace socketio: \(holder), so it gets 20101", route])
        #expect(stopped(nil) == ["start socketio: is missing; \(holder), so it gets 20101", route])
    }
}
