import Foundation
import FrappeModel
import Testing

@testable import Operations

@Suite("Files and words that others control")
struct SafetyTests {
    @Test("a secret is stored for its owner alone, and never outside its directory")
    func secrets() throws {
        let directory = try TemporaryDirectory()
        let store = SecretStore(directory: directory.path)
        let name = SecretName("site/default/one/admin-password")
        let made = try store.valueOrNew(name)
        #expect(made.count == 24)
        #expect(try store.valueOrNew(name) == made)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(name.path)")
        #expect((attributes[.posixPermissions] as? NSNumber)?.int16Value == 0o600)
        for path in ["../x", "a//b", "a/./b", "/etc/x", "a\nb", ""] {
            #expect(throws: OperationError.self) { try store.put([1], as: SecretName(path)) }
        }
    }

    @Test("a link in a tree that containers write is not followed")
    func links() throws {
        let directory = try TemporaryDirectory()
        let sites = "\(directory.path)/sites"
        try FileManager.default.createDirectory(atPath: "\(sites)/real", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(sites)/real/marker"))
        try FileManager.default.createSymbolicLink(atPath: "\(sites)/linked", withDestinationPath: "real")
        try FileManager.default.createSymbolicLink(atPath: "\(sites)/real/to-marker", withDestinationPath: "marker")
        #expect(HostFiles.kind(of: "marker", in: "real", of: sites) == .file)
        #expect(HostFiles.kind(of: "marker", in: "linked", of: sites) == .none)
        #expect(HostFiles.kind(of: "to-marker", in: "real", of: sites) == .link)
        #expect(HostFiles.kind("\(sites)/linked") == .link)
    }

    @Test("a file is written whole or not at all")
    func replace() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        try HostFiles.replace(path, with: [1, 2], mode: 0o600)
        try HostFiles.replace(path, with: [3], mode: 0o600)
        #expect(HostFiles.read(path) == [3])
        #expect(HostFiles.names(in: directory.path) == ["file"])
        #expect(throws: OperationError.self) {
            try HostFiles.replace("\(directory.path)/no/file", with: [], mode: 0o600)
        }
    }

    @Test("SQL words are quoted so that they stay words")
    func sql() {
        #expect(DatabaseConsole.text("a'b\\") == "'a''b\\\\'")
        #expect(DatabaseConsole.identifier("a`b") == "`a``b`")
        #expect(DatabaseConsole.pattern("_1_shop%") == "`\\_1\\_shop\\%`")
    }

    @Test("what a container writes cannot act on a terminal")
    func terminal() {
        #expect(TerminalText.plain("10%\r55%") == "55%")
        #expect(TerminalText.plain("a\u{1B}[31mb") == "a\\e[31mb")
        #expect(TerminalText.plain(String(repeating: "x", count: 9000)).count < 2100)
    }

    @Test(
        "a root is refused where sockets or names in it would not fit",
        arguments: ["/" + String(repeating: "a", count: 80), "/srv/a b", "/srv/a;b", "/srv/ü", "/", "/tmp", "/srv/.."])
    func root(path: String) {
        #expect(throws: OperationError.self) { try Root(path) }
    }

    @Test("a root that is there keeps its mode, and everything below it has ours")
    func modes() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: directory.path)
        try Root(directory.path).prepare()
        func mode(_ name: String) throws -> Int16? {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(name)")
            return (attributes[.posixPermissions] as? NSNumber)?.int16Value
        }
        #expect(try mode("") == 0o750)
        #expect(try mode("agent/secrets") == 0o700)
        #expect(try mode("agent/state.sqlite") == 0o600)
    }

    @Test("a secret that a container prints is not shown")
    func redaction() {
        let redaction = Redaction(secrets: ["hunter2", "s3cret"])
        #expect(redaction("mariadb -phunter2 --x=s3cret") == "mariadb -p*** --x=***")
    }

    @Test("a second site of one name on the same server gets a database of its own")
    func databaseNames() {
        let site = Site(name: ObjectName("one"), bench: ObjectName("shop"), siteName: "one.localhost")
        let usual = DatabaseName.make(object: site.name, siteName: site.siteName)
        #expect(OwnNewDatabase.freeName(site, taken: []) == usual)
        #expect(OwnNewDatabase.freeName(site, taken: [usual, "\(usual)_2"]) == "\(usual)_3")
    }
}
