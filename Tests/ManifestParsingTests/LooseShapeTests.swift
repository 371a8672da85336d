import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct LooseShapeTests {
    private static let told = "write that, the operator refuses this"

    /// As examples of the operator are shaped, though its schema refuses them.
    private static let loose = """
        apiVersion: vyogo.tech/v1alpha1
        kind: FrappeBench
        metadata: {name: loose}
        spec:
          image: registry.example.com:5000/team/erp:v15.3.0
          apps:
            - name: erpnext
              source:
                type: image
            - name: hrms
              url: https://git.example.com/hrms
              branch: version-15
          componentReplicas:
            gunicorn: 2
            workers:
              default: 3
              long: 0
          redisConfig:
            maxMemory: 2gb
        """

    @Test func `what the operator's examples write is read as what its schema wants, with a warning each`() throws {
        let outcome = Outcome(Self.loose)
        #expect(
            outcome.lines.filter { $0.hasSuffix(Self.told) } == [
                "~5:3 spec.image: read as imageConfig.repository and imageConfig.tag: \(Self.told)",
                "~9:9 spec.apps[0].source.type: read as source: image: \(Self.told)",
                "~11:7 spec.apps[1].url: read as gitUrl: \(Self.told)",
                "~12:7 spec.apps[1].branch: read as gitBranch: \(Self.told)",
                "~16:7 spec.componentReplicas.workers.default: read as workerDefault: \(Self.told)",
                "~17:7 spec.componentReplicas.workers.long: read as workerLong: \(Self.told)",
                "~19:5 spec.redisConfig.maxMemory: read as maxMemory: 2Gi: \(Self.told)",
            ])
        #expect(outcome.errors == [])
        let bench = try #require(outcome.bench)
        #expect(bench.image == ImageSettings(repository: "registry.example.com:5000/team/erp", tag: "v15.3.0"))
        #expect(bench.apps == ["erpnext", "hrms"])
        #expect(bench.replicas[.web] == 2 && bench.replicas[.workerDefault] == 3 && bench.replicas[.workerLong] == 0)
        #expect(bench.redis.maxMemory == 2 << 30)
    }

    @Test func `a version stands for frappeVersion, also as a number`() {
        let outcome = Outcome(Sample.bench("", version: "version: 15"))
        #expect(outcome.lines == ["~5:3 spec.version: read as frappeVersion: \(Self.told)"])
        #expect(outcome.bench?.image.tag == "15")
    }

    @Test func `an app's source may hold where it comes from`() {
        let outcome = Outcome(Sample.bench("apps: [{name: a, source: {type: image, gitUrl: https://b}}]"))
        #expect(outcome.errors == [])
        #expect(outcome.documents.first?.value["spec"]?["apps"]?.items?.first?["gitUrl"] == .string("https://b"))
    }

    @Test(arguments: [
        ("version: a", "frappeVersion: b"), ("image: a:b", "imageConfig: {tag: c}\nfrappeVersion: b"),
        ("image: a", "frappeVersion: b"),
        ("componentReplicas: {workers: {default: 1}, workerDefault: 2}", "version: b"),
        ("apps: [{name: a, url: b, gitUrl: c}]", "frappeVersion: b"),
    ])
    func `nothing is overwritten or guessed`(lines: String, version: String) {
        let outcome = Outcome(Sample.bench(lines, version: version))
        #expect(outcome.errors.contains { $0.message.hasPrefix("unknown field.") }, "\(outcome.lines)")
    }

    @Test func `a wrong value is told where it was written`() {
        #expect(
            Outcome(Sample.bench("componentReplicas: {workers: {short: two}}")).lines.contains(
                "5:40 spec.componentReplicas.workerShort: expected a whole number, found \"two\""))
    }

    @Test func `what is stored and given back is as the operator's schema wants it`() {
        let yaml = ManifestWriter.yaml(Outcome(Self.loose + "\n  frappeVersion: \"15\"\n").documents)
        let written = yaml.replacing("- name: hrms\n", with: "- name: hrms\n    source: git\n")
            .replacing("redisConfig:\n", with: "redisConfig:\n    type: redis\n")
        #expect(StrictTests.lines(written) == [], "\(written)")
    }
}
