import Foundation
import FrappeModel
import TestSupport
import Testing

extension ScenariosApart {
    /// A bench whose files are on another disk: made, killed, not mounted, deleted.
    ///
    /// The disk is a directory beside the root, and unmounted by giving it another name: what is mounted here the Engine
    /// need not see.
    @Suite struct StorageClassTests {
        @Test func `a bench lives on its storage class, and nothing is made where its disk is away`() async throws {
            try await withInstallation { shop in
                let disk = try Disk(shop)
                try await Self.makeKilled(shop, disk)
                try await Self.refuseMoves(shop, disk)
                try await Self.takeDiskAway(shop, disk)
                try await Self.measure(shop)
                try await Self.deleteSites(shop, disk)
                try await Self.deleteBench(shop, disk)
            }
        }

        @Test func `a class that is not fit is refused at its line, and what cluster manifests name is not`()
            async throws
        {
            try await withInstallation { shop in
                let disk = try Disk(shop)
                for (path, words) in [
                    ("\(shop.directory)/none", "is no directory"), ("\(shop.root)/benches", "is inside the root"),
                    ("/dev/shm/x", "/dev is the system's own"),
                ] {
                    try shop.write(disk.host("storageClasses: [{name: fast, path: \(path)}]"), to: "host.yaml")
                    for verb in ["plan", "up"] {
                        let refused = try await shop.run([verb, "-f", "host.yaml"])
                        #expect(refused.exitCode == 78 && refused.errors.contains(words), "\(refused)")
                        #expect(refused.errors.contains("host.yaml:14:"), "\(refused)")
                    }
                }
                try shop.write(
                    shop.manifests([shop.hostManifest, shop.benchManifest(extra: ["storageClassName: longhorn"])]),
                    to: "operator.yaml")
                let plan = try await shop.run(["plan", "-f", "operator.yaml"])
                #expect(plan.exitCode == 2 && plan.errors.contains("this one means nothing here"), "\(plan)")
                let strict = try await shop.run(["plan", "-f", "operator.yaml", "--strict"])
                #expect(strict.exitCode == 78 && strict.errors.contains("strict: Host has no storageClasses"))
            }
        }
    }
}

/// The directory that stands for a disk, and manifests that use it.
private struct Disk {
    let shop: Installation
    let path: String

    init(_ shop: Installation) throws {
        self.shop = shop
        path = "\(shop.directory)/fast"
        try Self.make(path)
    }

    var share: String { "\(path)/frappectl-\(shop.rootID ?? "")" }
    var benches: [String] { Self.names("\(share)/benches") }
    var archived: [String] { Self.names("\(share)/archived") }
    var link: String { "\(shop.root)/benches/shop" }

    func host(_ line: String? = nil) -> String {
        shop.hostManifest + "  \(line ?? "storageClasses: [{name: fast, path: \(path)}]")\n"
    }

    func bench(_ name: String = "shop", on storage: String? = "fast") -> String {
        shop.benchManifest(
            name,
            extra: ["componentReplicas: {workerDefault: 0, workerShort: 0, workerLong: 0}"]
                + (storage.map { ["storageClassName: \($0)"] } ?? []))
    }

    func write(_ documents: [String], to name: String) throws { try shop.write(shop.manifests(documents), to: name) }

    /// The mount point stays, and is empty.
    func unmount() throws {
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).away")
        try Self.make(path)
    }

    func mount() throws {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: "\(path).away", toPath: path)
    }

    static func target(_ link: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: link)
    }

    static func names(_ directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    private static func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    }
}

