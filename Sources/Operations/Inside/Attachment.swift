import DockerEngine

/// The near end of a command that runs inside a container: a person's terminal, or a script's pipes.
package struct Attachment: Sendable {
    package enum Channel: Sendable { case output, errors }

    /// Why output can go nowhere any more.
    package enum OutputFailure: Error {
        /// Whoever read it has gone, as `head` does.
        case closed
        case failed(String)
    }

    /// The next bytes for the command, nil at the end; no function for a command without input.
    package var input: (@Sendable () async -> [UInt8]?)?
    package var write: @Sendable (Channel, [UInt8]) async -> OutputFailure?
    /// The size of the person's terminal; nil without one.
    package var terminal: TerminalSize?
    /// What kind of terminal it is, as `TERM` says.
    package var terminalKind: String?
    /// Something each time that size has changed, and how to ask for it.
    package var resizes: AsyncStream<Void>?
    package var size: (@Sendable () -> TerminalSize)?
    /// SIGINT, SIGTERM and SIGHUP as they come.
    package var signals: AsyncStream<Int32>

    package init(
        signals: AsyncStream<Int32>, write: @escaping @Sendable (Channel, [UInt8]) async -> OutputFailure?
    ) {
        self.signals = signals
        self.write = write
    }
}
