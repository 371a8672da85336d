import Foundation
import FrappeModel
import Rendering
import Testing

@testable import Operations

/// A root and a directory for a storage class, gone with the test.
private struct Places {
    let directory: String
    let layout: HostLayout
    let disk: String
    let bench = ObjectName("shop")

    init() throws {
        directory = "/var/lib/frappectl-test-\(UUID().uuidString)"
        layout = HostLayout(root: "\(directory)/root", rootID: "abc123")
        disk = "\(directory)/fast"
        for path in [disk, "\(layout.root)/benches", "\(layout.root)/databases", layout.archived] { try make(path) }
    }

    func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    /// Its directory on the disk and the link to it.
    @discardableResult
    func placeBench() throws -> BenchPlace {
        let place = BenchPlace(
            className: "fast", path: disk, directory: "\(layout.share(on: disk))/benches/shop-1", isLinked: true)
        try make("\(place.directory)/1/sites/one")
        try link(layout.benchDirectory(bench), to: place.directory)
        return place
    }

    func look(_ place: BenchPlace? = nil, disks: Set<String> = [], isInhabited: Bool = false) -> StorageLook {
        StorageLook(
            layout: layout, places: place.map { ["shop": $0] } ?? [:], disks: disks, configured: ["shop"],
            inhabited: isInhabited ? ["shop"] : [])
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }
}

/// Where a test's own directories may be: not in /tmp, where none is taken.
private let isRoot = geteuid() == 0

@Suite("Storage", .enabled(if: isRoot, "needs a directory outside /tmp that is root's"))
struct StorageTests {
    private static func with(_ body: (Places) throws -> Void) throws {
        let places = try Places()
        defer { places.remove() }
        try body(places)
    }

    @Test("is there while the link leads to the bench")
    func mounted() throws {
        try Self.with { places in
            let place = try places.placeBench()
            #expect(places.look(place).trouble(of: places.bench, on: nil) == nil)
        }
    }

    @Test("of a disk that is not mounted is told, of a bench that is there and of one that is to be made")
    func unmounted() throws {
        try Self.with { places in
            let storage = StorageClass(name: "fast", path: places.disk)
            #expect(places.look().trouble(of: places.bench, on: storage) == nil, "nothing was made yet")
            let toBe = places.look(disks: [places.disk]).trouble(of: places.bench, on: storage)
            #expect(toBe?.reason.contains("is not mounted: there is no \(places.disk)/frappectl-abc123") == true)
            let place = try places.placeBench()
            try FileManager.default.removeItem(atPath: places.layout.share(on: places.disk))
            let trouble = places.look(place).trouble(of: places.bench, on: storage)
            #expect(trouble?.reason.hasPrefix("the disk of \(places.disk) is not mounted") == true)
            #expect(trouble?.next == "mount \(places.disk), then frappectl up")
        }
    }

    @Test("whose directory, files or link are gone is told")
    func missing() throws {
        try Self.with { places in
            let place = try places.placeBench()
            try FileManager.default.removeItem(atPath: "\(place.directory)/1")
            #expect(places.look(place).trouble(of: places.bench, on: nil)?.reason.contains("has no 1/sites") == true)
            try FileManager.default.removeItem(atPath: place.directory)
            #expect(
                places.look(place).trouble(of: places.bench, on: nil)?.reason.contains("which is not there") == true)
            let link = places.layout.benchDirectory(places.bench)
            try FileManager.default.removeItem(atPath: link)
            let trouble = places.look(place).trouble(of: places.bench, on: nil)
            #expect(trouble?.next.hasSuffix("ln -s \(place.directory) \(link); then frappectl up") == true)
        }
    }

    @Test("of a bench with sites that was below the root is told, where a disk that was mounted there by hand is away")
    func awayBelowTheRoot() throws {
        try Self.with { places in
            func trouble(isInhabited: Bool) -> StorageTrouble? {
                places.look(isInhabited: isInhabited).trouble(of: places.bench, on: nil)
            }
            let directory = places.layout.benchDirectory(places.bench)
            #expect(trouble(isInhabited: false) == nil)
            #expect(trouble(isInhabited: true)?.reason.contains("\(directory) has no 1/sites") == true)
            try places.make(directory)
            #expect(trouble(isInhabited: true)?.reason.contains("\(directory) has no 1/sites") == true)
            try places.make("\(directory)/1/sites")
            #expect(trouble(isInhabited: true) == nil)
        }
    }

    @Test("is refused in a directory that is not fit for it")
    func directories() throws {
        try Self.with { places in
            func reason(_ path: String) -> String {
                StorageDirectory(path: path, root: places.layout.root).trouble?.reason ?? "fit"
            }
            try places.link("\(places.directory)/link", to: places.disk)
            #expect(reason(places.disk) == "fit")
            #expect(reason("\(places.disk)/none").hasSuffix("is no directory"))
            #expect(reason("\(places.directory)/link").hasSuffix("leads over a symbolic link to \(places.disk)"))
            #expect(reason("\(places.layout.root)/benches").contains("is inside the root"))
            #expect(reason("/tmp").contains("emptied when the machine starts"))
            chmod(places.disk, 0o777)
            #expect(reason(places.disk) == "everybody may write in \(places.disk)")
            chmod(places.disk, 0o700)
            #expect(reason(places.disk) == "\(places.disk) does not let nginx's workers through")
            chmod(places.disk, 0o755)
            chown(places.disk, 1234, 0)
            #expect(reason(places.disk).hasPrefix("\(places.disk) belongs to user 1234"))
        }
    }
}

