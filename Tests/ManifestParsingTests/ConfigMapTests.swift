import FrappeModel
import Testing

@testable import ManifestParsing

/// Texts in a `ConfigMap`: the operator's own defaults, and option files of servers.
@Suite struct ConfigMapTests {
    private static func operatorSettings(_ data: String) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: frappe-operator-config, namespace: frappe-operator-system}\n"
            + "data: {\(data)}\n"
    }

    private static func site(_ name: String) -> String { Sample.site("").replacing("one.localhost", with: name) }

    @Test(arguments: [
        ("shop", ".platform.example", "", "shop.platform.example"),
        ("shop", "platform.example", "", "shop.platform.example"),
        ("shop", ".platform.example", "domain: example.com", "shop.example.com"),
        ("shop.test", ".platform.example", "", "shop.test"), ("shop", "\"\"", "", "shop"),
    ])
    func `a name without dots gets the operator's domain where Host has none`(
        name: String, suffix: String, host: String, domain: String
    ) {
        let settings = Self.operatorSettings("defaultDomainSuffix: \(suffix)")
        let outcome = Outcome(
            ([settings, Self.site(name)] + [host].filter { $0 != "" }.map(Sample.host)).joined(separator: "---\n"))
        #expect(outcome.lines == [])
        #expect(outcome.site?.publicName == domain)
        #expect(outcome.site?.domainSource == (domain == name ? .siteName : .autoDetected))
    }

    @Test func `what the operator's settings say besides is told`() {
        let settings = Self.operatorSettings(
            "defaultDomainSufix: .a.example, gitEnabled: \"false\", ingressControllerNamespace: ingress-nginx")
        #expect(
            Outcome(settings).lines.map { $0.split(separator: " ", maxSplits: 1).last } == [
                "data.defaultDomainSufix: the operator has no such setting; ignored. Did you mean defaultDomainSuffix?",
                "data.gitEnabled: accepted, not yet in force",
                "data.ingressControllerNamespace: means nothing on one host; ignored",
            ])
        let bad = Outcome(Self.operatorSettings("defaultDomainSuffix: \"a b\""))
        #expect(bad.errors.map(\.message) == ["\"a b\" is not a DNS name (letters, digits, hyphens, dots)"])
        let other = Self.operatorSettings("anything: x").replacing("frappe-operator-config", with: "mine")
        #expect(Outcome(other).lines == [])
    }

    private static func server(_ reference: String, _ more: String = "", text: String = "[mariadb]\\nlong_query_time=2")
        -> String
    {
        "apiVersion: k8s.mariadb.com/v1alpha1\nkind: MariaDB\nmetadata: {name: frappe-mariadb}\nspec:\n"
            + "  myCnfConfigMapKeyRef: {\(reference)}\n\(more)---\n"
            + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {my.cnf: \"\(text)\"}\n"
    }

    @Test func `a server has the settings of the ConfigMap that it names`() {
        let outcome = Outcome(Self.server("name: settings, key: my.cnf"))
        #expect(outcome.lines == [])
        #expect(outcome.manifests.servers["frappe-mariadb"]?.settings.map(\.line) == ["long_query_time = 2"])
    }

    @Test(arguments: [
        ("name: other, key: my.cnf", "", "5:32 spec.myCnfConfigMapKeyRef.name: there is no ConfigMap other"),
        ("name: settings, key: x", "", "5:32 spec.myCnfConfigMapKeyRef.name: ConfigMap settings has no key x"),
        (
            "name: settings, key: my.cnf", "  myCnf: \"[mariadb]\"\n",
            "5:25 spec.myCnfConfigMapKeyRef: myCnf is given too: keep one of them"
        ),
    ])
    func `a reference that leads nowhere is refused`(reference: String, more: String, line: String) {
        #expect(Outcome(Self.server(reference, more)).lines == [line])
    }

    @Test func `settings that are ours are refused at the reference, and an optional one may be missing`() {
        let outcome = Outcome(Self.server("name: settings, key: my.cnf", text: "[mariadb]\\ndatadir=/tmp"))
        #expect(
            outcome.lines == [
                "5:47 spec.myCnfConfigMapKeyRef.key: my.cnf of ConfigMap settings, line 2: datadir is a directory of the "
                    + "host, mounted at /var/lib/mysql"
            ])
        #expect(Outcome(Self.server("name: other, key: my.cnf, optional: true")).lines == [])
    }
}
