import Diagnosis
import Testing

@Suite struct InstallationDiagnosisTests {
    private static func facts(_ state: InstallationFacts.State) -> InstallationFacts {
        InstallationFacts(root: "/home/frappe", database: "/home/frappe/agent/state.sqlite", state: state)
    }

    @Test(arguments: [
        (InstallationFacts.State.none, Finding.Level.ok, "frappectl init"),
        (.unreadable(user: "ann"), .warn, "sudo frappectl doctor --root /home/frappe"),
        (.damaged("malformed"), .fail, ".recover"), (.newer, .fail, "frappectl version"),
    ])
    func `each state of the database has its next command`(
        state: InstallationFacts.State, level: Finding.Level, next: String
    ) {
        let findings = InstallationDiagnosis.state(Self.facts(state))
        #expect(findings.map(\.level) == [level])
        #expect(findings.first?.next?.contains(next) == true)
    }

    @Test func `an operation of a dead process is told, one at work is named`() {
        var facts = Self.facts(.good(benches: 1, sites: 2))
        facts.unfinished = [
            .init(id: 3, verb: "up", subject: "host", process: nil),
            .init(id: 4, verb: "update", subject: "shop", process: 7),
        ]
        let findings = InstallationDiagnosis.state(facts)
        #expect(findings.map(\.level) == [.ok, .warn, .ok])
        #expect(findings[1].next?.contains("frappectl up") == true)
        #expect(findings[2].text.contains("pid 7"))
    }

    @Test(arguments: [
        (PathFacts.Trouble.mode(is: 0o644, shouldBe: 0o600), true, Finding.Level.fail, "chmod 0600 /x"),
        (.mode(is: 0o777, shouldBe: 0o711), false, .warn, "chmod 0711 /x"),
        (.owner(is: 0, shouldBe: 1000), false, .fail, "sudo chown -R 1000 /x"),
        (.blocks(user: "www-data"), false, .fail, "chmod o+x /x"), (.missing, false, .warn, "frappectl up"),
    ])
    func `each wrong owner or mode has the command that mends it`(
        trouble: PathFacts.Trouble, isSecret: Bool, level: Finding.Level, next: String
    ) {
        let findings = InstallationDiagnosis.owners([PathFacts(path: "/x", isSecret: isSecret, trouble: trouble)])
        #expect(findings.map(\.level) == [level])
        #expect(findings.first?.next == next)
        #expect(InstallationDiagnosis.owners([]).map(\.level) == [.ok])
    }
}