@Suite("What is archived", .enabled(if: isRoot, "needs a directory outside /tmp that is root's"))
struct ArchiveTests {
    private static func with(_ body: (Places, Archive) throws -> Void) throws {
        let places = try Places()
        defer { places.remove() }
        try body(places, Archive(layout: places.layout))
    }

    private static func exists(_ path: String) -> Bool { HostFiles.isDirectory(path) }

    @Test("goes below the root, where that is the same disk")
    func plain() throws {
        try Self.with { places, archive in
            let source = "\(places.layout.root)/benches/shop"
            try places.make("\(source)/1")
            #expect(try archive.keep(source, as: "a-shop") == "\(places.layout.archived)/a-shop")
            #expect(HostFiles.kind("\(places.layout.archived)/a-shop") == .directory)
        }
    }

    @Test("stays on the disk of its storage class with a link, which a rerun makes where it is missing")
    func onClass() throws {
        try Self.with { places, archive in
            try places.placeBench()
            let generation = places.layout.generation(of: places.bench)
            #expect(try archive.kept("a-one", from: generation) == nil)
            let kept = try archive.keep("\(generation)/sites/one", as: "a-one")
            #expect(HostFiles.kind(kept) == .link && Self.exists(kept))
            #expect(HostFiles.kind("\(places.layout.share(on: places.disk))/archived/a-one") == .directory)
            HostFiles.removeFile(kept)
            #expect(try archive.kept("a-one", from: generation) == kept)
            #expect(Self.exists(kept))
            #expect(try archive.keep(places.layout.benchDirectory(places.bench), as: "a-bench-shop").hasSuffix("shop"))
            #expect(
                HostFiles.kind("\(places.layout.archived)/a-bench-shop") == .link, "the link went, and nothing else")
        }
    }

    @Test("stays on a disk that somebody mounted in the place of benches/ or databases/")
    func mountedByHand() throws {
        let memory = "/dev/shm/frappectl-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: memory) }
        try Self.with { places, archive in
            guard !HostFiles.isSameDisk("/dev/shm", places.layout.root) else { return }
            for folder in ["benches", "databases"] {
                try places.make("\(memory)/\(folder)/shop/1")
                let path = "\(places.layout.root)/\(folder)"
                try FileManager.default.removeItem(atPath: path)
                try places.link(path, to: "\(memory)/\(folder)")
                let kept = try archive.keep("\(path)/shop", as: "a-\(folder)-shop")
                #expect(HostFiles.kind(kept) == .link && Self.exists("\(kept)/1"))
                HostFiles.removeFile(kept)
                #expect(try archive.kept(endingWith: "-shop", from: path) == [kept])
                #expect(try archive.kept(endingWith: "-shop", from: path) == [])
            }
        }
    }

    @Test("takes its secrets along to another disk, whole before the first of them goes")
    func secrets() throws {
        let memory = "/dev/shm/frappectl-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: memory) }
        try Self.with { places, _ in
            try places.make(memory)
            let source = "\(places.directory)/secrets"
            try places.make(source)
            try HostFiles.replace("\(source)/root-password", with: Array("secret".utf8), mode: 0o600)
            try SecretFiles.move(source, to: "\(memory)/secrets")
            #expect(HostFiles.text("\(memory)/secrets/root-password") == "secret")
            #expect(HostFiles.kind(source) == .none)
            #expect(HostFiles.names(in: memory) == ["secrets"])
        }
    }
}

@Suite struct ProjectDiskTests {
    @Test func `is known by quotas of projects being in force, whatever is mounted on it`() {
        let mounts = """
            26 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
            90 26 254:17 / /mnt/a\\040b rw,relatime shared:40 master:2 - ext4 /dev/vdb1 rw,prjquota
            91 26 254:33 / /mnt/c rw,relatime - xfs /dev/vdc1 rw,attr2,inode64,prjquota
            92 26 254:49 / /mnt/d rw,relatime - xfs /dev/vdd1 rw,inode64,pqnoenforce
            93 26 254:33 /x /mnt/e rw - xfs
            """
        #expect(ProjectDisk.device("254:1", in: mounts) == nil)
        #expect(ProjectDisk.device("254:17", in: mounts) == "/dev/vdb1")
        #expect(ProjectDisk.device("254:33", in: mounts) == "/dev/vdc1")
        #expect(ProjectDisk.device("254:49", in: mounts) == nil, "counted, and nothing bounded")
        #expect(ProjectDisk.device("254:99", in: mounts) == nil)
    }
}
