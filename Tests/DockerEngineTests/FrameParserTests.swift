import Testing

@testable import DockerEngine

@Suite struct FrameParserTests {
    private func frame(_ channel: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [channel, 0, 0, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
    }

    /// What each channel got, from chunks of random sizes.
    private func outputs(
        of stream: [UInt8], using random: inout SeededGenerator
    ) throws -> (outputs: [OutputChannel: [UInt8]], starts: Int, isWhole: Bool) {
        var parser = FrameParser()
        var outputs: [OutputChannel: [UInt8]] = [:]
        var starts = 0
        var rest = stream[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Int.random(in: 1...40, using: &random))
            rest = rest.dropFirst(chunk.count)
            for piece in try parser.take(Array(chunk)) {
                outputs[piece.channel, default: []] += piece.bytes
                starts += piece.startsMessage ? 1 : 0
            }
        }
        return (outputs, starts, parser.isBetweenFrames)
    }

    @Test(arguments: 0..<200) func `outputs are the same however the stream is cut into chunks`(_ seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        var stream: [UInt8] = []
        var expected: [OutputChannel: [UInt8]] = [:]
        var messages = 0
        for _ in 0..<20 {
            let isError = Bool.random(using: &random)
            let bytes = random.bytes(Int.random(in: 0...100, using: &random))
            stream += frame(isError ? 2 : 1, bytes)
            if !bytes.isEmpty { expected[isError ? .stderr : .stdout, default: []] += bytes }
            messages += bytes.isEmpty ? 0 : 1
        }
        let result = try outputs(of: stream, using: &random)
        #expect(result.outputs == expected)
        #expect(result.starts == messages)
        #expect(result.isWhole)
    }

    @Test func `an end inside a header or a frame is noticed`() throws {
        let whole = frame(1, [1, 2, 3])
        for count in 0...whole.count {
            var parser = FrameParser()
            _ = try parser.take(Array(whole.prefix(count)))
            #expect(parser.isBetweenFrames == (count == 0 || count == whole.count))
        }
    }

    @Test(arguments: [[4, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1], [72, 101, 108, 108, 111, 44, 32, 119]])
    func `a header that is none is refused`(_ header: [UInt8]) {
        var parser = FrameParser()
        #expect(throws: FrameParser.BadHeader.self) { try parser.take(header) }
    }

    @Test func `a frame that claims four gigabytes takes no more memory than what came`() throws {
        var parser = FrameParser()
        let pieces = try parser.take([1, 0, 0, 0, 255, 255, 255, 255, 9])
        #expect(pieces.map(\.bytes) == [[9]])
    }

    /// As a log is read: frames, their lines, and the times before them.
    @Test func `no damaged stream of a log crashes what reads it, and no byte is made up`() async {
        let stamp = "2024-05-01T10:20:30.5Z "
        let mutations = Mutations(
            [
                String(
                    decoding: frame(1, Array("\(stamp)one\n".utf8)) + frame(2, Array("\(stamp)two".utf8)), as: UTF8.self
                ),
                String(decoding: frame(1, []) + frame(0, Array("x\r\ny\n".utf8)), as: UTF8.self), "\(stamp)raw\r\n", "",
            ],
            [
                "\u{1}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{5}", "\u{2}\u{0}\u{0}\u{0}\u{7F}\u{0}\u{0}\u{0}", "\n", "\r",
                stamp, " ",
                "9999-12-31T23:59:59Z ", "\u{3}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}e", "\u{1B}[2J",
            ])
        let (done, slowest) = await trials { number in
            var random = SeededGenerator(UInt64(number))
            let stream = mutations.bytes(number) + (number.isMultiple(of: 3) ? random.bytes(30) : [])
            let read = (try? self.outputs(of: stream, using: &random))?.outputs.values.reduce(0) { $0 + $1.count } ?? 0
            let isFramed = number.isMultiple(of: 2)
            let lines = Self.lines(of: stream, isFramed: isFramed, hasTimestamps: number.isMultiple(of: 5))
            let kept = lines.reduce(0) { $0 + $1.bytes.count }
            if read > stream.count || kept > stream.count { Issue.record("stream \(number): \(read), \(kept)") }
        }
        #expect(done == Mutations.count && slowest < 1, "\(done), \(slowest) s")
    }

    /// Up to where the stream makes no sense any more.
    private static func lines(of stream: [UInt8], isFramed: Bool, hasTimestamps: Bool) -> [LogLine] {
        var parser = FrameParser()
        var assembler = LineAssembler(hasTimestamps: hasTimestamps, isFramed: isFramed)
        let whole = [OutputPiece(channel: .stdout, bytes: stream, startsMessage: false)]
        let pieces = isFramed ? (try? parser.take(stream)) ?? [] : whole
        return pieces.flatMap { assembler.take($0) } + assembler.finish()
    }

    @Test func `a line of 10 MB is read in parts, in time that grows with it`() throws {
        let work = { (count: Int) -> Double in
            let chunk = self.frame(1, [UInt8](repeating: 0x78, count: 16 << 10))
            return Work.seconds {
                var parser = FrameParser()
                var assembler = LineAssembler(hasTimestamps: false, isFramed: true)
                var parts = 0
                for _ in 0..<count / (16 << 10) {
                    for piece in (try? parser.take(chunk)) ?? [] { parts += assembler.take(piece).count }
                }
                #expect(parts + assembler.finish().count == count / LogLine.limit)
            }
        }
        let (few, many) = (work(2_621_440), work(10 << 20))
        #expect(many < few * 8 + 0.05, "\(few) s, then \(many) s")
    }
}

/// Random numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
