import Foundation
import Testing

@testable import ManifestParsing
@testable import frappectl

/// Nothing that anybody wrote acts on a terminal.
@Suite struct ShownTextTests {
    /// What terminals act on, and what is drawn as nothing or turns the direction of what follows.
    static let hostile = [
        "\u{1B}[2J", "\u{1B}]0;title\u{7}", "\u{1B}[31;1m", "\u{1B}c", "\u{9B}2J", "\r", "\u{8}\u{8}", "\u{7F}", "\t",
        "\u{0}", "\u{202E}txt.exe", "\u{200B}", "\u{FEFF}", "\u{2028}", "\u{85}", "\u{E000}", "\u{1B}", "\u{1B}[",
    ]

    @Test func `of all characters only printable ones and line ends pass`() {
        for value in (0...0x10FFFF).compactMap(Unicode.Scalar.init) where !SafeText.isPrintable(value) && value != "\n"
        {
            let text = "a\(value)b"
            let shown = [
                ShownText.text(text, colours: false), ShownText.text(text, colours: true), ShownText.json(text),
            ]
            guard shown.allSatisfy({ $0.unicodeScalars.allSatisfy(SafeText.isPrintable) }) else {
                Issue.record("U+\(String(value.value, radix: 16)) passes: \(shown)")
                return
            }
        }
        #expect(ShownText.text("Größe 東京 🙂\nnext", colours: false) == "Größe 東京 🙂\nnext")
    }

    @Test func `colours of ours pass where there are colours, and no other sequence does`() {
        let style = Style(isColoured: true)
        for tone in [Style.Tone.good, .warning, .bad, .faint, .strong] + (0..<20).map({ .name($0) }) {
            let text = style("word", tone)
            #expect(ShownText.text(text, colours: true) == text)
            #expect(!ShownText.text(text, colours: false).contains("\u{1B}"))
        }
        let text = ShownText.text("a\u{1B}[2Jb\u{1B}[31mc\u{1B}[0m\u{1B}[5m\u{1B}", colours: true)
        #expect(text == "a\\e[2Jb\u{1B}[31mc\u{1B}[0m\\e[5m\\e")
    }

    @Test(arguments: hostile + ["\"\\", "line\nend", "𝄞\u{E0001}", String(repeating: "\u{1B}\"", count: 5000)])
    func `JSON of a hostile text is valid, means the same and has nothing to act on`(_ text: String) throws {
        let line = try JSONOutput.line([text: [text]])
        #expect(line.unicodeScalars.allSatisfy(SafeText.isPrintable))
        #expect(try JSONDecoder().decode([String: [String]].self, from: Data(line.utf8)) == [text: [text]])
    }

    @Test func `a megabyte of escapes is shown as such`() {
        let text = String(repeating: "\u{1B}[2Jx", count: 200_000)
        #expect(ShownText.text(text, colours: true) == String(repeating: "\\e[2Jx", count: 200_000))
    }
}
