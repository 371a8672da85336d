import FrappeModel
import Testing

@testable import Rendering

@Suite struct IngressValueTests {
    @Test(arguments: [
        "one.localhost", "a", "default", "xn--bcher-kva.example", "1.example.com", "a-b.c--d.e", "10.0.0.1x",
    ])
    func `takes host names`(name: String) throws {
        #expect(try IngressValue.hostName(name) == name)
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b", "A.example", "a b", "a;b", "a{", "a}", "a\"", "a'", "a\\", "a$host", "a#", "~a",
        "*.a", "_", "a\n", "a\u{0}", "a/b", "a:80", "-a", "a-", "ä.example", "а.example", "a\u{200b}b", "127.0.0.1",
        "2130706433", "[::1]", "generation.frappectl.invalid", "ａ.example", "a\u{301}",
        String(repeating: "a", count: 64), Array(repeating: "abcdefghi", count: 26).joined(separator: "."),
    ])
    func `refuses what is no host name`(name: String) {
        #expect(throws: IngressRenderingError.refused(.hostName, name)) { try IngressValue.hostName(name) }
    }

    @Test(arguments: ["/a", "/home/frappe/benches/a b/1/sites", "/srv/~x/(1)/a,b=c@d+e", "/home/jörg/поле/场"])
    func `takes absolute paths`(path: String) throws {
        #expect(try IngressValue.path(path) == path)
    }

    @Test(arguments: [
        "", "a", "a/b", "/", "//", "/a/", "/a//b", "/a/../b", "/a/..", "/./a", "/a\"b", "/a'b", "/a;b", "/a{b", "/a}b",
        "/a$b", "/a\\b", "/a#b", "/a*b", "/a?b", "/a[b]", "/a\nb", "/a\rb", "/a\tb", "/a\u{0}b", "/a\u{7f}b",
        "/a\u{85}b",
        "/a\u{2028}b", "/a\u{feff}b", "/a\u{202e}b", "/a:b", "/a`b", "/a|b", "/a<b", "/a%b",
        "/" + String(repeating: "a", count: 1024),
    ])
    func `refuses what is no absolute path in shortest form`(path: String) {
        #expect(throws: IngressRenderingError.refused(.path, path)) { try IngressValue.path(path) }
    }

    @Test func `socket paths fit the kernel's limit`() throws {
        let longest = "/" + String(repeating: "a", count: 106)
        #expect(try IngressValue.upstream(.socket(longest)) == "unix:\(longest)")
        #expect(throws: IngressRenderingError.refused(.socketPath, longest + "a")) {
            try IngressValue.upstream(.socket(longest + "a"))
        }
        #expect(throws: IngressRenderingError.self) { try IngressValue.upstream(.socket("/a/../b.sock")) }
        #expect(throws: IngressRenderingError.self) { try IngressValue.upstream(.port(0)) }
        #expect(throws: IngressRenderingError.self) { try IngressValue.upstream(.port(65536)) }
    }

    @Test(arguments: ["127.0.0.1", "0.0.0.0", "::", "::1", "2001:db8::1"])
    func `takes addresses to listen on`(address: String) throws {
        let expected = address.contains(":") ? "[\(address)]:80" : "\(address):80"
        #expect(try IngressValue.listen(address, port: 80) == expected)
    }

    @Test(arguments: [
        "", "*", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4;", "unix:/x", "::g", "::1%eth0",
    ])
    func `refuses what is no address`(address: String) {
        #expect(throws: IngressRenderingError.self) { try IngressValue.listen(address, port: 80) }
    }

    @Test func `errors show hostile values harmlessly`() {
        let error = IngressRenderingError.refused(
            .hostName, "a\u{1b}[31m\n\u{202e}" + String(repeating: "x", count: 500))
        #expect("\(error)".utf8.allSatisfy { (0x20..<0x7f).contains($0) })
        #expect("\(error)".count < 250)
    }

    /// What nginx gives a meaning to, and what has surprised others.
    private static let alphabet: [Character] =
        Array("abz019-._/ ~@\"'\\;{}$#*?[]()|<>%:=,+&!^`\n\r\t") + ["\u{0}", "\u{7f}", "ä", "\u{202e}", "\u{301}", "。"]

    @Test func `100,000 random values: what is taken is harmless inside quotes and outside`() {
        var random = Repeatable(state: 1)
        var taken = 0
        for _ in 0..<100_000 {
            let length = Int.random(in: 0...12, using: &random)
            let text = String((0..<length).compactMap { _ in Self.alphabet.randomElement(using: &random) })
            if let name = (try? IngressValue.hostPattern(text)).map(IngressValue.escapedKey) {
                taken += 1
                #expect(
                    name.dropFirst(name.hasPrefix("*.") ? 2 : 0).drop { $0 == "\\" }.allSatisfy {
                        $0.isASCII && ($0.isLowercase || $0.isNumber || "-.".contains($0))
                    })
            }
            for path in [text, "/" + text] {
                guard let path = try? IngressValue.path(path) else { continue }
                taken += 1
                #expect(
                    path.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && !"\"'\\;{}$#*?[]|<>%:".unicodeScalars.contains($0)
                    })
                #expect(!path.split(separator: "/").contains { $0 == ".." || $0 == "." })
            }
            if let address = try? IngressValue.listen(text, port: 80) { #expect(address.hasSuffix(":80")) }
        }
        #expect(taken > 1_000)
    }
}

/// Random values that are the same in each run.
private struct Repeatable: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
