import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct FuzzTests {
    private static let bases = [
        Array(Sample.full.utf8), Array(Sample.site("tls: {enabled: true}").utf8),
        Array(
            Sample.bench("a: &a {b: [1, 2]}\nc: *a\nd: {<<: *a}\ne: |\n  x\n  y\nf: >-\n  z\ng: \"\\u00e9\\n\"").utf8),
    ]

    private static let tokens = [
        "---\n", "\n", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "? ", "!!str ", "!x ", "| \n", ">\n", "\"", "'",
        "#", "%YAML 1.1\n",
        "<<: *a", "\t", "\u{FEFF}", "\u{0}", "\u{85}", "null", "~", "1e999", "\u{1B}[0m", "@", "`", ",", "...\n",
        "kind: Secret\n", "spec:\n",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0..<40, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        case 1: bytes.removeSubrange(at..<end)
        case 2: bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 3: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
        default: bytes.insert(contentsOf: FuzzTests.tokens.randomElement(using: &random) ?? [], at: at)
        }
    }

    @Test(arguments: 0..<4)
    func `no mutation of a manifest crashes, hangs or goes unnoticed`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let clock = ContinuousClock()
        var slowest = Duration.zero
        for round in 0..<5200 {
            var bytes = FuzzTests.bases[round % 8 == 0 ? 0 : 1 + round % 2]
            for _ in 0...Int.random(in: 0..<6, using: &random) { mutate(&bytes, &random) }
            let text = String(decoding: bytes, as: UTF8.self)
            slowest = max(slowest, clock.measure { check(text) })
        }
        #expect(slowest < .seconds(2))
    }

    /// Reads, reports and writes; what is without errors must survive being written.
    private func check(_ text: String) {
        let outcome = Outcome(text)
        let report = ProblemReport.text(outcome.problems, documents: outcome.documents)
        #expect(report.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) })
        #expect(outcome.problems.allSatisfy { $0.location.line > 0 && $0.location.column > 0 })
        guard outcome.errors.isEmpty else { return }
        let again = Outcome(ManifestWriter.yaml(outcome.documents))
        #expect(again.documents.map(\.value) == outcome.documents.map(\.value))
        #expect(again.manifests == outcome.manifests)
    }
}
