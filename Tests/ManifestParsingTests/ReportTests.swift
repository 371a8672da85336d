import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct ReportTests {
    @Test func `a bad manifest's problems are printed together, as on the screen of the design`() {
        let text = """
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeBench
            metadata:
              name: shop
            spec:
              frappeVersoin: version-15
              componentReplicas:
                gunicorn: two
            ---
            apiVersion: vyogo.tech/v1alpha1
            kind: FrappeSite
            metadata: {name: one}
            spec:
              benchRef: {name: shop}
              siteName: "../../etc/passwd"
            """
        let outcome = Outcome(text)
        #expect(
            ProblemReport.text(outcome.problems, documents: outcome.documents) == """
                shop.yaml:6:3   spec.frappeVersoin   unknown field. Did you mean frappeVersion?
                shop.yaml:8:15  spec.componentReplicas.gunicorn   expected a whole number, found "two"
                shop.yaml:15:13 spec.siteName   "../../etc/passwd" is not a DNS name (letters, digits, hyphens, dots)
                3 problems, nothing was changed. Fields and examples: frappectl explain FrappeBench

                """)
    }

    @Test func `warnings alone change nothing about the outcome`() {
        let outcome = Outcome(Sample.site("deletionPolicy: Delete"))
        #expect(
            ProblemReport.text(outcome.problems, documents: outcome.documents) == """
                shop.yaml:7:3 spec.deletionPolicy   warning: accepted, not yet in force

                """)
    }

    @Test func `explain is named for the kind of the first error`() {
        let outcome = Outcome(Sample.bench("storageClassName: fast") + "---\n" + Sample.host("x: 1"))
        #expect(
            ProblemReport.text(outcome.problems, documents: outcome.documents).hasSuffix("frappectl explain Host\n"))
    }

    @Test func `beyond a hundred the rest is counted, errors first`() {
        let fields = (0..<150).map { "zz\($0): x" }.joined(separator: "\n")
        let outcome = Outcome(Sample.bench("storageClassName: fast\n" + fields))
        let lines = ProblemReport.text(outcome.problems, documents: outcome.documents).split(separator: "\n")
        #expect(lines.count == 102)
        #expect(lines[100] == "... and 51 more")
        #expect(lines[101].hasPrefix("150 problems, nothing was changed."))
    }

    @Test func `no problems print nothing`() {
        #expect(ProblemReport.text([]) == "")
    }
}
