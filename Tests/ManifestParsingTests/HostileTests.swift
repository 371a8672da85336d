import Foundation
import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct HostileTests {
    private func firstProblem(_ text: String) -> String { problems(text).first ?? "" }

    private func problems(_ text: String) -> [String] {
        var outcome: Outcome?
        let time = Work.seconds { outcome = Outcome(text) }
        #expect(time < 10, "took \(time) s")
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

    /// What grows, as the text of a manifest with so many of it.
    static let growths: [(name: String, text: @Sendable (Int) -> String)] = [
        ("unknown fields", { n in Sample.bench((0..<n).map { "field\($0): x" }.joined(separator: "\n")) }),
        ("apps", { n in Sample.bench("apps:\n" + (0..<n).map { "- {name: app\($0)}" }.joined(separator: "\n")) }),
        ("the same key", { n in Sample.bench(String(repeating: "frappeVersion: x\n", count: n)) }),
        (
            "sites of one name",
            { n in (0..<n / 10).map { Sample.site("domain: a\($0).b") }.joined(separator: "---\n") }
        ),
        ("one long text", { n in Sample.site("domain: \"" + String(repeating: "\\e\u{202E}", count: n * 10) + "\"") }),
        (
            "lines of a block",
            { n in Sample.secret("stringData:\n  a: |\n" + String(repeating: "    x\n", count: n * 5)) }
        ),
        ("anchors", { n in Sample.bench((0..<n).map { "a\($0): &a\($0) x" }.joined(separator: "\n")) }),
        ("aliases", { n in Sample.bench("a: &a x\n" + (0..<n).map { "b\($0): *a" }.joined(separator: "\n")) }),
        ("keys of a Secret", { n in Sample.secret("stringData:\n" + (0..<n).map { "  k\($0): x\n" }.joined()) }),
        ("comments", { n in String(repeating: "# x\n", count: n * 5) + Sample.bench("") }),
        (
            "apps in a loose shape",
            { n in
                Sample.bench("apps:\n" + (0..<n).map { "- {name: a\($0), url: b, source: {type: git}}\n" }.joined())
            }
        ),
        ("a flow list", { n in Sample.bench("apps: [" + String(repeating: "{name: a}, ", count: n) + "]") }),
    ]

    @Test(arguments: growths.indices) func `four times as much takes no more than eight times the work`(_ index: Int) {
        let growth = Self.growths[index]
        let (few, many) = (growth.text(500), growth.text(2000))
        let work = { (text: String) in (0..<3).map { _ in Work.seconds { _ = Outcome(text).lines } }.min() ?? 0 }
        let (before, after) = (work(few), work(many))
        #expect(after < before * 8 + 0.02, "\(growth.name): \(before) s, then \(after) s")
    }

    @Test(
        arguments: [
            ([], "is empty: give a password"), (Array("x\n".utf8), "ends with a line end"),
            (Array("a\u{0}b".utf8), "has control characters"), (Array("a\u{9B}b".utf8), "has control characters"),
            ([0xC3, 0x28], "is not text in UTF-8"), (Array(repeating: 120, count: 513), "has 513 bytes"),
            (Array("'\"$(id)`\\; -- 東京 \u{1F512}".utf8), nil), (Array("-p".utf8), nil),
            (Array(repeating: 120, count: 512), nil),
        ] as [([UInt8], String?)])
    func `a password is something that people can type`(_ value: [UInt8], _ problem: String?) {
        #expect(
            ManifestParser.passwordProblem(value).map { $0.contains(problem ?? "\n") } == (problem == nil ? nil : true))
        let data = Data(value).base64EncodedString()
        let secret = "---\n" + Sample.secret("data: {password: \"\(data)\"}")
        let outcome = Outcome(Sample.site("adminPasswordSecretRef: {name: admin}") + secret)
        #expect(outcome.errors.map(\.path) == (problem == nil ? [] : ["data.password"]), "\(outcome.lines)")
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
