import Glibc
import Testing

/// Damage to bytes, the same for the same number.
struct Mutations {
    /// How many of each kind are tried: `FRAPPECTL_FUZZ`, and 100,000 where it says nothing.
    static let count = getenv("FRAPPECTL_FUZZ").flatMap { Int(String(cString: $0)) } ?? 100_000

    var bases: [[UInt8]]
    var tokens: [[UInt8]]

    init(_ bases: [String], _ tokens: [String]) {
        self.bases = bases.map { Array($0.utf8) }
        self.tokens = tokens.map { Array($0.utf8) }
    }

    /// One of the bases with up to six changes.
    func bytes(_ number: Int) -> [UInt8] {
        var random = SeededGenerator(UInt64(number) &* 0x2545_F491_4F6C_DD1D)
        var bytes = bases[number % bases.count]
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 0..<20, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.replaceSubrange(at..<end, with: tokens.randomElement(using: &random) ?? [])
            case 3: if at < bytes.count { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            case 4: bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }
}

/// Processor time of this thread: a measure that other work on the machine does not change.
enum Work {
    static func seconds(_ body: () -> Void) -> Double {
        let before = now
        body()
        return now - before
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Runs numbered trials; how many there were, and the seconds of processor time of the slowest.
func trials(_ count: Int = Mutations.count, _ trial: (Int) -> Void) async -> (done: Int, slowest: Double) {
    var slowest = 0.0
    for number in 0..<count {
        // The tests beside this one measure times on the same threads.
        if number.isMultiple(of: 50) { await Task.yield() }
        slowest = max(slowest, Work.seconds { trial(number) })
    }
    return (count, slowest)
}
