import DockerEngine
import Foundation
import Synchronization

/// The person's terminal while a command inside a container has it: every key goes through, nothing is echoed here.
///
/// It is given back by `leave` and, whatever way the program ends, at its exit; only SIGKILL leaves it as it is.
enum RawMode {
    private static let saved = Mutex<termios?>(nil)

    /// False where standard input is no terminal.
    @discardableResult
    static func enter() -> Bool {
        var mode = termios()
        guard tcgetattr(STDIN_FILENO, &mode) == 0 else { return false }
        let isFirst = saved.withLock { saved in
            defer { saved = saved ?? mode }
            return saved == nil
        }
        if isFirst { ProgramEnd.whenReached { RawMode.leave() } }
        cfmakeraw(&mode)
        return tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) == 0
    }

    static func leave() {
        saved.withLock { saved in
            guard var mode = saved else { return }
            tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
            saved = nil
        }
    }

    /// Of the terminal that shows the output; the classic one where it does not say.
    static var size: TerminalSize {
        let size = Terminal.size(of: STDOUT_FILENO) ?? Terminal.size(of: STDIN_FILENO)
        return TerminalSize(rows: size?.rows ?? 24, columns: size?.columns ?? 80)
    }
}
