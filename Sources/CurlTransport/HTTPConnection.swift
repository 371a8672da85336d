/// A connection that left HTTP behind after `101 Switching Protocols`: bytes both ways, each at its own pace.
///
/// One task may read while others write. Dropping the connection closes it and ends its thread.
package final class HTTPConnection: Sendable {
    package let head: HTTPResponseHead
    private let pump: SocketPump

    init(head: HTTPResponseHead, pump: SocketPump) {
        self.head = head
        self.pump = pump
    }

    deinit {
        pump.close()
    }

    /// Returns once the system has taken all of the bytes; a cancelled write closes the connection, as some of them
    /// may have been sent.
    package func write(_ bytes: [UInt8]) async throws(TransportError) {
        try await pump.write(bytes)
    }

    /// Tells the other side that nothing more will be written (`shutdown(SHUT_WR)`); reading goes on.
    package func closeWrite() async throws(TransportError) {
        try await pump.closeWrite()
    }

    /// The next bytes, nil once the other side has closed. A cancelled read loses nothing.
    package func read() async throws(TransportError) -> [UInt8]? {
        try await pump.read()
    }

    /// Closes both directions; whoever waits is told `cancelled`.
    package func close() {
        pump.close()
    }
}

/// What became of a request to leave HTTP.
package enum UpgradeOutcome: Sendable {
    case upgraded(HTTPConnection)
    /// The server answered in HTTP instead.
    case declined(HTTPResponse)
}