extension ScenariosApart.StorageClassTests {
    /// Killed at each moment at which something of it is there and something is not.
    private static func makeKilled(_ shop: Installation, _ disk: Disk) async throws {
        let sites = ["one", "two"].map { (name: String) in shop.siteManifest("\(name).localhost", name: name) }
        try disk.write([disk.host(), disk.bench()] + sites, to: "shop.yaml")
        for moment in [
            "made a storage class's directory", "made directory on a storage class",
            "linked directory on a storage class",
        ] {
            let killed = try await shop.run(["up", "-f", "shop.yaml"], environment: ["FRAPPECTL_FAULT": moment])
            #expect(killed.wasKilled, "\(moment): \(killed)")
        }
        try await shop.succeed(["up", "-f", "shop.yaml"])
        #expect(disk.benches.count == 1, "the killed runs left nothing: \(disk.benches)")
        #expect(Disk.target(disk.link) == "\(disk.share)/benches/\(disk.benches.first ?? "")")
        #expect(Disk.names("\(disk.link)/1/sites").contains("one.localhost"))
        #expect(try await shop.browser("one.localhost").get("/login").status == 200)
        let plan = try await shop.run(["plan"])
        #expect(plan.exitCode == 0, "\(plan)")
    }

    /// Files of a bench stay where they are, whatever manifests say.
    private static func refuseMoves(_ shop: Installation, _ disk: Disk) async throws {
        try shop.write(disk.bench(on: nil), to: "plain.yaml")
        try shop.write(shop.hostManifest, to: "none.yaml")
        try shop.write(disk.host("storageClasses: [{name: fast, path: \(shop.directory)}]"), to: "elsewhere.yaml")
        for (file, words) in [
            ("plain.yaml", "Write storageClassName: fast"), ("none.yaml", "Keep storage class fast with path"),
            ("elsewhere.yaml", "Keep storage class fast with path"),
        ] {
            let refused = try await shop.run(["up", "-f", file])
            #expect(refused.exitCode == 78 && refused.errors.contains(words), "\(refused)")
            #expect(refused.errors.contains("the files of bench shop are on storage class fast"), "\(refused)")
        }
        let deletion = try await shop.run(["delete", "host", "host", "--yes", "host"])
        #expect(deletion.exitCode == 78 && deletion.errors.contains("the files of bench shop"), "\(deletion)")
        let plan = try await shop.run(["plan"])
        #expect(plan.exitCode == 0, "nothing was stored: \(plan)")
    }

    /// Named by every verb, and another bench is made meanwhile.
    private static func takeDiskAway(_ shop: Installation, _ disk: Disk) async throws {
        let web = try await shop.container(.web)
        try await shop.engine.stopContainer(web.id)
        try disk.unmount()
        await #expect(throws: (any Error).self, "a mount whose source is missing") {
            try await shop.engine.startContainer(web.id)
        }
        try shop.write(disk.bench("other", on: nil), to: "other.yaml")
        let up = try await shop.run(["up", "-f", "other.yaml"], timeout: .seconds(300))
        try expectNamed(up, 1, up.errors, disk)
        let running = try await shop.containers().filter { $0.state == .running }.compactMap { $0.labels[Label.bench] }
        #expect(running.contains("other"), "other benches go on: \(up)")
        let plan = try await shop.run(["plan"])
        try expectNamed(plan, 2, plan.output, disk)
        let status = try await shop.run(["status"])
        try expectNamed(status, 0, status.output, disk)
        let doctor = try await shop.run(["doctor"])
        try expectNamed(doctor, 1, doctor.output, disk)
        let deletion = try await shop.run(["delete", "site", "two.localhost", "--yes", "two.localhost"])
        try expectNamed(deletion, 1, deletion.errors, disk)
        #expect(try await shop.engine.inspectContainer(web.id).state.status != .running)

