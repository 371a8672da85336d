import CCurlShim

/// A thread of our own, outside Dispatch and the cooperative pool, that takes no signals.
enum LoopThread {
    protocol Body: AnyObject {
        func run()
    }

    /// Runs the body on a new thread, which keeps it alive until it returns.
    static func start(_ body: sending any Body) throws(TransportError) {
        let context = Unmanaged.passRetained(Box(body))
        let failure = curl_shim_start_thread("fctl-curl", { LoopThread.enter($0) }, context.toOpaque())
        guard failure != 0 else { return }
        context.release()
        throw .exhausted(.system(failure))
    }

    private static func enter(_ context: UnsafeMutableRawPointer?) {
        guard let context else { return }
        Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body.run()
    }

    private final class Box {
        let body: any Body

        init(_ body: any Body) {
            self.body = body
        }
    }
}
