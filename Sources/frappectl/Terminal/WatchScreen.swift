import Dispatch
import FrappeModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The terminal's second screen, for a picture that is redrawn; what was on the first comes back when it closes.
final class WatchScreen {
    private let keys: (any DispatchSourceRead)?
    private static let saved = Mutex<termios?>(nil)
    private static let isOpen = Atomic(false)

    init() {
        // Neither may leave the second screen standing.
        signal(SIGTSTP, SIG_IGN)
        signal(SIGQUIT, SIG_IGN)
        ProgramEnd.whenReached { WatchScreen.restore() }
        keys = Self.readKeys()
        _ = Terminal.write("\u{1B}[?1049h\u{1B}[?25l", to: STDOUT_FILENO)
        Self.isOpen.store(true, ordering: .relaxed)
    }

    /// `q` ends the program as Ctrl-C does; nothing that is typed shows.
    private static func readKeys() -> (any DispatchSourceRead)? {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        saved.withLock { $0 = settings }
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO)
        source.setEventHandler {
            var key: UInt8 = 0
            if read(STDIN_FILENO, &key, 1) != 1 || key == UInt8(ascii: "q") { kill(getpid(), SIGINT) }
        }
        source.resume()
        return source
    }

    /// As many lines as there is room for, the rest counted.
    func draw(_ text: String, every interval: Double) {
        let size = Terminal.size(of: STDOUT_FILENO) ?? .init(columns: 80, rows: 24)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let room = max(1, size.rows - 2)
        if lines.count > room {
            lines = Array(lines.prefix(room - 1)) + ["… \(lines.count - room + 1) more lines"]
        }
        let foot = "\(Watch.time())   every \(Quantity.duration(interval))   q ends"
        lines.append(Style.output(TextWidth.fit(foot, size.columns), .faint))
        let picture = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        _ = Terminal.write("\u{1B}[?7l\u{1B}[H\(picture)\u{1B}[J\u{1B}[?7h", to: STDOUT_FILENO)
    }

    /// The last picture stays on the first screen.
    func close(leaving text: String) {
        keys?.cancel()
        Self.restore()
        if !text.isEmpty { Terminal.output(text) }
    }

    private static func restore() {
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        _ = Terminal.write("\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO)
        saved.withLock { settings in
            if var before = settings { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
            settings = nil
        }
    }
}
