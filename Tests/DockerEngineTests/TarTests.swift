import Testing

@testable import DockerEngine

@Suite struct TarTests {
    static let paths = [
        "a", "dir/file", String(repeating: "n", count: 100), String(repeating: "n", count: 101),
        String(repeating: "d", count: 120) + "/" + String(repeating: "n", count: 90),
        String(repeating: "d/", count: 200) + "deep", "späße/ü", String(repeating: "d", count: 155) + "/" + "n",
        String(repeating: "d", count: 156) + "/" + "n",
    ]

    @Test(arguments: paths) func `an entry of any name comes back as it was`(_ path: String) throws {
        var archive = TarArchive()
        archive.addDirectory(path + ".d", mode: 0o750, uid: 1000, gid: 1000)
        archive.addFile(path, Array("contents".utf8), mode: 0o400, uid: 1000, gid: 70_000_000, modified: 1_700_000_000)
        let read = try TarArchive(archive.bytes)
        #expect(read == archive)
        #expect(archive.bytes.count.isMultiple(of: 512))
        #expect(read.contents(of: path) == Array("contents".utf8))
    }

    @Test(arguments: [0, 1, 511, 512, 513, 100_000]) func `contents of any length come back as they were`(
        _ length: Int
    ) throws {
        var random = SeededGenerator(UInt64(length))
        var archive = TarArchive()
        archive.addFile("first", random.bytes(length))
        archive.addFile("second", text: "end")
        #expect(try TarArchive(archive.bytes) == archive)
    }

    @Test(arguments: ["/etc/passwd", "../up", "a/../../b", "..", "a/.."]) func `a path that leads out is refused`(
        _ path: String
    ) {
        var archive = TarArchive()
        archive.addFile(path, text: "x")
        #expect(throws: TarError.unsafePath(path)) { try TarArchive(archive.bytes) }
    }

    @Test func `a path that leads out is refused in an extended header too`() {
        let path = String(repeating: "d/", count: 200) + "../../../x"
        var archive = TarArchive()
        archive.addFile(path, text: "x")
        #expect(throws: TarError.unsafePath(path)) { try TarArchive(archive.bytes) }
    }

    @Test func `a path with dots before it is the same without`() throws {
        var archive = TarArchive()
        archive.addFile("./a/./b", text: "x")
        #expect(try TarArchive(archive.bytes).entries.map(\.path) == ["a/b"])
    }

    @Test func `an archive that ends early is refused`() {
        var archive = TarArchive()
        archive.addFile("a", [UInt8](repeating: 1, count: 600))
        #expect(throws: TarError.truncated) { try TarArchive(Array(archive.bytes.prefix(700))) }
        #expect(throws: TarError.truncated) { try TarArchive(Array(archive.bytes.prefix(100))) }
    }

    /// Names that shells, terminals and file systems give a meaning to.
    private static let names = [
        "a b", "$(id)", "`id`", "a;b", "-rf", "a\nb", "a\u{1B}[2Jb", "a\\..\\b", "CON", "a:b", "...", "..a", "a..",
        "\u{202E}x",
        "a\u{9B}b", " ", "\t", "é", "e\u{301}", "%2e%2e", "*", "?", "'\"",
    ]

    @Test(arguments: names) func `a hostile name is carried as it is`(_ name: String) throws {
        var archive = TarArchive()
        archive.addFile("dir/\(name)", text: "x")
        let read = try TarArchive(archive.bytes)
        #expect(read.entries.map(\.path) == ["dir/\(name)"])
        #expect(read.contents(of: "dir/\(name)") == Array("x".utf8))
    }

    /// Links and devices are told, with where they lead, and never have contents.
    @Test(arguments: [
        (UInt8(ascii: "1"), "/etc/shadow"), (UInt8(ascii: "2"), "../../etc/shadow"), (UInt8(ascii: "2"), "\u{1B}[2J"),
        (UInt8(ascii: "3"), ""), (UInt8(ascii: "4"), ""), (UInt8(ascii: "6"), ""), (UInt8(ascii: "9"), ""), (0xFF, ""),
    ])
    func `links and devices are no files`(_ type: UInt8, _ target: String) throws {
        var archive = TarArchive()
        archive.addFile("x", text: "")
        archive.addFile("after", text: "y")
        var bytes = archive.bytes
        bytes[TarLayout.type] = type
        bytes.replaceSubrange(
            TarLayout.link.lowerBound..<TarLayout.link.lowerBound + target.utf8.count, with: target.utf8)
        Self.repairChecksums(&bytes)
        let read = try TarArchive(bytes)
        #expect(read.contents(of: "x") == nil)
        let expected: TarArchive.Entry.Content =
            switch type {
            case UInt8(ascii: "1"): .hardLink(target: target)
            case UInt8(ascii: "2"): .symbolicLink(target: target)
            default: .other(type)
            }
        #expect(read.entries.map(\.content) == [expected, .file(Array("y".utf8))])
    }

    @Test func `ten thousand damaged archives are refused or read, and none does harm`() async {
        var archive = TarArchive()
        archive.addDirectory("d")
        archive.addFile(String(repeating: "long/", count: 60) + "x", text: "hello")
        archive.addFile("short", text: "hello")
        let whole = archive.bytes
        var random = SeededGenerator(3)
        for round in 0..<10_000 {
            // The tests beside this one measure times on the same threads.
            if round.isMultiple(of: 50) { await Task.yield() }
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { TarTests.repairChecksums(&bytes) }
            for entry in (try? TarArchive(bytes))?.entries ?? [] {
                #expect(!entry.path.hasPrefix("/") && !entry.path.split(separator: "/").contains(".."))
            }
        }
    }

    /// Makes the headers' sums right again, so that damage inside them gets through to the reader.
    private static func repairChecksums(_ bytes: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: 512) where bytes[start + 257] == UInt8(ascii: "u") {
            let sum = String(TarLayout.sum(Array(bytes[start..<start + 512])), radix: 8)
            let digits = Array((String(repeating: "0", count: 7 - sum.count) + sum).utf8) + [0]
            bytes.replaceSubrange(start + 148..<start + 156, with: digits)
        }
    }
}
