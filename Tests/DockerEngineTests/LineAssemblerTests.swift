import Testing

@testable import DockerEngine

@Suite struct LineAssemblerTests {
    private static let stamp = "2024-05-01T10:20:30.5Z"
    private static let moment = Timestamp(nanosecondsSinceEpoch: 1_714_558_830_500_000_000)

    private func piece(_ text: String, _ channel: OutputChannel = .stdout, starts: Bool = true) -> OutputPiece {
        OutputPiece(channel: channel, bytes: Array(text.utf8), startsMessage: starts)
    }

    private func lines(_ pieces: [OutputPiece], timestamps: Bool = false, framed: Bool = true) -> [LogLine] {
        var assembler = LineAssembler(hasTimestamps: timestamps, isFramed: framed)
        return pieces.flatMap { assembler.take($0) } + assembler.finish()
    }

    @Test func `lines of both channels are kept apart, and the last needs no end`() {
        let found = lines([piece("a"), piece("x\n", .stderr), piece("b\n\nc")])
        #expect(found.map(\.text) == ["x", "ab", "", "c"])
        #expect(found.map(\.channel) == [.stderr, .stdout, .stdout, .stdout])
    }

    @Test func `timestamps are taken off each message`() {
        let found = lines([piece("\(Self.stamp) one\n"), piece("\(Self.stamp) two\n")], timestamps: true)
        #expect(found.map(\.text) == ["one", "two"])
        #expect(found.map(\.time) == [Self.moment, Self.moment])
    }

    @Test func `a long line that the Engine split has one timestamp and no rest of the others`() {
        let found = lines([piece("\(Self.stamp) on"), piece("\(Self.stamp) e\n")], timestamps: true)
        #expect(found.map(\.text) == ["one"])
        #expect(found.first?.time == Self.moment)
    }

    @Test func `a timestamp may come in parts`() {
        let parts = "\(Self.stamp) one\n".map { String($0) }
        let pieces = parts.enumerated().map { piece($0.element, starts: $0.offset == 0) }
        let found = lines(pieces, timestamps: true)
        #expect(found.map(\.text) == ["one"])
        #expect(found.first?.time == Self.moment)
    }

    @Test(arguments: [
        "no stamp\n", "nostamp\n", "2024-13-01T00:00:00Z late\n", String(repeating: "9", count: 90) + "\n",
    ])
    func `what is no timestamp stays in the line`(_ text: String) {
        let found = lines([piece(text)], timestamps: true)
        #expect(found.map(\.text) == [String(text.dropLast())])
        #expect(found.first?.time == nil)
    }

    @Test func `a terminal's lines have a timestamp each and lose the carriage return`() {
        let text = "\(Self.stamp) one\r\n\(Self.stamp) two\r\n"
        for cut in 0...text.count {
            let parts = [String(text.prefix(cut)), String(text.dropFirst(cut))]
            let found = lines(parts.map { piece($0, starts: false) }, timestamps: true, framed: false)
            #expect(found.map(\.text) == ["one", "two"])
            #expect(found.map(\.time) == [Self.moment, Self.moment])
        }
    }

    @Test func `a line without end comes in parts of bounded size`() {
        let long = String(repeating: "x", count: LogLine.limit * 2 + 10)
        let found = lines([piece(long), piece("\nshort\n")])
        #expect(found.map(\.bytes.count) == [LogLine.limit, LogLine.limit, 10, 5])
        #expect(found.map(\.continues) == [true, true, false, false])
    }
}
