import Testing

@testable import frappectl

@Suite struct TableTests {
    private static let rows = [["web-1", "healthy", "http://one.localhost:8080"], ["東京", "failed", "", ""]]

    @Test func `what is piped is whole, without colours and without spaces at line ends`() {
        #expect(
            Table(rows: Self.rows).text == """
                web-1  healthy  http://one.localhost:8080
                東京   failed
                """)
    }

    @Test(arguments: [60, 40, 30, 28])
    func `on a terminal the widest column gives way`(_ columns: Int) {
        let lines = Table(rows: Self.rows, indent: "  ", columns: columns).text.split(separator: "\n")
        #expect(lines.allSatisfy { TextWidth.columns($0) <= columns }, "\(lines)")
        #expect(lines[0].hasPrefix("  web-1  healthy  http"))
        #expect(lines[0].hasSuffix("…") == (columns < 43))
    }

    @Test func `colours stand beside words and signs, and change no width`() {
        let text = Table(rows: [["+ web", "healthy"]], style: Style(isColoured: true)).text
        #expect(text == "\u{1B}[32m+\u{1B}[0m web  \u{1B}[32mhealthy\u{1B}[0m")
    }
}
