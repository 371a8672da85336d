import Diagnosis
import Testing

@Suite struct EngineDiagnosisTests {
    private static func answering(_ change: (inout EngineFacts) -> Void = { _ in }) -> EngineFacts {
        var facts = EngineFacts(socket: "/run/docker.sock", contact: .answers)
        facts.version = "26.1.5"
        facts.apiVersion = "1.45"
        facts.storageDriver = "overlay2"
        facts.logDriver = "json-file"
        facts.liveRestore = true
        change(&facts)
        return facts
    }

    @Test func `an Engine without faults is one line`() {
        let findings = EngineDiagnosis.findings(Self.answering())
        #expect(findings.map(\.level) == [.ok])
        #expect(findings.first?.text == "Engine 26.1.5, API 1.45, overlay2, logs json-file, live-restore on")
    }

    @Test(arguments: [
        (EngineFacts.Contact.missing, "does not exist", "systemctl start docker"),
        (.denied(user: "ann"), "ann may not use", "sudo usermod -aG docker ann"),
        (.refused, "no Docker Engine answers", "systemctl start docker"),
        (.notASocket, "is not a socket", "DOCKER_HOST"),
        (.tooOld("it speaks API 1.38 at most"), "too old", "20.10"),
        (.failed("HTTP 500"), "does not answer as it should", "systemctl status docker"),
    ])
    func `an Engine that cannot be used fails alone, with its mend`(
        contact: EngineFacts.Contact, text: String, next: String
    ) {
        let findings = EngineDiagnosis.findings(EngineFacts(socket: "/run/docker.sock", contact: contact))
        #expect(findings.map(\.level) == [.fail])
        #expect(findings.first?.text.contains(text) == true)
        #expect(findings.first?.next?.contains(next) == true)
    }

    @Test func `an Engine that is busy is no failure yet`() {
        let findings = EngineDiagnosis.findings(EngineFacts(socket: "/run/docker.sock", contact: .slow(1.2)))
        #expect(findings.map(\.level) == [.warn])
        #expect(findings.first?.text.hasSuffix("did not answer within 1.2 s") == true)
    }

    @Test func `each doubt about an Engine that answers has its own line`() {
        func levels(_ change: (inout EngineFacts) -> Void) -> [Finding.Level] {
            EngineDiagnosis.findings(Self.answering(change)).map(\.level)
        }
        #expect(levels { $0.liveRestore = false } == [.ok, .warn])
        #expect(levels { $0.storageDriver = "vfs" } == [.ok, .warn])
        #expect(levels { $0.isRootless = true } == [.ok, .warn])
        #expect(levels { $0.warnings = ["WARNING: No swap limit support"] } == [.ok, .warn])
        #expect(levels { $0.warnings = ["WARNING: No memory limit support"] } == [.ok, .fail])
        #expect(levels { $0.warnings = ["WARNING: bridge-nf-call-iptables is disabled"] } == [.ok])
    }
}
