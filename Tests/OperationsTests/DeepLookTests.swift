import Diagnosis
import FrappeModel
import Testing

@testable import Operations

@Suite("What a deep look reads")
struct DeepLookReadingTests {
    private func hex(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test("accounts and grants, whatever their names hold")
    func accounts() {
        let rows = [
            ["database", hex("_1_one")], ["account", hex("_1_one"), hex("10.1.0.0/255.255.255.0")],
            ["account", hex("a\tb\nc"), ""],
            ["grant", hex("'_1_one'@'10.1.0.0/255.255.255.0'"), hex("\\_1\\_one"), hex("SELECT,LOCK TABLES")],
            ["global", hex("'o'k'@'%'"), hex("FILE")],
        ]
        let look = DatabaseLook(rows: rows.map { $0.joined(separator: "\t") }.joined(separator: "\n"))
        let account = DatabaseAccount(user: "_1_one", host: "10.1.0.0/255.255.255.0")
        #expect(look.databases == ["_1_one"])
        #expect(look.accounts == [account, DatabaseAccount(user: "a\tb\nc", host: "")])
        #expect(look.grants == [account: ["\\_1\\_one": ["SELECT", "LOCK TABLES"]]])
        #expect(look.global == [DatabaseAccount(user: "o'k", host: "%"): ["FILE"]])
    }

    @Test(
        "rows that make no sense, left out",
        arguments: ["", "grant", "grant\tzz\tzz\tzz", "global\t27\t", "x\ty\tz"])
    func nonsense(row: String) {
        let look = DatabaseLook(rows: row)
        #expect(look.grants.isEmpty && look.global.isEmpty && look.accounts.isEmpty)
    }

    @Test("and doctor says with the command that mends it")
    func findings() {
        let step = Step(
            id: "grant", action: .setMode(path: "", mode: 0), bench: ObjectName("shop"), subject: "site one.localhost",
            cause: "grant on _1_one of one.localhost is missing")
        let found = DriftDiagnosis.findings(Plan(steps: [step], notes: ["a is b; do c", "d was not looked at"]))
        #expect(found.map(\.text) == ["shop/site one.localhost: \(step.cause)", "a is b", "d was not looked at"])
        #expect(found.map(\.next) == ["frappectl up --deep", "do c", "frappectl plan, once it does"])
        #expect(found.map(\.level) == [.fail, .warn, .warn])
        #expect(DriftDiagnosis.findings(Plan()).map(\.level) == [.ok])
    }
}
