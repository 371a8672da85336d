import FrappeModel
import Testing

@Suite("Values of the vocabulary")
struct ValueTests {
    @Test("a database is named by the operator's rule")
    func databaseName() {
        // The vector that the operator's own tests hold.
        #expect(StableHash.hex(StableHash.fnv32("default/test-site-1")) == "9aec2ae3")
        let name = DatabaseName.make(object: ObjectName("test-site-1"), siteName: "Shop.example-1.com")
        #expect(name == "_9aec2ae3_shop_example_1_com")
        let long = DatabaseName.make(object: ObjectName("x"), siteName: String(repeating: "a", count: 200))
        #expect(long.utf8.count == DatabaseName.longest)
    }

    @Test(
        "a network is read only where it is one",
        arguments: [
            ("10.217.3.0/24", "10.217.3.0/24"), ("0.0.0.0/0", "0.0.0.0/0"), ("10.217.3.1/24", nil), ("10.217.3.0", nil),
            ("10.217.3.0/33", nil), ("10.217.256.0/24", nil), ("10.217.3/24", nil), ("10.0.0.0/8/8", nil),
            ("-1.0.0.0/8", nil), ("", nil),
        ])
    func network(text: String, expected: String?) {
        #expect(IPv4Network(text)?.description == expected)
    }

    @Test("networks overlap when one holds the other")
    func overlap() throws {
        let wide = try #require(IPv4Network("10.217.0.0/16"))
        let narrow = try #require(IPv4Network("10.217.9.0/24"))
        let other = try #require(IPv4Network("10.218.0.0/24"))
        #expect(wide.overlaps(narrow) && narrow.overlaps(wide) && !wide.overlaps(other))
        #expect(Array(wide.subnets(prefix: 24)).count == 256)
        #expect(narrow.addressAndNetmask == "10.217.9.0/255.255.255.0")
    }

    @Test("a site is reached under its own name and its domain")
    func hostNames() {
        let plain = Site(name: ObjectName("s"), bench: ObjectName("b"), siteName: "one.localhost")
        #expect(plain.hostNames == ["one.localhost"] && plain.domainSource == .siteName)
        let other = Site(name: ObjectName("s"), bench: ObjectName("b"), siteName: "one", domain: "one.example.com")
        #expect(other.hostNames == ["one", "one.example.com"] && other.publicName == "one.example.com")
    }

    @Test("a value is set at a path, made on the way and removed again")
    func setting() {
        var value = ManifestValue.map([.init(key: "spec", value: .map([.init(key: "a", value: .integer(1))]))])
        value.set(["spec", "componentReplicas", "gunicorn"], to: .integer(2))
        #expect(value["spec"]?["componentReplicas"]?["gunicorn"] == .integer(2))
        #expect(value["spec"]?["a"] == .integer(1))
        value.set(["spec", "a"], to: nil)
        #expect(value["spec"]?["a"] == nil)
    }

    @Test("an image needs a migration when an app's version, patches or schema differ, or the app is gone")
    func migration() {
        let old = ImageFacts(apps: ["frappe": "16.1"], schema: ["frappe": "aa"], newSiteSkipsDatabase: true)
        var new = old
        #expect(old.migrationNeeded(for: new) == nil)
        new.apps["erpnext"] = "16.0"
        #expect(old.migrationNeeded(for: new) == nil)
        new.schema["frappe"] = "bb"
        #expect(old.migrationNeeded(for: new) == "the patches or schema files of frappe differ")
        new.apps["frappe"] = "16.2"
        #expect(old.migrationNeeded(for: new) == "frappe 16.1 becomes 16.2")
        new.apps["frappe"] = nil
        #expect(old.migrationNeeded(for: new) == "frappe is missing in it")
    }

    @Test(
        "amounts read as people write them",
        arguments: [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (512 << 20, "512 MiB"), (3 << 30, "3 GiB")])
    func bytes(count: Int, text: String) {
        #expect(Quantity.bytes(count) == text)
    }

    @Test("one of a kind is not many") func count() {
        #expect([0, 1, 2].map { Quantity.count($0, "step") } == ["0 steps", "1 step", "2 steps"])
    }
}
