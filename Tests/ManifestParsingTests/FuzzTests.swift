import FrappeModel
import Glibc
import Testing

@testable import ManifestParsing

/// Damaged manifests: `FRAPPECTL_FUZZ` of them, and 100,000 where it says nothing.
@Suite struct FuzzTests {
    private static let count = getenv("FRAPPECTL_FUZZ").flatMap { Int(String(cString: $0)) } ?? 100_000

    /// Everything that is in force, once in so many; the others are small, so that there can be many.
    private static let whole = Array(Sample.full.utf8)
    private static let rarely = 200
    private static let small = [
        Sample.bench("apps: [{name: erpnext}]\ncomponentReplicas: {gunicorn: 2}"),
        Sample.bench("a: &a {b: [1, 2]}\nc: *a\nd: {<<: *a}\ne: |\n  x\n  y\nf: >-\n  z\ng: \"\\u00e9\\n\""),
        Sample.host("ingress: {address: 0.0.0.0, httpPort: 80}\nsubnets: 10.200.0.0/14"),
        Sample.secret("data: {password: c2VjcmV0}\nstringData: {note: x}"),
        "apiVersion: vyogo.tech/v1\nkind: SiteDomain\nmetadata: {name: d}\nspec: {siteRef: {name: s}, domain: a.b}\n",
        Sample.bench(
            "image: a:b\n" + "apps: [{name: x, source: {type: git}, url: y}]\ncomponentReplicas: {workers: {long: 1}}"),
        "apiVersion: vyogo.tech/v1\nkind: SiteBackup\nmetadata: {name: b}\nspec: {site: a.b, storage: {type: pvc}}\n",
        "kind: FrappeSite\n", "- [a, {b: c}]\n", "",
    ].map { Array($0.utf8) }

    private static let tokens = [
        "---\n", "\n", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "? ", "!!str ", "!x ", "| \n", ">\n", "\"", "'",
        "#", "%YAML 1.1\n", "<<: *a", "\t", "\u{FEFF}", "\u{0}", "\u{85}", "null", "~", "1e999", "\u{1B}[0m", "@", "`",
        ",", "...\n", "kind: Secret\n", "spec:\n", "../", "$(id)", "99999999999999999999", "\u{202E}", "\u{9B}",
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0..<40, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        case 1: bytes.removeSubrange(at..<end)
        case 2: bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 3: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
        default: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: at)
        }
    }

    /// The same in each run, whatever runs beside it.
    private static func input(_ number: Int) -> String {
        var random = SplitMix(state: UInt64(number) &* 0x2545_F491_4F6C_DD1D)
        var bytes = number.isMultiple(of: rarely) ? whole : small[number % small.count]
        for _ in 0...Int.random(in: 0..<6, using: &random) { mutate(&bytes, &random) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `no mutation of a manifest crashes, hangs or goes unnoticed`() async {
        let lanes = 4
        let (done, slowest) = await withTaskGroup(of: (Int, Double).self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var (done, slowest) = (0, 0.0)
                    for number in stride(from: lane, to: Self.count, by: lanes) {
                        let text = Self.input(number)
                        slowest = max(slowest, Work.seconds { Self.check(text, number) })
                        done += 1
                    }
                    return (done, slowest)
                }
            }
            return await group.reduce((0, 0.0)) { ($0.0 + $1.0, max($0.1, $1.1)) }
        }
        #expect(done == Self.count)
        // Of processor time: whatever else the machine does is not counted.
        #expect(slowest < 1)
        print("\(done) damaged manifests, the slowest took \(slowest) s of processor time")
    }

    /// Reads, reports and writes; what is without errors must survive being written.
    private static func check(_ text: String, _ number: Int) {
        let outcome = Outcome(text)
        _ = ManifestParser.documents(text: text, file: "f", strict: true)
        let report = ProblemReport.text(outcome.problems, documents: outcome.documents)
        let isPlain = report.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.isPrintable($0) }
        let hasPlaces = outcome.problems.allSatisfy { $0.location.line > 0 && $0.location.column > 0 }
        if !isPlain || !hasPlaces { Issue.record("input \(number): \(text.debugDescription)") }
        guard outcome.errors.isEmpty else { return }
        let again = Outcome(ManifestWriter.yaml(outcome.documents))
        if again.documents.map(\.value) != outcome.documents.map(\.value) || again.manifests != outcome.manifests {
            Issue.record("input \(number) reads differently once written: \(text.debugDescription)")
        }
    }
}

/// Processor time of this thread: a measure that other work on the machine does not change.
enum Work {
    static func seconds(_ body: () -> Void) -> Double {
        let before = now
        body()
        return now - before
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
