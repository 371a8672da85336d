#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

private let systemWrite = write as @Sendable (Int32, UnsafeRawPointer?, Int) -> Int

/// What the three standard descriptors can do, and whole writes to them.
enum Terminal {
    static let outputDescriptor = STDOUT_FILENO

    static func error(_ text: String) {
        _ = write(ShownText.text(text, colours: Style.errors.isColoured) + "\n", to: STDERR_FILENO)
    }

    /// Lines of an answer for a person.
    static func output(_ lines: String) { answer(ShownText.text(lines, colours: Style.output.isColoured) + "\n") }

    /// What is to be a file or a program's input: as it is, unless a person looks at it here.
    static func file(_ text: String) {
        answer(isatty(STDOUT_FILENO) == 1 ? ShownText.text(text, colours: false) : text)
    }

    /// Who reads no further, as `head` does, ends the program quietly.
    private static func answer(_ text: String) {
        guard !write(text, to: STDOUT_FILENO) else { return }
        let code = errno
        if code != EPIPE { error("error: cannot write to standard output: \(String(cString: strerror(code)))") }
        ProgramEnd.now(code == EPIPE ? 0 : 1)
    }

    /// Writes all of it, without a line end; false when nobody reads any more.
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { return false }
            } else {
                rest = rest.dropFirst(count)
            }
        }
        return true
    }

    /// Whether somebody can be asked.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Whether the descriptor is a terminal that understands colours and a moving cursor.
    static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && !["dumb", ""].contains(variable("TERM") ?? "")
    }

    /// Whether an answer is printed right below a tree of progress.
    static var showsTreeAbove: Bool { isTerminal(STDOUT_FILENO) && isTerminal(STDERR_FILENO) }

    struct Size: Hashable {
        var columns: Int
        var rows: Int
    }

    /// The terminal's size now; where it does not say, `COLUMNS` and `LINES`, or 80 by 24. Nil when it is no terminal.
    static func size(of descriptor: Int32) -> Size? {
        guard isatty(descriptor) == 1 else { return nil }
        var window = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &window) != 0 { window = winsize() }
        func pick(_ told: UInt16, _ name: String, _ usual: Int) -> Int {
            told > 0 ? Int(told) : variable(name).flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? usual
        }
        return Size(columns: pick(window.ws_col, "COLUMNS", 80), rows: pick(window.ws_row, "LINES", 24))
    }

    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
