import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct YAMLTests {
    private func problems(_ text: String) -> [String] {
        ManifestParser.documents(text: text, file: "f").problems.map {
            "\($0.location.line):\($0.location.column) \($0.message)"
        }
    }

    @Test(arguments: [
        ("a: [1", "1:4 this bracket is not closed"),
        ("a: {b: [1, 2}\n", "1:13 a bracket is not closed, or a comma is missing"),
        ("a: {b: 1\nc: 2\n", "2:2 a bracket is not closed, or a comma is missing"),
        ("a: \"x", "1:4 this quote is not closed"),
        ("a: b: c", "1:5 a \": \" is not allowed here: check the indentation, or put the value in quotes"),
        ("a:\n\t- b", "2:1 a tab here: YAML indents with spaces only"),
        ("a: @b", "1:4 a value cannot begin with this character: put it in quotes"),
        ("a: *b", "1:4 an alias (*) to nothing: put the value in quotes if it begins with an asterisk"),
        (
            "a: !secret b",
            "1:4 YAML tags are not supported: put the value in quotes if it begins with an exclamation mark"
        ),
        ("a: 1\n b: 2", "2:3 a \": \" is not allowed here: check the indentation, or put the value in quotes"),
        ("a: 1\nb", "2:1 expected \"key: value\""),
        (
            "a:\n- b\nc: [1]\n- d",
            "4:1 the indentation does not fit the lines above, or a quote or bracket is not closed"
        ),
        ("a: 'x\u{0}'", "1:6 not valid YAML: control characters are not allowed"),
        ("a: 1\n...\nb: 2", "3:1 the text goes on after the document's end: check the indentation"),
        ("- a", "1:1 expected a manifest (apiVersion, kind, metadata, spec)"),
        ("text", "1:1 expected a manifest (apiVersion, kind, metadata, spec)"),
        ("kind: Host\nkind: Host\napiVersion: frappectl.dev/v1alpha1", "2:1 \"kind\" is given twice, first on line 1"),
        ("kind: Host\napiVersion: frappectl.dev/v1alpha1\n1: x", "3:1 a key must be text, found 1: put it in quotes"),
        (
            "kind: Host\napiVersion: frappectl.dev/v1alpha1\ntrue: x",
            "3:1 a key must be text, found true: put it in quotes"
        ),
        ("kind: Host\napiVersion: frappectl.dev/v1alpha1\n~: x", "3:1 a key must be text, found ~: put it in quotes"),
        ("kind: Host\napiVersion: frappectl.dev/v1alpha1\n? [a]\n: x", "3:3 a key must be text, not a list or a map"),
        (
            "kind: Host\napiVersion: frappectl.dev/v1alpha1\n<<: x",
            "3:1 << takes a map or a list of maps, such as <<: *name"
        ),
    ])
    func `a text that is no manifest is told where it goes wrong`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test(arguments: [
        "", "\n\n", "# a comment", "---", "---\n---\n", "---\n# c\n---\n# d\n", "--- # c", "\u{FEFF}# x", "null", "...",
        "  \t\n",
    ])
    func `documents without content are skipped`(text: String) {
        let result = ManifestParser.documents(text: text, file: "f")
        #expect(result.documents.isEmpty)
        #expect(result.problems.isEmpty)
    }

    @Test func `a document that is broken does not hide the others`() {
        let text = "a: [\n---\nkind: Host\napiVersion: frappectl.dev/v1alpha1\nspec: {}\n---\nb: 'x\n---\nc: \"\n"
        let result = ManifestParser.documents(text: text, file: "f")
        #expect(result.documents.count == 1)
        #expect(result.documents.first?.locations["spec"] == SourceLocation(file: "f", line: 5, column: 7))
        #expect(result.problems.map(\.location.line) == [2, 7, 9])
    }

    @Test func `carriage returns, a byte order mark, directives and end markers change no line`() {
        let text =
            "\u{FEFF}%YAML 1.2\r\n---\r\n# c\r\nkind: Host\r\napiVersion: frappectl.dev/v1alpha1\r\nspec:\r\n  x: 1\r\n...\r\n"
        #expect(Outcome(text).lines == ["7:3 spec.x: unknown field."])
    }

    @Test func `every field and key has a place, also in flow style and lists`() throws {
        let text =
            "kind: FrappeBench\napiVersion: vyogo.tech/v1\nmetadata: {name: ü, labels: {a: b}}\nspec:\n  apps:\n  - name: x\n  - {name: y}\n"
        let document = try #require(ManifestParser.documents(text: text, file: "f").documents.first)
        let places = [
            "": (1, 1), "kind": (1, 7), "metadata": (3, 11), "metadata.name": (3, 18), "metadata.labels.a": (3, 33),
            "spec": (5, 3), "spec.apps": (6, 3), "spec.apps[0].name": (6, 11), "spec.apps[1]": (7, 5),
            "spec.apps[1].name": (7, 12), "spec.apps:": (5, 3), "spec:": (4, 1),
        ]
        for (path, place) in places {
            #expect(document.locations[path] == SourceLocation(file: "f", line: place.0, column: place.1), "\(path)")
        }
    }

    @Test func `anchors, aliases and merge keys are resolved`() {
        let text = Sample.bench(
            """
            componentResources:
              gunicorn: &big
                requests: &r {cpu: 500m, memory: 1Gi}
                limits: {cpu: 1, memory: 2Gi}
              workerLong: *big
              workerShort: {<<: *big, limits: {cpu: 3, memory: 3Gi}}
              scheduler: {requests: {<<: [*r, {cpu: 1, memory: 1Mi}]}}
            """)
        let outcome = Outcome(text)
        #expect(outcome.lines == [])
        let resources = outcome.bench?.resources
        #expect(resources?[.workerLong] == resources?[.web])
        #expect(resources?[.workerShort]?.requestedMemory == 1 << 30)
        #expect(resources?[.workerShort]?.limitCPU == 3000)
        #expect(resources?[.scheduler]?.requestedCPU == 500)
    }

    @Test func `anchors end with their document`() {
        #expect(
            problems("kind: &k Host\napiVersion: frappectl.dev/v1alpha1\n---\nkind: *k").map { $0.prefix(3) } == ["4:7"]
        )
    }

    @Test(arguments: [
        ("~", ManifestValue.null), ("", .null), ("null", .null), ("true", .bool(true)), ("False", .bool(false)),
        ("yes", .string("yes")), ("0", .integer(0)), ("-12", .integer(-12)), ("+3", .integer(3)),
        ("007", .string("007")),
        ("1.5", .number(1.5)), (".5", .number(0.5)), ("1e3", .number(1000)), ("1e999", .string("1e999")),
        (".inf", .string(".inf")), (".nan", .string(".nan")), ("0x1F", .string("0x1F")), ("12:30", .string("12:30")),
        ("1_000", .string("1_000")), ("9223372036854775807", .integer(.max)), ("2026-01-01", .string("2026-01-01")),
        ("'1'", .string("1")), ("\"true\"", .string("true")), ("!!str 1", .string("1")), ("!!int \"5\"", .integer(5)),
        ("! 1", .string("1")), ("|\n       a\n       b", .string("a\nb\n")), (">-\n       a\n       b", .string("a b")),
        ("[1, a]", .list([.integer(1), .string("a")])), ("{}", .map([])), ("00.5", .string("00.5")),
        ("-", .list([.null])),
    ])
    func `a scalar means what YAML 1.2 and Kubernetes agree on`(text: String, value: ManifestValue) throws {
        let yaml = "kind: FrappeBench\napiVersion: vyogo.tech/v1\nspec:\n  commonSiteConfig:\n    x:\n     \(text)\n"
        let document = try #require(ManifestParser.documents(text: yaml, file: "f").documents.first)
        #expect(document.value["spec"]?["commonSiteConfig"]?["x"] == value)
    }
}

