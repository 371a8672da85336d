import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct StrictTests {
    /// What is refused in addition where the operator's schema is held to.
    static func lines(_ text: String) -> [String] {
        ManifestParser.documents(text: text, file: "f.yaml", strict: true).problems.map {
            "\($0.location.line):\($0.location.column) \($0.path): \($0.message)"
        }
    }

    private static let old = "vyogo.tech/v1alpha1"

    @Test(arguments: [
        ("version: a", "5:3 spec.version: strict: is no field of \(old): write frappeVersion"),
        ("frappeVersion: 15", "5:3 spec.frappeVersion: strict: is text: put it in quotes"),
        ("commonSiteConfig: {}", "5:3 spec.commonSiteConfig: strict: is no field of \(old): it is frappectl's own"),
        ("apps: [{name: a}]", "5:10 spec.apps[0]: strict: source is required"),
        ("apps: [{name: a, source: {type: image}}]", "5:20 spec.apps[0].source: strict: is one of fpm, git, image"),
        ("redisConfig: {}", "5:3 spec.redisConfig: strict: type is required"),
        ("redisConfig: {type: valkey}", "5:17 spec.redisConfig.type: strict: is one of redis, dragonfly"),
        (
            "redisConfig: {type: redis, maxMemory: 4gb}",
            "5:30 spec.redisConfig.maxMemory: strict: is no amount: write 4Gi"
        ),
        (
            "componentResources: {nginx: {limits: {cpu: 0.5}}}",
            "5:41 spec.componentResources.nginx.limits.cpu: strict: is text: put it in quotes"
        ),
        ("gitConfig: {enabled: yes}", "5:15 spec.gitConfig.enabled: strict: is true or false"),
        (
            "componentAutoscaling: {}",
            "5:3 spec.componentAutoscaling: strict: is no field of \(old): it is frappectl's own"
        ),
    ])
    func `what a cluster refuses is refused`(line: String, problem: String) {
        let version = line.contains("ersion: ") ? "storageSize: 5Gi" : "frappeVersion: a"
        #expect(Self.lines(Sample.bench(line, version: version)) == [problem])
    }

    @Test func `what may be left out here is said in what is given back`() throws {
        let short = Sample.bench(
            "imageConfig: {repository: a, tag: \"16\"}\napps: [{name: a}, {name: b, source: image}]\nredisConfig: {}",
            version: "storageSize: 5Gi")
        let document = try #require(ManifestParser.documents(text: short, file: "f.yaml").documents.first)
        let given = ManifestWriter.yaml([StrictForm.completed(document)])
        #expect(Self.lines(short).count == 3)
        #expect(Self.lines(given) == [], "\(given)")
        for line in ["frappeVersion: \"16\"", "source: image", "type: redis"] { #expect(given.contains(line)) }
    }

    @Test func `what is refused anyway is not told twice`() {
        #expect(Self.lines(Sample.bench("wholly: 1\ncomponentReplicas: {gunicorn: two}")) == [])
    }

    @Test func `each version has its own fields`() {
        let text = Sample.bench("workerAutoscaling: {}").replacing(Self.old, with: "vyogo.tech/v1")
        #expect(
            Self.lines(text) == [
                "5:3 spec.workerAutoscaling: strict: is no field of vyogo.tech/v1: it is frappectl's own"
            ])
        #expect(
            Self.lines("apiVersion: \(Self.old)\nkind: SiteApp\nmetadata: {name: a}\nspec: {appName: b}\n") == [
                "1:1 apiVersion: strict: \(Self.old) has no SiteApp: write vyogo.tech/v1"
            ])
    }

    @Test func `kinds that are no operator's have no schema of its to break`() {
        #expect(Self.lines(Sample.host("ingress: {mode: own}")) == [])
    }

    @Test func `numbers in a Secret are no text to a cluster`() {
        #expect(
            Self.lines(Sample.secret("stringData: {password: 1234}")) == [
                "4:14 stringData.password: strict: is text: put it in quotes"
            ])
    }

    @Test(arguments: OperatorSchema.Version.allCases)
    func `every field that the operator has in this version is taken without an error`(
        version: OperatorSchema.Version
    ) throws {
        var taken = 0
        for kind in ManifestKind.allCases where ManifestSchema.apiVersions(of: kind).contains(version.rawValue) {
            guard let shape = OperatorSchema.spec(of: kind, version) else { continue }
            let spec = Whole().value(shape, "spec")
            let document = ManifestValue.map([
                .init(key: "apiVersion", value: .string(version.rawValue)),
                .init(key: "kind", value: .string(kind.rawValue)),
                .init(key: "metadata", value: .map([.init(key: "name", value: .string("shop"))])),
                .init(key: "spec", value: spec),
            ])
            let yaml = ManifestWriter.yaml(document)
            #expect(Self.lines(yaml) == [], "\(yaml)")
            let problems = SchemaValidation.problems(in: try #require(Outcome(yaml).documents.first))
                .filter { $0.severity == .error }
            #expect(problems.filter { !Self.isDecided($0) } == [], "\(yaml)")
            taken += yaml.split(separator: "\n").count
        }
        #expect(taken > 300)
    }

    /// What is refused with a reason, and on purpose.
    private static func isDecided(_ problem: ManifestProblem) -> Bool {
        problem.message.contains("not yet supported") || problem.message.contains("not built yet")
    }

    /// One value of a shape with everything in it that the shape has.
    private struct Whole {
        func value(_ shape: OperatorShape, _ path: String) -> ManifestValue {
            switch shape {
            case .text: .string(text(path))
            case .words(let words): .string(word(words, path))
            case .integer: .integer(1)
            case .flag: .bool(true)
            case .quantity: .string(path.hasSuffix("cpu") ? "500m" : "1Gi")
            case .texts: .map([.init(key: "team", value: .string("books"))])
            case .anything: .map([.init(key: "any", value: .list([.integer(1)]))])
            case .list(let item): .list([value(item, path + "[]")])
            case .named(let item):
                .map(names(path).map { .init(key: $0, value: value(item, "\(path).\($0)")) })
            case .object(let fields):
                .map(fields.map { .init(key: $0.name, value: value($0.shape, "\(path).\($0.name)")) })
            }
        }

        private func names(_ path: String) -> [String] {
            if path.hasSuffix("componentAutoscaling") { return ["gunicorn", "worker-default"] }
            return ["cpu", "memory"]
        }

        private func word(_ words: [String], _ path: String) -> String {
            switch path {
            case "spec.apps[].source": "image"
            default: words[0]
            }
        }

        private func text(_ path: String) -> String {
            switch path.split(separator: ".").last {
            case "appsJSON": "[\"erpnext\"]"
            case "siteName", "domain", "site": "one.example.com"
            case "suffix": ".example.com"
            case "storageSize": "10Gi"
            case "apps[]": "erpnext"
            default: "shop"
            }
        }
    }
}
