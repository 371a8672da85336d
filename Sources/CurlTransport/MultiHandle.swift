import CCurl
import CCurlShim
import Synchronization

/// A curl multi handle that is used by one thread and woken from any.
///
/// `@unchecked`: `pointer` is used by the owning thread only, save for curl_multi_wakeup, which libcurl allows from
/// any thread; the lock keeps it from meeting curl_multi_cleanup.
final class MultiHandle: @unchecked Sendable {
    private let isOpen = Mutex(true)
    private let pointer: UnsafeMutableRawPointer

    init() throws(TransportError) {
        try Curl.start()
        guard let pointer = curl_multi_init() else { throw Curl.failure("libcurl has no room for transfers") }
        self.pointer = pointer
        curl_shim_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, 64)
    }

    deinit {
        close()
    }

    /// Makes the poll that runs now, or else the next one, return at once.
    func wake() {
        isOpen.withLock { if $0 { _ = curl_multi_wakeup(pointer) } }
    }

    /// Closes every connection; all handles must have been removed.
    func close() {
        let wasOpen = isOpen.withLock { open in
            defer { open = false }
            return open
        }
        if wasOpen { curl_multi_cleanup(pointer) }
    }

    func add(_ easy: UnsafeMutableRawPointer) -> Bool {
        curl_multi_add_handle(pointer, easy) == CURLM_OK
    }

    func remove(_ easy: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(pointer, easy)
    }

    func perform() {
        var running: Int32 = 0
        curl_multi_perform(pointer, &running)
    }

    /// The next transfer that has ended.
    func nextFinished() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(pointer, &left) {
            if message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle {
                return (easy, message.pointee.data.result)
            }
        }
        return nil
    }

    /// Waits for sockets, libcurl's own timers, `wake`, or the time given.
    func poll(_ extra: inout [curl_waitfd], timeout: Duration = .seconds(3600)) {
        var ready: Int32 = 0
        let milliseconds = Int32(clamping: max(0, timeout.milliseconds))
        curl_multi_poll(pointer, &extra, UInt32(extra.count), milliseconds, &ready)
    }
}
