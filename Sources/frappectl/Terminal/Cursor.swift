import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The terminal's cursor: hidden while lines are redrawn, and shown again on every way out.
enum Cursor {
    private static let isHidden = Atomic(false)
    private static let isRegistered = Atomic(false)

    static func hide() {
        if !isRegistered.exchange(true, ordering: .relaxed) {
            ProgramEnd.whenReached { Cursor.show() }
            // Ctrl-\ ends the program at once, past everything else.
            signal(SIGQUIT) { number in
                _ = write(STDERR_FILENO, "\u{1B}[?25h\u{1B}[?7h", 11)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        if !isHidden.exchange(true, ordering: .relaxed) { _ = Terminal.write("\u{1B}[?25l", to: STDERR_FILENO) }
    }

    static func show() {
        if isHidden.exchange(false, ordering: .relaxed) { _ = Terminal.write("\u{1B}[?25h", to: STDERR_FILENO) }
    }
}
