import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct HostileTests {
    private func firstProblem(_ text: String) -> String { problems(text).first ?? "" }

    private func problems(_ text: String) -> [String] {
        let clock = ContinuousClock()
        var outcome: Outcome?
        let time = clock.measure { outcome = Outcome(text) }
        #expect(time < .seconds(20), "took \(time)")
        return outcome?.errors.map(\.message) ?? []
    }

    private func bomb(_ last: String) -> String {
        let levels = (1...30).map {
            "l\($0): &l\($0) [\(Array(repeating: "*l\($0 - 1)", count: 9).joined(separator: ", "))]"
        }
        return "l0: &l0 [x, x]\n" + levels.joined(separator: "\n") + "\n" + last
    }

    @Test(arguments: ["", "? *l30\n: x", "{*l30}: x", "<<: *l30"])
    func `aliases that multiply are stopped`(last: String) {
        #expect(firstProblem(bomb(last)) == "more than 100000 values in one file, aliases counted in full")
    }

    @Test(arguments: ["[", "{a: ", "{", "- ", "? ", "[{", "a: ", "!!seq [", "&a [", "\"", "'", "|\n ", "- - ? "])
    func `a text nested a million deep is refused at once`(part: String) {
        let text = String(repeating: part, count: (1 << 20) / part.utf8.count)
        #expect(firstProblem("kind: Host\napiVersion: frappectl.dev/v1alpha1\nspec:\n  " + text) != "")
        #expect(firstProblem(text) != "")
    }

    @Test func `growing indentation is refused at its limit`() {
        let text = (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(firstProblem(text) == "nested deeper than 64 levels")
    }

    @Test func `a file beyond the limits is refused`() {
        #expect(firstProblem(String(repeating: "#", count: 5 << 20)) == "larger than 4 MiB: not a manifest")
        #expect(
            firstProblem(String(repeating: "- a\n", count: 200_000))
                == "more than 100000 values in one file, aliases counted in full")
        #expect(firstProblem(String(repeating: "kind: x\n---\n", count: 3000)).contains("not a kind"))
        #expect(
            problems("kind: Host\napiVersion: frappectl.dev/v1alpha1\n\(String(repeating: "k", count: 300)): x")
                .contains("a key is longer than 256 characters"))
    }

    @Test func `long paths are refused before they pile up`() {
        let key = String(repeating: "k", count: 250)
        let text = (0..<20).map { String(repeating: " ", count: $0) + "\(key):\n" }.joined()
        let document = "apiVersion: vyogo.tech/v1\nkind: FrappeBench\n" + text
        #expect(problems(document).contains("nested too deeply, or with too long keys"))
    }

    @Test func `tens of thousands of wrong fields, sites and apps take no quadratic time`() {
        let fields = (0..<10_000).map { "frappeVersio\($0): x" }.joined(separator: "\n")
        #expect(Outcome(Sample.bench(fields)).errors.count == 10_000)
        let apps = "apps:\n" + (0..<10_000).map { "- {name: app\($0)}" }.joined(separator: "\n")
        #expect(Outcome(Sample.bench(apps)).lines == [])
        let documents = (0..<1900).map { index in
            "apiVersion: vyogo.tech/v1\nkind: FrappeSite\nmetadata: {name: s\(index)}\n"
                + "spec: {benchRef: {name: none\(index)}, siteName: s\(index)}\n"
        }.joined(separator: "---\n")
        #expect(Outcome(documents).errors.count == 1900)
    }

    @Test func `a value of a megabyte is cut in the message`() {
        let name = String(repeating: "x", count: 1 << 20)
        let outcome = Outcome(Sample.site("domain: \(name)/"))
        #expect(
            outcome.lines == [
                "7:11 spec.domain: \"\(String(repeating: "x", count: 60))...\" is not a DNS name (letters, digits, hyphens, dots)"
            ])
    }

    @Test func `terminal escapes and invisible characters never reach the terminal`() {
        let value = "\\e[31m\\a\\r\\n\\u202Ex\\u200By\\x9b\\0\\uFEFF"
        let outcome = Outcome(Sample.site("domain: \"\(value)\"\n\"\(value)\": 1"), file: "a\u{1B}[2Jb\n.yaml")
        let text = ProblemReport.text(outcome.problems, documents: outcome.documents)
        #expect(outcome.errors.count == 2)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) })
        #expect(text.split(separator: "\n").count == 3)
        #expect(text.contains("\"\\e[31m\\u{7}\\r\\n\\u{202E}x\\u{200B}y\\u{9B}\\u{0}\\u{FEFF}\""))
        #expect(text.contains("a\\e[2Jb\\n.yaml:7:11"))
    }
}