        try shop.write(disk.bench("other"), to: "moved.yaml")
        let moved = try await shop.run(["up", "-f", "moved.yaml"])
        #expect(
            moved.exitCode == 78 && moved.errors.contains("the files of bench other are below the root"), "\(moved)")
        try disk.mount()
        try await shop.succeed(["up"])
        #expect(try await shop.browser("one.localhost").get("/login").status == 200)
    }

    /// With what to do; and nothing was made where the disk is to be mounted.
    private static func expectNamed(_ result: ProgramResult, _ code: Int32, _ text: String, _ disk: Disk) throws {
        #expect(result.exitCode == code, "\(result)")
        #expect(text.contains("the disk of \(disk.path) is not mounted"), "\(result)")
        #expect(text.contains("mount \(disk.path), then frappectl up"), "\(result)")
        #expect(Disk.names(disk.path) == [], "\(result)")
    }

    private static func measure(_ shop: Installation) async throws {
        let uses = try await shop.succeed(["disk", "--json"]).json().uses.array
        let kinds = uses.filter { ["bench shop", "site one.localhost"].contains($0.owner.string) }
        let found = Set(kinds.filter { ($0.bytes.int ?? 0) > 0 }.compactMap(\.kind.string))
        #expect(found.isSuperset(of: ["bench", "files", "queue", "logs"]), "\(uses)")
        let bench = uses.first { $0.kind.string == "bench" && $0.owner.string == "bench shop" }
        #expect(bench?.target.string == Disk.target("\(shop.root)/benches/shop"), "\(uses)")
    }

    /// The directory stays on the disk; the link to it is made by a rerun.
    private static func deleteSites(_ shop: Installation, _ disk: Disk) async throws {
        let delete = ["delete", "site", "two.localhost", "--yes", "two.localhost"]
        let killed = try await shop.run(delete, environment: ["FRAPPECTL_FAULT": "moved into the archive"])
        #expect(killed.wasKilled, "\(killed)")
        #expect(disk.archived.count == 1 && Disk.names("\(shop.root)/archived") == [], "\(killed)")
        let deleted = try await shop.succeed(delete)
        let kept = try #require(deleted.output.firstMatch(of: /kept: (.+)/)).output.1
        let name = try #require(disk.archived.first)
        #expect(kept == "\(shop.root)/archived/\(name)/two.localhost", "\(deleted)")
        #expect(Disk.target("\(shop.root)/archived/\(name)") == "\(disk.share)/archived/\(name)")
        #expect(try Secrets.files(below: String(kept)).contains { $0.hasSuffix("-database.sql.gz") })
        try await shop.succeed(["delete", "site", "one.localhost", "--yes", "one.localhost"])
        let plan = try await shop.run(["plan"])
        #expect(plan.exitCode == 0, "\(plan)")
    }

    /// The link goes alone, and a bench of the same name gets a directory of its own.
    private static func deleteBench(_ shop: Installation, _ disk: Disk) async throws {
        let first = try #require(Disk.target(disk.link))
        try await shop.succeed(["delete", "bench", "shop", "--yes", "shop"])
        let archived = Disk.names("\(shop.root)/archived").filter { $0.hasSuffix("-bench-shop") }
        #expect(archived.count == 1)
        #expect(Disk.target("\(shop.root)/archived/\(archived.first ?? "")") == first)
        #expect(Disk.names("\(first)/1").contains("sites"), "its files stay")
        #expect(Disk.target(disk.link) == nil)

        try await makeElsewhere(shop, disk)
        try await shop.succeed(["up", "-f", "again.yaml"])
        let second = try #require(Disk.target(disk.link))
        #expect(second != first && disk.benches.count == 2)
    }

    /// Killed before the link, and the class changed: the directory of the killed run goes.
    private static func makeElsewhere(_ shop: Installation, _ disk: Disk) async throws {
        let slow = "\(shop.directory)/slow"
        try FileManager.default.createDirectory(
            atPath: slow, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        let both = disk.host("storageClasses: [{name: fast, path: \(disk.path)}, {name: slow, path: \(slow)}]")
        try disk.write([both, disk.bench(on: "slow")], to: "slow.yaml")
        try disk.write([disk.bench()], to: "again.yaml")
        let killed = try await shop.run(
            ["up", "-f", "slow.yaml"], environment: ["FRAPPECTL_FAULT": "made directory on a storage class"])
        #expect(killed.wasKilled, "\(killed)")
        let share = "\(slow)/frappectl-\(shop.rootID ?? "")/benches"
        #expect(Disk.names(share).count == 1)
        let again = try await shop.run(
            ["up", "-f", "again.yaml"], environment: ["FRAPPECTL_FAULT": "made directory on a storage class"])
        #expect(again.wasKilled && Disk.names(share) == [], "\(again)")
    }
}
