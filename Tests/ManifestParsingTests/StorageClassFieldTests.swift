import FrappeModel
import Testing

@testable import ManifestParsing

@Suite struct StorageClassFieldTests {
    private static let fast = "storageClasses: [{name: fast, path: /mnt/fast}]"

    private static func both(_ name: String, _ host: String = fast) -> Outcome {
        Outcome(Sample.bench("storageClassName: \(name)") + "---\n" + Sample.host(host))
    }

    @Test func `a bench is on the class that it names`() {
        let outcome = Self.both("fast", "storageClasses: [{name: fast, path: //mnt/fast/}]")
        #expect(outcome.lines == [])
        #expect(outcome.manifests.storageClass(of: ObjectName("shop")) == StorageClass(name: "fast", path: "/mnt/fast"))
    }

    @Test(arguments: ["default", "\"\""])
    func `default and the empty name are the root`(name: String) {
        for host in [Self.fast, "domain: example.com"] {
            let outcome = Self.both(name, host)
            #expect(outcome.lines == [])
            #expect(outcome.manifests.storageClass(of: ObjectName("shop")) == nil)
        }
    }

    @Test func `a class that Host does not have is refused with those that it has`() {
        #expect(
            Self.both("fasst").lines == [
                "5:21 spec.storageClassName: bench shop names storage class \"fasst\", which Host does not have. "
                    + "Did you mean fast? There is: default, fast"
            ])
    }

    @Test(arguments: ["standard", "longhorn", "nfs-client"])
    func `the class of a cluster is taken with a warning where Host has none, and refused strictly`(name: String) {
        let outcome = Outcome(Sample.bench("storageClassName: \(name)"))
        let message =
            "Host has no storageClasses: this one means nothing here, and its files are below the root"
        #expect(outcome.lines == ["~5:3 spec.storageClassName: \(message)"])
        #expect(outcome.manifests.storageClass(of: ObjectName("shop")) == nil)
        let key = ManifestKey(.bench, ObjectName("shop"))
        let strict = ManifestParser.manifests(from: outcome.documents, strict: true).problems
        #expect(strict.map(\.severity) == [.error])
        #expect(strict.map(\.message) == ["strict: \(message)"])
        #expect(ManifestParser.manifests(from: outcome.documents, quiet: [key], strict: true).problems.isEmpty)
    }

    @Test(arguments: [
        ("[{name: fast}]", "4:20 spec.storageClasses[0].path: required, for example /mnt/fast"),
        (
            "[{name: fast, path: mnt}]",
            "4:39 spec.storageClasses[0].path: \"mnt\" is not the path of a directory (such as /home/frappe)"
        ),
        (
            "[{name: fast, path: /mnt/../etc}]",
            "4:39 spec.storageClasses[0].path: \"/mnt/../etc\" is not the path of a directory (such as /home/frappe)"
        ),
        (
            "[{name: fast, path: /proc/a}]",
            "4:39 spec.storageClasses[0].path: /proc is the system's own: name a directory such as /mnt/fast"
        ),
        (
            "[{name: default, path: /mnt/a}]",
            "4:27 spec.storageClasses[0].name: default is the root itself: choose another name"
        ),
        (
            "[{name: a, path: /mnt/a}, {name: a, path: /mnt/b}]",
            "4:52 spec.storageClasses[1].name: \"a\" is given twice"
        ),
        (
            "[{name: a, path: /mnt/a}, {name: b, path: /mnt/a/}]",
            "4:61 spec.storageClasses[1].path: /mnt/a is that of class a as well"
        ),
    ])
    func `what cannot be a class is refused at its place`(classes: String, problem: String) {
        #expect(Outcome(Sample.host("storageClasses: \(classes)")).lines == [problem])
    }

    @Test(arguments: ["driver", "volumeDriver", "provisioner"])
    func `a volume driver is refused with the reason and the way out`(field: String) {
        let lines = Outcome(Sample.host("storageClasses: [{name: a, path: /mnt/a, \(field): rclone}]")).lines
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("4:44 spec.storageClasses[0].\(field): nginx and the tools") == true, "\(lines)")
        #expect(lines.first?.hasSuffix("mount the volume, and name the directory in path") == true, "\(lines)")
    }
}
