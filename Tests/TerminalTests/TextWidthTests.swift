import Testing

@testable import frappectl

@Suite struct TextWidthTests {
    @Test(arguments: [
        ("web-1", 5), ("", 0), ("Größe", 5), ("東京", 4), ("e\u{301}", 1), ("🙂", 2), ("한글 x", 6), ("ｆ", 2),
    ])
    func `Columns are counted as terminals draw them`(_ text: String, _ columns: Int) {
        #expect(TextWidth.columns(text) == columns)
    }

    @Test(arguments: [
        ("three.localhost", 8, "three.l…"), ("three", 5, "three"), ("東京都", 5, "東京…"), ("東京都", 4, "東…"), ("ab", 0, ""),
    ])
    func `What does not fit ends in an ellipsis`(_ text: String, _ width: Int, _ fitted: String) {
        #expect(TextWidth.fit(text, width) == fitted)
        #expect(TextWidth.columns(fitted) <= width)
    }

    @Test func `Nothing that a terminal would act on is left`() {
        let text = TextWidth.plain("a\u{1B}[2Jb\nc\u{202E}d")
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    }
}
