import DockerEngine
import Foundation
import FrappeModel
import ManifestParsing
import Testing

@testable import Operations

@Suite("Values that others chose")
struct HostileInputTests {
    private static let texts = [
        "", "'", "\"", "\\", "`", "';DROP DATABASE x;--", "a\nb", "a\r\nb", "\u{0}", "%", "_", "a`b``c", "\\'", "\\\\'",
        "$(id)", "東京🙂", "\u{1B}[2J", "/*", "--", "#", String(repeating: "'\\", count: 5000),
    ]

    /// MariaDB's reading of a text in single quotes, as far as what we write goes.
    private func read(quoted text: String) -> String? {
        var rest = Substring(text)
        guard rest.popFirst() == "'" else { return nil }
        var value = ""
        while let next = rest.popFirst() {
            switch next {
            case "\\": value += rest.popFirst().map(String.init) ?? ""
            case "'":
                if rest.isEmpty { return value }
                guard rest.popFirst() == "'" else { return nil }
                value += "'"
            default: value.append(next)
            }
        }
        return nil
    }

    @Test("a text in SQL is one literal and means what it was", arguments: texts)
    func literals(text: String) {
        #expect(read(quoted: DatabaseConsole.text(text)) == text)
        let name = DatabaseConsole.identifier(text)
        #expect(name.hasPrefix("`") && name.hasSuffix("`"))
        #expect(!name.dropFirst().dropLast().replacing("``", with: "").contains("`"))
    }

    @Test("names of databases are made of letters, digits and underscores alone", arguments: texts)
    func databaseNames(text: String) {
        let name = DatabaseName.make(object: ObjectName(text, namespace: text), siteName: text)
        #expect(name.utf8.count <= DatabaseName.longest)
        #expect(
            name.utf8.allSatisfy {
                UInt8(ascii: "a") <= $0 && $0 <= UInt8(ascii: "z") || 0x30...0x39 ~= $0 || $0 == 0x5F
            })
    }

    @Test("a secret of 10 MB, with every byte there is, is kept byte for byte")
    func secretBytes() throws {
        let directory = try TemporaryDirectory()
        let store = SecretStore(directory: directory.path)
        let every = (0...255).map { UInt8($0) }
        for value in [
            every, Array("'\"$(id)\n\r\u{0}".utf8), [], (0..<(10 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) },
        ] {
            try store.put(value, as: .manifest(ObjectName("a"), key: "b"))
            #expect(store.value(.manifest(ObjectName("a"), key: "b")) == value)
        }
    }

    @Test("a secret enters a container byte for byte")
    func archives() throws {
        let value = (0..<(10 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var archive = TarArchive()
        archive.addFile("run/secrets/x", value, mode: 0o400)
        #expect(try TarArchive(archive.bytes).contents(of: "run/secrets/x") == value)
    }

    @Test("a Secret's value is the same once read, kept and given to a container as JSON", arguments: texts.dropFirst())
    func secretValues(text: String) throws {
        let data = Data(text.utf8).base64EncodedString()
        let yaml = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {x: \"\(data)\"}\n"
        let documents = ManifestParser.documents(text: yaml, file: "a.yaml").documents
        let document = try #require(documents.first)
        #expect(ManifestParser.secretValues(of: document) == ["x": Array(text.utf8)])
        let work = BenchCommands(remove: [], commands: [.init(shown: "x", arguments: [text])], marker: nil)
        let json = try JSONSerialization.jsonObject(with: Data(try OneShotInput.encode(work))) as? [String: Any]
        let commands = json?["commands"] as? [[String: Any]]
        #expect(commands?.first?["arguments"] as? [String] == [text])
    }

    @Test("an empty secret takes nothing out of a text, and long ones do not slow it")
    func redaction() {
        #expect(Redaction(secrets: ["", "x"])("axb") == "a***b")
        #expect(Redaction(secrets: [String(repeating: "y", count: 1 << 20)])("axb") == "axb")
    }

    @Test("lines of a log, whatever is in them, are one line without anything a terminal acts on", arguments: texts)
    func logLines(text: String) {
        let bytes = Array("a\u{1B}]0;t\u{7}\u{9B}2J\(text)\u{202E}".utf8) + [0xFF, 0xFE]
        let shown = LogText.clean(bytes)
        #expect(shown.unicodeScalars.allSatisfy(SafeText.isPrintable))
        #expect(shown.utf8.count < bytes.count * 6 + 100)
    }

    @Test("a line of 10 MB is cut, and says so")
    func longLine() {
        let shown = LogText.clean(repeatElement(UInt8(ascii: "x"), count: LogLine.limit), isCut: true)
        #expect(shown.hasSuffix(" ... (cut after 64 KiB)"))
        #expect(TerminalText.plain(String(repeating: "\u{1B}", count: 10 << 20)).utf8.count < 5000)
    }

    @Test(
        "spans of time, however long, are times",
        arguments: [-1e300, -1e12, -8.64e10, 0, 8.64e10, 1e12, 1e300, .infinity, -.infinity])
    func times(seconds: Double) {
        let time = Timestamp(Date(timeIntervalSince1970: seconds))
        #expect(!time.seconds.isEmpty)
    }
}
