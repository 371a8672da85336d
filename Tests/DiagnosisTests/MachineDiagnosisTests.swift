import Diagnosis
import Testing

@Suite struct MachineDiagnosisTests {
    private static let gib = 1 << 30

    @Test(arguments: [
        (80, 40, 100, 50, Finding.Level.ok), (80, 4, 100, 50, .warn), (80, 7, 100, 50, .warn), (4000, 60, 100, 50, .ok),
        (4000, 40, 100, 50, .warn), (80, 0, 100, 50, .fail), (80, 40, 1000, 30, .warn), (80, 40, 1000, 5, .fail),
        (80, 40, 0, 0, .ok),
    ])
    func `space is judged by amount and by share, inodes by share`(
        total: Int, free: Int, inodes: Int, freeInodes: Int, level: Finding.Level
    ) {
        let disk = DiskFacts(
            name: "the root", path: "/home", total: total * Self.gib, free: free * Self.gib, inodes: inodes,
            freeInodes: freeInodes)
        let findings = MachineDiagnosis.disk([disk])
        #expect(findings.map(\.level) == [level])
        #expect(findings.allSatisfy { $0.level == .ok || $0.next != nil })
    }

    @Test(arguments: [(4.0, Finding.Level.ok), (0.5, .warn), (0.1, .fail)])
    func `memory is judged by what is available`(available: Double, level: Finding.Level) {
        let memory = MemoryFacts(total: 8 * Self.gib, available: Int(available * Double(Self.gib)), swap: 0)
        #expect(MachineDiagnosis.memory(memory).map(\.level) == [level])
    }

    @Test func `limits beyond the budget are told beside what is available`() {
        var memory = MemoryFacts(total: 8 << 30, available: 4 << 30, swap: 0, limits: 6 << 30, budget: 6 << 30)
        #expect(MachineDiagnosis.memory(memory).map(\.level) == [.ok])
        memory.limits = 7 << 30
        #expect(MachineDiagnosis.memory(memory).map(\.level) == [.ok, .warn])
    }

    @Test func `a clock that nothing keeps, and one that differs from the Engine's, are told`() {
        func levels(_ synchronised: Bool, _ ahead: Double?) -> [Finding.Level] {
            MachineDiagnosis.clock(ClockFacts(isSynchronised: synchronised, engineAhead: ahead)).map(\.level)
        }
        #expect(levels(true, 0.2) == [.ok])
        #expect(levels(true, nil) == [.ok])
        #expect(levels(false, 0) == [.warn])
        #expect(levels(true, -60) == [.warn])
        #expect(levels(false, 60) == [.warn, .warn])
    }

    @Test func `settings of the kernel that Redis complains of are told with the command that sets them`() {
        let bad = MachineDiagnosis.kernel(KernelFacts(overcommit: "0", hugePages: "[always] madvise never"))
        #expect(bad.map(\.level) == [.warn, .warn])
        #expect(bad.allSatisfy { $0.next?.contains("sudo tee") == true })
        let good = MachineDiagnosis.kernel(KernelFacts(overcommit: "1", hugePages: "always [madvise] never"))
        #expect(good.map(\.level) == [.ok])
        #expect(MachineDiagnosis.kernel(KernelFacts(overcommit: nil, hugePages: nil)).map(\.level) == [.ok])
    }
}
