import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct SecretTests {
    @Test func `values are given apart from the manifests`() throws {
        let outcome = Outcome(
            Sample.secret("type: Opaque\ndata: {a: AAH/, b: YQ==}\nstringData: {b: B, c: 12, d: 'ü'}"))
        #expect(outcome.lines == [])
        let secret = try #require(outcome.manifests.secrets[ObjectName("admin")])
        #expect(secret.keys == ["a", "b", "c", "d"])
        let values = ManifestParser.secretValues(of: outcome.documents[0])
        #expect(values == ["a": [0, 1, 255], "b": [66], "c": [49, 50], "d": Array("ü".utf8)])
    }

    @Test func `a redacted Secret holds no value and can be given back`() throws {
        let text = """
            apiVersion: v1
            kind: Secret
            metadata:
              name: admin
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"hunter2"}}'
                note: x
            stringData: {password: hunter2}
            data: {other: aHVudGVyMg==}
            """
        let redacted = ManifestParser.redacted(Outcome(text).documents[0])
        #expect(!"\(redacted)".contains("hunter2"))
        #expect(!"\(redacted)".contains("aHVudGVyMg"))
        let back = Outcome(ManifestWriter.yaml([redacted]))
        #expect(back.lines == [])
        #expect(back.manifests.secrets[ObjectName("admin")]?.keys == ["other", "password"])
        #expect(ManifestParser.keptKeys(of: back.documents[0]) == ["other", "password"])
        #expect(ManifestParser.redacted(back.documents[0]).value == redacted.value)
        #expect(redacted.value["metadata"]?["annotations"]?["note"] == .string("x"))
    }

    @Test(arguments: [
        ("data: {a: '%%'}", "4:11 data.a: not base64: encode the value, or write it as text in stringData"),
        ("data: {a: [hunter2]}", "4:11 data.a: expected text: put it in quotes"),
        ("stringData: {a: {b: hunter2}}", "4:17 stringData.a: expected text: put it in quotes"),
        ("stringData: hunter2", "4:13 stringData: expected a map (lines of key: value)"),
        ("type: [hunter2]", "4:7 type: expected text"),
        ("stringdata: {a: hunter2}", "4:1 stringdata: unknown field. Did you mean stringData?"),
        (
            "stringData: {../a: b}",
            "4:20 stringData.../a: \"../a\" is not a key of a Secret (letters, digits, hyphens, underscores, dots)"
        ),
        (
            "stringData: {a: !hunter2 b}",
            "4:17 YAML tags are not supported: put the value in quotes if it begins with an exclamation mark"
        ),
        (
            "stringData: {a: *hunter2}",
            "4:17 an alias (*) to nothing: put the value in quotes if it begins with an asterisk"
        ),
    ])
    func `a wrong Secret is told without showing a value`(lines: String, problem: String) {
        let outcome = Outcome(Sample.secret(lines))
        #expect(outcome.lines == [problem])
        #expect(!outcome.lines.joined().contains("hunter2"))
    }

    @Test func `keys kept elsewhere must be keys`() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {frappectl.dev/keys: 'a, ../b'}}"
        let outcome = Outcome(text)
        #expect(outcome.errors.map(\.path) == ["metadata.annotations.frappectl.dev/keys"])
        #expect(outcome.manifests.secrets[ObjectName("a")]?.keys == ["a"])
    }
}

@Suite struct ReferenceTests {
    private func site(_ name: String, _ spec: String) -> String {
        "---\napiVersion: vyogo.tech/v1\nkind: FrappeSite\nmetadata: {name: \(name)}\nspec: {\(spec)}\n"
    }

    @Test(arguments: [
        ("benchRef: {name: shpo}", "5:25 spec.benchRef.name: there is no FrappeBench shpo. Did you mean shop?"),
        ("benchRef: {name: other}", "5:25 spec.benchRef.name: there is no FrappeBench other. There are: shop"),
        (
            "benchRef: {name: shop, namespace: x}",
            "5:25 spec.benchRef.name: there is no FrappeBench x/shop. It is in namespace default: add namespace: default"
        ),
    ])
    func `a site's bench must exist`(reference: String, problem: String) {
        let text = site("one", "\(reference), siteName: one") + "---\n" + Sample.bench("")
        #expect(Outcome(text).lines == [problem])
    }

