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

    @Test func `ten thousand hostile streams are refused or read, byte for byte`() async {
        var random = SeededGenerator(1)
        for round in 0..<10_000 {
            // The tests beside this one measure times on the same threads.
            if round.isMultiple(of: 50) { await Task.yield() }
            var stream = random.bytes(Int.random(in: 0...60, using: &random))
            // Half of them start like a frame, so that the parser gets further.
            if Bool.random(using: &random) {
                stream = [UInt8.random(in: 0...4, using: &random), 0, 0, 0, 0, 0, 0] + stream
            }
            let result = try? outputs(of: stream, using: &random)
            let read = result?.outputs.values.reduce(0) { $0 + $1.count } ?? 0
            #expect(read <= stream.count)
        }
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
