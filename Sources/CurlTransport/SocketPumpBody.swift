import CCurl
import CCurlShim

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The thread's side of a connection that is not HTTP: connects through libcurl, then moves bytes both ways.
final class SocketPumpBody: LoopThread.Body {
    private let pump: SocketPump
    private let connectTimeout: Duration
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var hasReadAll = false
    /// How many bytes of the first order were written.
    private var written = 0

    init(_ pump: SocketPump, connectTimeout: Duration) {
        self.pump = pump
        self.connectTimeout = connectTimeout
    }

    deinit {
        scratch.deallocate()
    }

    func run() {
        do throws(TransportError) {
            let easy = try EasyHandle()
            try connect(easy)
            defer { pump.multi.remove(easy.pointer) }
            guard let socket = easy.activeSocket else { throw cut(CURLE_RECV_ERROR) }
            while try step(easy, socket) {}
        } catch {
            pump.end(error)
        }
        pump.multi.close()
    }

    private func connect(_ easy: EasyHandle) throws(TransportError) {
        easy.configureConnection(to: pump.destination, connectTimeout: connectTimeout)
        easy.set(CURLOPT_URL, pump.destination.endpoint.origin + "/")
        easy.set(CURLOPT_CONNECT_ONLY, true)
        guard pump.multi.add(easy.pointer) else {
            throw .exhausted(.init(code: 0, text: "libcurl did not take the transfer"))
        }
        guard let failure = awaitConnection(easy) else { return }
        pump.multi.remove(easy.pointer)
        throw failure
    }

    private func awaitConnection(_ easy: EasyHandle) -> TransportError? {
        var none: [curl_waitfd] = []
        while !pump.outlook.isOver {
            pump.multi.perform()
            if let code = pump.multi.nextFinished()?.code {
                return code == CURLE_OK ? nil : easy.failure(code, endpoint: pump.destination.endpoint)
            }
            pump.multi.poll(&none)
        }
        return .cancelled
    }

    /// Waits until something can be done and does it; false when the connection was closed.
    private func step(_ easy: EasyHandle, _ socket: Int32) throws(TransportError) -> Bool {
        let outlook = pump.outlook
        if outlook.isOver { return false }
        let wantsToRead = !hasReadAll && !pump.incoming.pauseIfFull()
        try wait(socket, reading: wantsToRead, writing: outlook.order != nil, until: outlook.deadline)
        if wantsToRead { try read(easy) }
        if let order = outlook.order { try write(order, easy, socket) }
        return true
    }

    /// With nothing to wait for, the socket is left out: a hang-up of the other side would make poll return for ever.
    private func wait(
        _ socket: Int32, reading: Bool, writing: Bool, until deadline: ContinuousClock.Instant?
    ) throws(TransportError) {
        let events = (reading ? CURL_WAIT_POLLIN : 0) | (writing ? CURL_WAIT_POLLOUT : 0)
        var sockets = events == 0 ? [] : [curl_waitfd(fd: socket, events: Int16(events), revents: 0)]
        guard let deadline else { return pump.multi.poll(&sockets) }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else {
            throw .timedOut(pump.destination.endpoint, .init(code: 28, text: "no answer to the upgrade"))
        }
        pump.multi.poll(&sockets, timeout: left + .milliseconds(1))
    }

    private func read(_ easy: EasyHandle) throws(TransportError) {
        repeat {
            var count = 0
            let code = curl_easy_recv(easy.pointer, scratch.baseAddress, scratch.count, &count)
            if code == CURLE_AGAIN { return }
            guard code == CURLE_OK else { throw cut(code) }
            guard count > 0 else {
                hasReadAll = true
                return pump.incoming.finish(nil)
            }
            _ = pump.incoming.offer(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        } while !pump.incoming.pauseIfFull()
    }

    private func write(_ order: SocketPump.Order, _ easy: EasyHandle, _ socket: Int32) throws(TransportError) {
        switch order {
        case .bytes(let bytes): try write(bytes, easy)
        case .endOfWriting:
            shutdown(socket, Int32(SHUT_WR))
            pump.completeFirst()
        }
    }

    private func write(_ bytes: [UInt8], _ easy: EasyHandle) throws(TransportError) {
        while written < bytes.count {
            var count = 0
            let code = bytes.withUnsafeBytes { all in
                let rest = UnsafeRawBufferPointer(rebasing: all[written...])
                return curl_easy_send(easy.pointer, rest.baseAddress, min(rest.count, 256 << 10), &count)
            }
            if code == CURLE_AGAIN { return }
            guard code == CURLE_OK else { return pump.refuseWrites(cut(code)) }
            written += count
        }
        written = 0
        pump.completeFirst()
    }

    private func cut(_ code: CURLcode) -> TransportError {
        let text = String(cString: curl_easy_strerror(code))
        return .cut(pump.destination.endpoint, .init(code: Int32(code.rawValue), text: text))
    }
}