    @Test func `a Secret must exist and have the key`() {
        let spec = "benchRef: {name: shop}, siteName: one, adminPasswordSecretRef: {name: admin}"
        let text = site("one", spec) + "---\n" + Sample.bench("") + "---\n" + Sample.secret("stringData: {passwort: x}")
        let expected = "5:78 spec.adminPasswordSecretRef.name: Secret admin has no key password (it has: passwort)"
        #expect(Outcome(text).lines == [expected])
        let other =
            site("one", spec) + "---\n" + Sample.bench("") + "---\n"
            + Sample.secret("").replacing("admin", with: "admim")
        #expect(
            Outcome(other).lines == [
                "5:78 spec.adminPasswordSecretRef.name: there is no Secret admin. Did you mean admim?"
            ])
    }

    @Test func `two sites cannot have one name or domain`() {
        let bench = "benchRef: {name: shop}"
        let text =
            Sample.bench("") + site("a", "\(bench), siteName: one.x") + site("b", "\(bench), siteName: one.x")
            + site("c", "\(bench), siteName: c, domain: one.x") + site("d", "\(bench), siteName: d, domain: e")
            + site("e", "\(bench), siteName: e")
        #expect(
            Outcome(text).lines == [
                "15:42 spec.siteName: \"one.x\" belongs to FrappeSite a already, at shop.yaml:10:42",
                "20:53 spec.domain: \"one.x\" belongs to FrappeSite a already, at shop.yaml:10:42",
                "30:42 spec.siteName: \"e\" belongs to FrappeSite d already, at shop.yaml:25:53",
            ])
    }

    @Test func `a name that a suffix completes counts as claimed`() {
        let bench = "benchRef: {name: shop}"
        let text =
            Sample.bench("domainConfig: {suffix: .x.y}") + site("a", "\(bench), siteName: one")
            + site("b", "\(bench), siteName: one.x.y")
        #expect(
            Outcome(text).lines == [
                "16:42 spec.siteName: \"one.x.y\" belongs to FrappeSite a already, at shop.yaml:11:42"
            ])
    }

    @Test func `two documents with one name are told with both places`() {
        let outcome = Outcome(Sample.bench("") + "---\n" + Sample.bench(""))
        #expect(outcome.lines == ["9:18 metadata.name: FrappeBench shop is given twice, first at shop.yaml:3:18"])
        let hosts = Outcome(Sample.host("root: /a") + "---\n" + Sample.host("root: /b"))
        #expect(hosts.lines == ["6:1 metadata.name: Host host is given twice, first at shop.yaml:1:1"])
        let direct = ManifestParser.manifests(from: outcome.documents + outcome.documents)
        #expect(direct.problems.map(\.message) == ["FrappeBench shop is given twice, first at shop.yaml:3:18"])
    }

    @Test func `two files are read together and a new document replaces the stored one`() {
        let stored = Outcome(Sample.site("tls: {enabled: true}")).documents
        let site = Sample.site("domain: a.b").split(separator: "---")[0]
        let reading = ManifestParser.read(files: [("a.yaml", String(site))], stored: stored)
        #expect(reading.problems == [])
        #expect(reading.documents.count == 2)
        #expect(reading.new.count == 1)
        #expect(reading.manifests.sites[ObjectName("one")]?.domain == "a.b")
        let two = ManifestParser.read(files: [("a.yaml", String(site)), ("b.yaml", Sample.bench(""))])
        #expect(two.problems == [])
        #expect(two.isUsable)
    }

    @Test func `warnings of stored documents are not repeated, their errors are`() {
        let stored = Outcome(Sample.bench("storageSize: 1Gi\nnew: 1")).documents
        let reading = ManifestParser.read(files: [("b.yaml", Sample.host("root: /a"))], stored: stored)
        #expect(reading.problems.map(\.path) == ["spec.new"])
    }

    @Test func `a document that cannot be read leaves references to it unquestioned`() {
        let text =
            site("one", "benchRef: {name: shop}, siteName: one") + "---\nkind: FrappeBench\nmetadata: {name: shop\n"
        #expect(Outcome(text).lines == ["8:11 this bracket is not closed"])
    }

    @Test func `a document without places names itself`() {
        var document = Outcome(Sample.bench("x: 1")).documents[0]
        document.locations = [:]
        let problems = ManifestParser.manifests(from: [document]).problems
        #expect(
            ProblemReport.text(problems) == """
                stored FrappeBench shop spec.x   unknown field.
                1 problem, nothing was changed. Fields and examples: frappectl explain FrappeBench

                """)
    }
}
