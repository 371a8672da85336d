import Dispatch
import Foundation
import Operations
import Synchronization

/// Draws a tree of progress in place on standard error, at most ten times a second, until its operation ends.
final class LiveProgress: Sendable {
    private struct Picture {
        var tree = ProgressTree()
        /// The columns of each line that is on the screen now, above the cursor.
        var drawn: [Int] = []
        var size = Terminal.Size(columns: 80, rows: 24)
        var drawnAt = 0.0
        /// Whether something was told since it was drawn.
        var isStale = false
        var timer: (any DispatchSourceTimer)?
        var stop: (any DispatchSourceSignal)?
        var hasEnded = false
    }

    private let picture = Mutex(Picture())
    private let style = Style.errors
    private static let interval = 0.1

    /// Whether a person looks at standard error on a terminal where lines can be redrawn.
    static var isPossible: Bool { Terminal.isTerminal(STDERR_FILENO) }

    /// Takes an event; false when the operation has ended and nothing is drawn any more.
    func report(_ event: ProgressEvent) -> Bool {
        let now = Date().timeIntervalSince1970
        return picture.withLock { picture in
            guard !picture.hasEnded else { return false }
            picture.tree.apply(event, at: now)
            switch event {
            case .ended: end(&picture, now)
            case .warning(let text): draw(&picture, now, above: style("warning: ", .warning) + TextWidth.plain(text))
            default: begin(&picture, now)
            }
            return true
        }
    }

    private func begin(_ picture: inout Picture, _ now: Double) {
        picture.isStale = true
        if picture.timer == nil { watch(&picture) }
        if now - picture.drawnAt >= Self.interval { draw(&picture, now) }
    }

    /// Elapsed times go on where nothing is told; Ctrl-Z leaves a usable terminal behind.
    private func watch(_ picture: inout Picture) {
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval, leeway: .milliseconds(20))
        timer.setEventHandler { [self] in tick() }
        timer.resume()
        picture.timer = timer
        signal(SIGTSTP, SIG_IGN)
        let stop = DispatchSource.makeSignalSource(signal: SIGTSTP)
        stop.setEventHandler { [self] in pause() }
        stop.resume()
        picture.stop = stop
    }

    private func tick() {
        let now = Date().timeIntervalSince1970
        picture.withLock { picture in
            guard !picture.hasEnded else { return }
            let age = now - picture.drawnAt
            if picture.isStale && age >= Self.interval * 0.8 || age >= 0.5 { draw(&picture, now) }
        }
    }

    private func pause() {
        picture.withLock { picture in
            Cursor.show()
            kill(getpid(), SIGSTOP)
            // The shell wrote below: what is there stays, and a new picture begins.
            picture.drawn = []
            picture.isStale = true
        }
    }

    private func end(_ picture: inout Picture, _ now: Double) {
        picture.hasEnded = true
        picture.timer?.cancel()
        picture.stop?.cancel()
        if !picture.tree.isEmpty { draw(&picture, now, isLast: true) }
        Cursor.show()
        if picture.stop != nil { signal(SIGTSTP, SIG_DFL) }
    }

    /// Replaces the lines on the screen, in one write.
    ///
    /// - Parameter above: a line that stays, over the tree.
    private func draw(_ picture: inout Picture, _ now: Double, above: String? = nil, isLast: Bool = false) {
        let size = Terminal.size(of: STDERR_FILENO) ?? picture.size
        let frame = ProgressFrame(tree: picture.tree, now: now, columns: max(1, size.columns - 1), style: style)
        let lines = frame.lines(rows: isLast ? nil : max(1, size.rows - 1))
        var text = "\u{1B}[?7l"
        let up = Self.rows(of: picture.drawn, columns: size.columns)
        text += up > 0 ? "\r\u{1B}[\(min(up, size.rows - 1))A" : "\r"
        for line in (above.map { [$0] } ?? []) + lines { text += line + "\u{1B}[K\n" }
        text += "\u{1B}[J\u{1B}[?7h"
        if !isLast { Cursor.hide() }
        _ = Terminal.write(text, to: STDERR_FILENO)
        picture.drawn = lines.map { TextWidth.columns(Self.withoutStyle($0)) }
        picture.size = size
        picture.drawnAt = now
        picture.isStale = false
    }

    /// The rows that lines take once the terminal is so wide: a narrower one wraps those that are there.
    private static func rows(of lines: [Int], columns: Int) -> Int {
        lines.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
    }

    private static func withoutStyle(_ line: String) -> String {
        var plain = ""
        var isCode = false
        for character in line {
            if character == "\u{1B}" { isCode = true } else if !isCode { plain.append(character) }
            if isCode, character == "m" { isCode = false }
        }
        return plain
    }
}
