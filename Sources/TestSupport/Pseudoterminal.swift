import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A terminal with a person at it: what is typed goes to the program, what the program shows can be waited for.
package final class Pseudoterminal: Sendable {
    private let person: Int32
    fileprivate let device: Int32
    private let seen = Mutex<[UInt8]>([])

    package init(rows: UInt16, columns: UInt16) throws {
        var (person, device): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&person, &device, nil, nil, &size) == 0 else { throw TestFailure("no terminal: \(errno)") }
        for descriptor in [person, device] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(person, F_SETFL, O_NONBLOCK)
        (self.person, self.device) = (person, device)
    }

    deinit {
        close(person)
        close(device)
    }

    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(person, $0.baseAddress, $0.count) }
    }

    package func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(person, UInt(TIOCSWINSZ), &size)
    }

    /// Whether keys are echoed and lines are kept back, as a shell wants them.
    package var isCooked: Bool {
        var mode = termios()
        tcgetattr(device, &mode)
        let flags = tcflag_t(ECHO | ICANON | ISIG)
        return mode.c_lflag & flags == flags && mode.c_oflag & tcflag_t(OPOST) != 0
    }

    /// Everything that was shown.
    package var text: String {
        seen.withLock { seen in
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(person, &chunk, chunk.count)
                guard count > 0 else { break }
                seen += chunk[..<count]
            }
            return String(decoding: seen, as: UTF8.self)
        }
    }

    /// Waits until the text was shown; nothing is forgotten.
    package func shows(_ wanted: String, within time: Duration = .seconds(30)) async throws {
        guard try await Waiting.until(within: time, { text.contains(wanted) }) else {
            throw TestFailure("the terminal does not show \(wanted.debugDescription) but: \(text.debugDescription)")
        }
    }

    /// Waits until the text was shown since the last call, and forgets everything up to its end.
    package func expect(_ wanted: String, within time: Duration = .seconds(20)) async throws {
        guard try await Waiting.until(within: time, { text.contains(wanted) }) else {
            throw TestFailure("the terminal does not show \(wanted.debugDescription) but: \(text.debugDescription)")
        }
        seen.withLock { seen in
            let shown = String(decoding: seen, as: UTF8.self)
            if let range = shown.range(of: wanted) { seen = Array(shown[range.upperBound...].utf8) }
        }
    }
}

extension Installation {
    /// Runs the program, or another one, in a terminal of its own; its exit code, or the signal's number below zero.
    package func run(
        _ arguments: [String], in terminal: Pseudoterminal, of other: String? = nil,
        environment: [String: String?] = [:],
        person: @escaping @Sendable (_ process: Int32) async throws -> Void
    ) async throws -> Int32 {
        let program = Program(
            environment: ["FRAPPECTL_ROOT": root, "TERM": "xterm", "NO_COLOR": nil], directory: directory)
        let device = FileDescriptor(rawValue: terminal.device)
        let result = try await Subprocess.run(
            .name("setsid"), arguments: Arguments(["--ctty", other ?? Program.path] + arguments),
            environment: program.merged(environment), workingDirectory: FilePath(directory),
            input: .fileDescriptor(device, closeAfterSpawningProcess: false),
            output: .fileDescriptor(device, closeAfterSpawningProcess: false),
            error: .fileDescriptor(device, closeAfterSpawningProcess: false)
        ) { execution in
            let process = execution.processIdentifier.value
            do { try await person(process) } catch {
                kill(process, SIGKILL)
                throw error
            }
        }
        switch result.terminationStatus {
        case .exited(let code): return code
        case .signaled(let number): return -number
        }
    }

    /// Runs a script around the program, which is `$FRAPPECTL`; what it wrote to standard output.
    package func bash(_ script: String) async throws -> String {
        let program = Program(environment: ["FRAPPECTL_ROOT": root, "FRAPPECTL": Program.path], directory: directory)
        let result = try await Subprocess.run(
            .name("bash"), arguments: ["-c", script], environment: program.merged([:]),
            workingDirectory: FilePath(directory), input: .none, output: .string(limit: 1 << 20))
        return result.standardOutput
    }
}
