import FrappeModel
import Testing

@Suite struct FingerprintTests {
    private func text(_ parts: [String]) -> String {
        var fingerprint = Fingerprint()
        for part in parts { fingerprint.add(part) }
        return fingerprint.text
    }

    @Test func `the same values give the same digest`() {
        #expect(text(["one", "two"]) == text(["one", "two"]))
        #expect(text([]).count == 16)
    }

    @Test func `order, length and every byte count`() {
        let texts = [
            [], [""], ["", ""], ["a"], ["ab"], ["a", "b"], ["b", "a"], ["abcdefgh"], ["abcdefg", "h"], ["abcdefgi"],
            ["abcdefgh\0"], ["abcdefghijklmnop"], ["abcdefghijklmnoq"], ["abcdefgi", "abcdefgh"],
        ]
        #expect(Set(texts.map(text)).count == texts.count)
    }
}