@Suite struct HeaderTests {
    @Test(arguments: [
        (
            "kind: FrappeBunch\napiVersion: vyogo.tech/v1",
            "1:7 kind: \"FrappeBunch\" is not a kind of manifest. Did you mean FrappeBench?"
        ),
        (
            "kind: Deployment\napiVersion: apps/v1",
            "1:7 kind: \"Deployment\" is not a kind of manifest. Kinds: FrappeBench, FrappeSite, SiteDomain, MariaDB, Secret, ConfigMap, Host"
        ),
        (
            "apiVersion: v1",
            "1:1 kind: required, one of FrappeBench, FrappeSite, SiteDomain, MariaDB, Secret, ConfigMap, Host"
        ),
        ("kind: Host", "1:1 apiVersion: required, for Host frappectl.dev/v1alpha1"),
        (
            "kind: Host\napiVersion: v1",
            "2:13 apiVersion: \"v1\" is not a version of Host: write frappectl.dev/v1alpha1"
        ),
        (
            "kind: FrappeSite\napiVersion: vyogo.tech/v2",
            "2:13 apiVersion: \"vyogo.tech/v2\" is not a version of FrappeSite: write vyogo.tech/v1alpha1 or vyogo.tech/v1"
        ),
        ("kind: Namespace\napiVersion: v1", "~1:7 kind: Namespace means nothing on one host; ignored"),
        ("kind: Host\napiVersion: frappectl.dev/v1alpha1", "1:1 spec: required"),
    ])
    func `a document says what it is`(text: String, problem: String) {
        #expect(Outcome(text).lines == [problem])
    }

    @Test(arguments: [
        ("{}", "3:1 metadata.name: required, for example shop"),
        ("{name: Shop}", "3:18 metadata.name: \"Shop\" is not a name (small letters, digits, hyphens; at most 63)"),
        ("{name: a.b}", "3:18 metadata.name: \"a.b\" is not a name (small letters, digits, hyphens; at most 63)"),
        (
            "{name: a, namespace: A}",
            "3:32 metadata.namespace: \"A\" is not a name (small letters, digits, hyphens; at most 63)"
        ),
        ("{name: a, namespce: b}", "3:21 metadata.namespce: unknown field. Did you mean namespace?"),
        ("{name: a, labels: [b]}", "3:29 metadata.labels: expected a map (lines of key: value), found a list"),
        ("{name: a, labels: {b: [c]}}", "3:33 metadata.labels.b: expected text, found a list: put it in quotes"),
        ("{name: a, uid: b}", "~3:21 metadata.uid: means nothing on one host; ignored"),
    ])
    func `metadata is checked`(metadata: String, problem: String) {
        let text = "apiVersion: vyogo.tech/v1\nkind: FrappeBench\nmetadata: \(metadata)\nspec: {frappeVersion: a}"
        #expect(Outcome(text).lines == [problem])
    }

    @Test func `status is no input`() {
        let outcome = Outcome(
            Sample.full + "---\n" + Sample.bench("").replacing("shop", with: "b") + "status: {phase: Ready}\n")
        #expect(outcome.lines == [])
        #expect(outcome.documents.last?.value["status"] == nil)
        #expect(outcome.documents.last?.locations["status"] == nil)
    }

    @Test func `a name in labels is text even without quotes`() {
        let outcome = Outcome(
            "apiVersion: vyogo.tech/v1\nkind: FrappeBench\nmetadata: {name: a, labels: {b: 1}}\nspec: {frappeVersion: a}"
        )
        #expect(outcome.lines == [])
        #expect(outcome.documents.first?.value["metadata"]?["labels"]?["b"] == .string("1"))
    }
}
