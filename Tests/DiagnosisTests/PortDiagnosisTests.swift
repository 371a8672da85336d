import Diagnosis
import Testing

@Suite struct PortDiagnosisTests {
    private static func ingress(_ holder: PortFacts.Holder) -> PortFacts {
        PortFacts(address: "0.0.0.0", port: 80, use: .ingress(field: "spec.ingress.httpPort"), holder: holder)
    }

    @Test func `a port that is free or ours is one line`() {
        #expect(PortDiagnosis.ports([Self.ingress(.nobody)]).map(\.text) == ["ports: 0.0.0.0:80 is free"])
        #expect(PortDiagnosis.ports([]).isEmpty)
        #expect(PortDiagnosis.ports([Self.ingress(.ours)]).map(\.text) == ["ports: 0.0.0.0:80 is held by our nginx"])
    }

    @Test func `who holds a port of ours is named, or how to see it`() {
        let seen = PortDiagnosis.ports([Self.ingress(.process(812, command: "apache2"))])
        #expect(seen.map(\.level) == [.fail])
        #expect(seen.first?.text == "port 0.0.0.0:80 is held by apache2, pid 812")
        #expect(seen.first?.next?.contains("spec.ingress.httpPort") == true)
        let unseen = PortDiagnosis.ports([Self.ingress(.unseen)])
        #expect(unseen.first?.next?.hasPrefix("sudo ss -ltnp") == true)
        let upstream = PortFacts(
            address: "127.0.0.1", port: 21000, use: .upstream(container: "socketio"), holder: .unseen)
        #expect(PortDiagnosis.ports([Self.ingress(.ours), upstream]).map(\.level) == [.fail])
    }

    @Test func `databases that listen beyond loopback are told with whose they are, and the rest is not`() {
        let listeners = [
            ListenerFacts(address: "0.0.0.0", port: 22, process: 1, command: "sshd"),
            ListenerFacts(address: "::", port: 6380, process: 7, command: "redis-server"),
            ListenerFacts(address: "0.0.0.0", port: 3306, process: 9, command: "docker-proxy", container: "old-db"),
            ListenerFacts(address: "0.0.0.0", port: 8000, process: 11, command: "docker-proxy", container: "other"),
            ListenerFacts(address: "0.0.0.0", port: 5432, process: nil, command: ""),
        ]
        let findings = PortDiagnosis.listeners(listeners)
        #expect(
            findings.map(\.text) == [
                "MariaDB (the container old-db) listens on 0.0.0.0:3306",
                "PostgreSQL (of somebody else) listens on 0.0.0.0:5432",
                "Redis (pid 7) listens on [::]:6380",
            ])
        #expect(findings.allSatisfy { $0.level == .warn && $0.next?.contains("not ours, nothing done") == true })
        #expect(findings.first?.reason?.contains("past the firewall") == true)
        #expect(PortDiagnosis.listeners([listeners[0]]).map(\.level) == [.ok])
    }

    @Test func `a container of ours beyond loopback fails`() {
        let listener = ListenerFacts(
            address: "0.0.0.0", port: 21000, process: 4, command: "docker-proxy", container: "frappectl-web",
            isOurs: true)
        #expect(PortDiagnosis.listeners([listener]).map(\.level) == [.fail])
    }
}
