#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Colours for one output, used beside words and signs, never instead of them.
struct Style: Sendable {
    /// What a piece of text is, rather than what it looks like.
    enum Tone: Sendable {
        case good, warning, bad, faint, strong
        /// One of the colours for names, by its place; every place is taken.
        case name(Int)

        fileprivate var code: String {
            switch self {
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            case .faint: "2"
            case .strong: "1"
            case .name(let place): Self.names[abs(place % Self.names.count)]
            }
        }

        /// Readable on dark and on light; red stays for what is wrong.
        fileprivate static let names = ["36", "32", "35", "34", "33", "96", "92", "95", "94", "93"]
    }

    let isColoured: Bool

    /// Every sequence that a coloured text of ours has in it.
    static let sequences = Set((["0", "1", "2", "31", "32", "33"] + Tone.names).map { "\u{1B}[\($0)m" })

    /// No colours: what is piped, tested or stored.
    static let plain = Style(isColoured: false)
    static let output = Style(descriptor: STDOUT_FILENO)
    static let errors = Style(descriptor: STDERR_FILENO)

    init(isColoured: Bool) { self.isColoured = isColoured }

    /// Colours on a terminal, unless `NO_COLOR` is set to anything or the terminal is a dumb one.
    private init(descriptor: Int32) {
        isColoured = Terminal.isTerminal(descriptor) && (Terminal.variable("NO_COLOR") ?? "").isEmpty
    }

    func callAsFunction(_ text: String, _ tone: Tone) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(tone.code)m\(text)\u{1B}[0m" : text
    }

    /// A name in its own colour: the same in every run.
    func name(_ name: String) -> String { self(name, .name(Style.place(of: name))) }

    /// The place of a name among the colours, from its letters only.
    static func place(of name: String) -> Int {
        Int(name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % UInt32(Tone.names.count))
    }
}
