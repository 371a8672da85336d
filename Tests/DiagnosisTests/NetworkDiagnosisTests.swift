import Diagnosis
import FrappeModel
import Testing

@Suite struct NetworkDiagnosisTests {
    private static let range = IPv4Network(10, 217, 0, 0, prefix: 16)
    private static let own = IPv4Network(10, 217, 3, 0, prefix: 24)

    private static func network(_ name: String, _ subnet: IPv4Network, isOurs: Bool = false)
        -> SubnetFacts.EngineNetwork
    {
        .init(name: name, subnets: [subnet], isOurs: isOurs)
    }

    @Test func `our own network with its route is no clash`() {
        let facts = SubnetFacts(
            range: Self.range, recorded: ["shop": Self.own], networks: [Self.network("shop", Self.own, isOurs: true)],
            routes: [Self.own], wanted: ["shop"])
        #expect(NetworkDiagnosis.findings(facts).map(\.level) == [.ok])
    }

    @Test func `a subnet of ours that another Docker network took fails with its name`() {
        let facts = SubnetFacts(
            range: Self.range, recorded: ["shop": Self.own],
            networks: [Self.network("vpn", IPv4Network(10, 217, 0, 0, prefix: 20))])
        let findings = NetworkDiagnosis.findings(facts)
        #expect(findings.map(\.level) == [.fail])
        #expect(findings.first?.text.contains("taken by the Docker network vpn (10.217.0.0/20)") == true)
        #expect(findings.first?.next?.contains("docker network rm vpn") == true)
    }

    @Test func `a subnet of ours that the host routes elsewhere fails, and one of a Docker network is told once`() {
        var facts = SubnetFacts(range: Self.range, recorded: ["shop": Self.own], networks: [], routes: [Self.own])
        #expect(NetworkDiagnosis.findings(facts).map(\.level) == [.fail])
        facts.networks = [Self.network("vpn", Self.own)]
        #expect(NetworkDiagnosis.findings(facts).count == 1)
    }

    @Test func `a range with nothing left stops the first bench, and is told to those that have theirs`() {
        let all = [Self.network("vpn", IPv4Network(10, 0, 0, 0, prefix: 8))]
        #expect(NetworkDiagnosis.findings(SubnetFacts(range: Self.range, networks: all)).map(\.level) == [.fail])
        let routed = SubnetFacts(range: Self.range, routes: [IPv4Network(10, 0, 0, 0, prefix: 8)])
        #expect(NetworkDiagnosis.findings(routed).map(\.level) == [.fail])
    }

    @Test func `a network that containers need and nobody has is told`() {
        let facts = SubnetFacts(range: Self.range, recorded: ["shop": Self.own], networks: [], wanted: ["shop"])
        #expect(NetworkDiagnosis.findings(facts).map(\.text) == ["the network shop does not exist"])
        let silent = SubnetFacts(range: Self.range, recorded: ["shop": Self.own], networks: nil, wanted: ["shop"])
        #expect(NetworkDiagnosis.findings(silent).map(\.level) == [.ok])
    }
}
