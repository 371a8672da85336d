import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct KindTests {
    private static let later = ManifestKind.allCases.filter { !$0.isInForce }

    /// A document of the kind with everything that it needs, and nothing else.
    static func least(_ kind: ManifestKind, version: String) -> String {
        let lines = ManifestSchema.root(of: kind).children
            .filter { ["metadata", "spec", "data"].contains($0.field.name) }.flatMap(\.exampleLines)
        return "apiVersion: \(version)\nkind: \(kind.rawValue)\n" + lines.map { $0 + "\n" }.joined()
    }

    @Test(arguments: later)
    func `a kind that is not yet in force is kept, and said to be so once`(kind: ManifestKind) throws {
        for version in ManifestSchema.apiVersions(of: kind) {
            let outcome = Outcome(Self.least(kind, version: version))
            #expect(outcome.lines == ["~2:7 kind: \(kind.rawValue) is kept, and not yet in force"])
            let document = try #require(outcome.documents.first)
            #expect(document.key.kind == kind)
            #expect(Outcome(ManifestWriter.yaml([document])).documents.map(\.value) == [document.value])
        }
    }

    @Test func `its fields are checked all the same`() {
        let text = """
            apiVersion: vyogo.tech/v1
            kind: SiteBackup
            metadata: {name: nightly}
            spec:
              schedule: 0 2 * * *
              withFile: true
              storage: {type: tape}
            """
        #expect(
            Outcome(text).lines == [
                "~2:7 kind: SiteBackup is kept, and not yet in force",
                "4:1 spec.site: required, for example one.example.com",
                "6:3 spec.withFile: unknown field. Did you mean withFiles?",
                "7:19 spec.storage.type: \"tape\" is not one of pvc, s3.",
            ])
    }

    @Test func `once it is stored nobody is told again`() {
        let stored = Outcome(Self.least(.backup, version: "vyogo.tech/v1")).documents
        let reading = ManifestParser.read(files: [("b.yaml", Sample.bench(""))], stored: stored)
        #expect(reading.problems == [])
        #expect(reading.documents.map(\.key.kind) == [.backup, .bench])
    }

    @Test(arguments: [
        ("FrappeSite", ManifestKind.site), ("sites", .site), ("bench", .bench), ("benches", .bench),
        ("FrappeBenches", .bench), ("domain", .domain), ("SiteDomain", .domain), ("sitebackup", .backup),
        ("SiteBackups", .backup), ("backups", .backup), ("configmap", .configMap), ("workspace", .workspace),
        ("frappeworkspaces", .frappeWorkspace), ("host", .host), ("secrets", .secret), ("user", .user),
        ("sit", nil), ("", nil), ("s", nil), ("es", nil),
    ])
    func `a kind is named as people write it`(word: String, kind: ManifestKind?) {
        #expect(ManifestKind(word: word) == kind)
    }
}
