import Foundation
import Operations

/// Standard input as it comes, read by a thread of its own; reading ends when its task is cancelled.
final class StandardInput: Sendable {
    private let thread = BlockingThread()
    /// What is written to the second ends a wait at the first.
    private let wake: (reading: Int32, writing: Int32)

    /// Bytes; a pipe gives at most 64 KiB at once.
    private static let chunk = 128 << 10

    init?() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        wake = (ends[0], ends[1])
    }

    /// The next bytes, nil at the end.
    func next() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await thread.run { [wake] in Self.read(until: wake.reading) }
        } onCancel: {
            _ = [0].withUnsafeBytes { write(wake.writing, $0.baseAddress, 1) }
        }
    }

    private static func read(until wake: Int32) -> [UInt8]? {
        while true {
            var waits = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waits, nfds_t(waits.count), -1) >= 0 || errno == EINTR else { return nil }
            if waits[1].revents != 0 { return nil }
            guard waits[0].revents != 0 else { continue }
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, used in
                count = Glibc.read(STDIN_FILENO, buffer.baseAddress, chunk)
                used = max(0, count)
            }
            if count > 0 { return bytes }
            // A terminal that has gone, or one that others read from, is an end too.
            guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
        }
    }
}

/// Standard output and standard error, written by a thread of their own.
final class StandardOutput: Sendable {
    private let thread = BlockingThread()

    func write(_ channel: Attachment.Channel, _ bytes: [UInt8]) async -> Attachment.OutputFailure? {
        let descriptor = channel == .output ? STDOUT_FILENO : STDERR_FILENO
        guard let code = await thread.run({ Self.writeAll(bytes, to: descriptor) }) else { return nil }
        if code == EPIPE { return .closed }
        let name = channel == .output ? "standard output" : "standard error"
        return .failed("cannot write to \(name): \(String(cString: strerror(code)))")
    }

    /// The system's error, nil when everything was written.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
