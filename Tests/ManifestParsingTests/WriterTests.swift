import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct WriterTests {
    /// Reads a value back from below a field that holds anything.
    private func reread(_ value: ManifestValue) -> ManifestValue? {
        let spec = ManifestValue.map([.init(key: "commonSiteConfig", value: value)])
        let root = ManifestValue.map([
            .init(key: "kind", value: .string("FrappeBench")),
            .init(key: "apiVersion", value: .string("vyogo.tech/v1")),
            .init(key: "spec", value: spec),
        ])
        let result = ManifestParser.documents(text: ManifestWriter.yaml(root), file: "f")
        guard result.problems.isEmpty else { return .string("\(result.problems)") }
        return result.documents.first?.value["spec"]?["commonSiteConfig"]
    }

    @Test(arguments: [
        "", " ", "a", "1", "-1", "1.5", "1e3", "0x10", "007", "true", "no", "y", "null", "~", "a: b", "a:", "- a", "#a",
        "a #b",
        "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`", "'", "\"", "\\", "{a}", "[a]", ",", "?", "? a", "---", "--- a",
        "...",
        "a\nb", "a\n", "\n", "\n\na", "a\n\n", " a\nb", "a \nb ", "a\tb", "a\r\nb", "\u{0}", "\u{1B}[31m", "\u{85}",
        "\u{2028}",
        "\u{FEFF}", "\u{E000}", "ü", "日本", "👩‍👩‍👧", "\u{10FFFF}", "<<", "=", "2026-01-01", "12:30", ".inf", "a: |\n b",
        "|\n a", "=a", "a\n# b",
        "a\n---\nb", "a\n...\nb",
    ])
    func `any text survives being written, as value, key and item`(text: String) {
        let key = text.isEmpty || text.unicodeScalars.count > 256 ? "k" : text
        let value = ManifestValue.map([
            .init(key: key, value: .string(text)), .init(key: "list", value: .list([.string(text), .string("z")])),
            .init(key: "deep", value: .map([.init(key: "x", value: .string(text))])),
        ])
        #expect(reread(value) == value)
    }

    @Test func `the text is what a person would write`() {
        let value = Outcome(Sample.full).documents[2].value
        #expect(
            ManifestWriter.yaml(value).hasPrefix(
                """
                apiVersion: vyogo.tech/v1
                kind: FrappeBench
                metadata:
                  name: shop
                  labels:
                    team: a
                  annotations:
                    example.com/note: "yes"
                spec:
                  frappeVersion: version-15
                  apps:
                  - name: frappe
                    source: image
                  - name: erpnext
                    source: image
                  - name: hrms
                  imageConfig:
                    repository: ghcr.io/me/erp
                    tag: v15.42.1
                """))
    }

    @Test func `what was written is read as the same documents, and written the same again`() {
        let first = Outcome(Sample.full)
        let text = ManifestWriter.yaml(first.documents)
        let second = Outcome(text)
        #expect(second.documents.map(\.value) == first.documents.map(\.value))
        #expect(second.documents.map(\.key) == first.documents.map(\.key))
        #expect(second.manifests == first.manifests)
        #expect(ManifestWriter.yaml(second.documents) == text)
    }

    @Test func `random values survive being written`() {
        var random = SplitMix(state: 7)
        for _ in 0..<3000 {
            let value = value(depth: 0, &random)
            let back = reread(value)
            #expect(back == value)
            if back != value { return }
        }
    }

    private static let alphabet = Array(
        "ab1 .:-#\n\t\"'\\{}[],&*!|>%@`~?=<ü日\u{0}\u{7F}\u{85}\u{2028}\u{FEFF}👍\r".unicodeScalars)

    private func value(depth: Int, _ random: inout SplitMix) -> ManifestValue {
        switch Int.random(in: 0..<(depth > 4 ? 6 : 9), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random))
        case 3: .number(number(&random))
        case 4, 5: .string(text(&random))
        case 6: .list((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth + 1, &random) })
        default: map(depth: depth, &random)
        }
    }

    private func number(_ random: inout SplitMix) -> Double {
        let value = Double(bitPattern: random.next())
        return value.isFinite && value != value.rounded() ? value : 0.25
    }

    private func map(depth: Int, _ random: inout SplitMix) -> ManifestValue {
        var entries: [ManifestValue.Entry] = []
        for index in 0..<Int.random(in: 0..<4, using: &random) {
            entries.append(.init(key: "\(index)k" + text(&random), value: value(depth: depth + 1, &random)))
        }
        return .map(entries)
    }

    private func text(_ random: inout SplitMix) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            text.append(WriterTests.alphabet.randomElement(using: &random) ?? "x")
        }
        return String(text)
    }
}
