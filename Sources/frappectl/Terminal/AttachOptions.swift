import ArgumentParser
import Foundation
import Operations
import Synchronization

/// How a command inside a container is joined to this terminal, or to pipes.
struct AttachOptions: ParsableArguments {
    @Flag(name: [.customShort("t"), .customLong("tty")], help: "Give it a terminal even when this is none.")
    var forcesTerminal = false

    @Flag(
        name: [.customShort("T"), .customLong("no-tty")],
        help: "Give it no terminal: standard error stays apart, bytes stay as they are.")
    var refusesTerminal = false

    @Flag(
        name: [.customShort("n"), .customLong("no-stdin")],
        help: "Give it no input, as in a loop that reads its own.")
    var takesNoInput = false

    func validate() throws {
        if forcesTerminal && refusesTerminal { throw ValidationError("-t and -T exclude each other") }
    }

    private var isTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }
    var hasTerminal: Bool { !refusesTerminal && (forcesTerminal || isTerminal) }

    /// Runs what is joined to an attachment, and ends the program with its exit code.
    ///
    /// - Parameter text: what the command reads instead of standard input, without a terminal.
    func attach(reading text: String? = nil, _ work: (Attachment) async throws -> Int32) async throws {
        let attachment = makeAttachment(text)
        if attachment.terminal != nil, !takesNoInput { RawMode.enter() }
        defer { RawMode.leave() }
        let code = try await work(attachment)
        if code != 0 { throw ExitCode(code) }
    }

    private func makeAttachment(_ text: String?) -> Attachment {
        var attachment = Attachment(signals: Signals.take()) { [output = StandardOutput()] channel, bytes in
            await output.write(channel, bytes)
        }
        if let text {
            let once = Mutex<[UInt8]?>(Array(text.utf8))
            attachment.input = {
                once.withLock { rest in
                    defer { rest = nil }
                    return rest
                }
            }
            return attachment
        }
        if !takesNoInput, let input = StandardInput() { attachment.input = { await input.next() } }
        if hasTerminal {
            attachment.terminal = RawMode.size
            attachment.terminalKind = Terminal.variable("TERM")
            attachment.resizes = Signals.resizes()
            attachment.size = { RawMode.size }
        }
        return attachment
    }
}
