import CCurl
import CCurlShim
import Synchronization

/// Runs all transfers of one client on one thread of its own, which starts with the first of them.
///
/// Blocking libcurl calls on a Dispatch queue or on the cooperative pool would stall every other task.
final class CurlLoop: Sendable {
    enum Command: Sendable {
        case start(Transfer, any ResponseSink, timeout: Duration?)
        case cancel(Transfer)
        case resume(Transfer)
    }

    private enum Phase {
        case idle
        case running(MultiHandle)
        case stopped
    }

    private struct Inbox {
        var phase = Phase.idle
        var commands: [Command] = []
    }

    private let inbox = Mutex(Inbox())

    /// Hands a command to the thread. After `stop`, what would start ends as cancelled.
    func submit(_ command: Command) {
        if case .cancel(let transfer) = command { transfer.markCancelled() }
        do throws(TransportError) {
            try inbox.withLock { inbox throws(TransportError) in try accept(command, into: &inbox) }?.wake()
        } catch {
            if case .start(_, let sink, _) = command { sink.end(error) }
        }
    }

    /// Ends every transfer as cancelled, and the thread.
    func stop() {
        let multi = inbox.withLock { inbox -> MultiHandle? in
            defer { inbox.phase = .stopped }
            if case .running(let multi) = inbox.phase { return multi }
            return nil
        }
        multi?.wake()
    }

    private func accept(_ command: Command, into inbox: inout Inbox) throws(TransportError) -> MultiHandle? {
        switch inbox.phase {
        case .stopped:
            throw .cancelled
        case .running(let multi):
            inbox.commands.append(command)
            return multi
        case .idle:
            guard case .start = command else { return nil }
            let multi = try MultiHandle()
            try LoopThread.start(CurlLoopBody(inbox: self, multi: multi))
            inbox.phase = .running(multi)
            inbox.commands.append(command)
            return multi
        }
    }

    /// What has come in since the last call; nil once stopped and empty.
    fileprivate func takeCommands() -> (commands: [Command], isStopped: Bool) {
        inbox.withLock { inbox in
            defer { inbox.commands = [] }
            if case .stopped = inbox.phase { return (inbox.commands, true) }
            return (inbox.commands, false)
        }
    }
}

/// The thread's side of the loop; nothing else touches it once the thread runs.
private final class CurlLoopBody: LoopThread.Body {
    private let inbox: CurlLoop
    private let multi: MultiHandle
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]

    init(inbox: CurlLoop, multi: MultiHandle) {
        self.inbox = inbox
        self.multi = multi
    }

    func run() {
        var none: [curl_waitfd] = []
        while true {
            let (commands, isStopped) = inbox.takeCommands()
            commands.forEach(perform)
            if isStopped { break }
            multi.perform()
            while let (easy, code) = multi.nextFinished() { finish(easy, code) }
            multi.poll(&none)
        }
        for easy in active.keys { end(easy, .cancelled) }
        multi.close()
    }

    private func perform(_ command: CurlLoop.Command) {
        switch command {
        case .start(let transfer, let sink, let timeout):
            start(transfer, sink, timeout)
        case .cancel(let transfer):
            if let easy = transfer.handle { end(easy, .cancelled) }
        case .resume(let transfer):
            if let easy = transfer.handle, active[easy] != nil { curl_easy_pause(easy, CURLPAUSE_CONT) }
        }
    }

    private func start(_ transfer: Transfer, _ sink: any ResponseSink, _ timeout: Duration?) {
        guard !transfer.isCancelled else { return sink.end(.cancelled) }
        do throws(TransportError) {
            try transfer.prepare(for: sink, timeout: timeout)
        } catch {
            return transfer.end(error)
        }
        guard let easy = transfer.handle, multi.add(easy) else {
            return transfer.end(.exhausted(.init(code: 0, text: "libcurl did not take the transfer")))
        }
        active[easy] = transfer
    }

    private func finish(_ easy: UnsafeMutableRawPointer, _ code: CURLcode) {
        end(easy, active[easy]?.failure(code))
    }

    private func end(_ easy: UnsafeMutableRawPointer, _ failure: TransportError?) {
        guard let transfer = active.removeValue(forKey: easy) else { return }
        multi.remove(easy)
        transfer.end(failure)
    }
}
