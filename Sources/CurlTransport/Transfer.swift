import CCurl
import CCurlShim
import Synchronization

/// What a sink says to a piece of a body.
enum BodyVerdict {
    case taken
    /// Offer the same piece again after the transfer was resumed.
    case pause
    case refused(TransportError)
}

/// Where the answer of a transfer goes. Called on the loop's thread; `end` comes exactly once and last.
protocol ResponseSink: AnyObject, Sendable {
    func begin(_ head: HTTPResponseHead)
    func take(_ bytes: UnsafeRawBufferPointer) -> BodyVerdict
    func end(_ failure: TransportError?)
}

/// One exchange on the loop.
///
/// `@unchecked`: everything but `isCancelled` belongs to the loop's thread once the transfer was submitted.
final class Transfer: @unchecked Sendable {
    let request: HTTPRequest
    let destination: Destination
    private let cancelled = Atomic(false)
    private var sink: (any ResponseSink)?
    private var easy: EasyHandle?
    private var upload: UploadBody?
    private var parser = ResponseHeadParser()
    private var verdict: TransportError?

    init(_ request: HTTPRequest, to destination: Destination) {
        self.request = request
        self.destination = destination
    }

    var endpoint: Endpoint { destination.endpoint }
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }
    var handle: UnsafeMutableRawPointer? { easy?.pointer }

    /// Seen by the loop even when it comes before the transfer was started.
    func markCancelled() {
        cancelled.store(true, ordering: .releasing)
    }

    /// Makes the handle; `timeout` nil waits for ever.
    func prepare(for sink: any ResponseSink, timeout: Duration?) throws(TransportError) {
        self.sink = sink
        try request.validate()
        upload = try UploadBody(request.body)
        let easy = try EasyHandle()
        easy.configureRequest(request, to: destination)
        if let timeout { easy.set(CURLOPT_TIMEOUT_MS, timeout) }
        configureUpload(easy)
        configureCallbacks(easy)
        self.easy = easy
    }

    /// Reports the outcome and lets go of everything.
    func end(_ failure: TransportError?) {
        let sink = self.sink
        self.sink = nil
        easy = nil
        upload = nil
        sink?.end(failure)
    }

    /// The outcome for libcurl's code; nil for success.
    func failure(_ code: CURLcode) -> TransportError? {
        guard code != CURLE_OK, let easy else {
            return parser.isComplete ? nil : .malformed(endpoint, .init(code: 0, text: "an answer without a head"))
        }
        return verdict ?? easy.failure(code, endpoint: endpoint)
    }

    private func configureUpload(_ easy: EasyHandle) {
        let size = upload?.size ?? (request.method == .post || request.method == .put ? 0 : nil)
        guard let size else { return }
        easy.set(CURLOPT_UPLOAD, true)
        curl_shim_set_offset(easy.pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(size))
    }

    private func configureCallbacks(_ easy: EasyHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_shim_set_write(easy.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.from(context)?.takeHeader(bytes, size * count) ?? 0
        }
        curl_shim_set_write(easy.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.from(context)?.takeBody(bytes, size * count) ?? 0
        }
        curl_shim_set_read(easy.pointer) { bytes, size, count, context in
            Transfer.from(context)?.giveUpload(bytes, size * count) ?? Int(CURL_READFUNC_ABORT)
        }
        curl_shim_set_seek(easy.pointer) { context, offset, origin in
            Transfer.from(context)?.seekUpload(offset, origin) ?? CURL_SEEKFUNC_FAIL
        }
        for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA] {
            curl_shim_set_pointer(easy.pointer, option, context)
        }
    }
}

// The callbacks: each returns what libcurl expects of it.
extension Transfer {
    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        if let head = parser.take(line: line) { sink?.begin(head) }
        return count
    }

    private func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard parser.isComplete, let sink else { return 0 }
        switch sink.take(UnsafeRawBufferPointer(start: bytes, count: count)) {
        case .taken: return count
        case .pause: return Int(CURL_WRITEFUNC_PAUSE)
        case .refused(let failure):
            verdict = failure
            return 0
        }
    }

    private func giveUpload(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let upload else { return 0 }
        if let given = upload.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: count)) { return given }
        verdict = upload.failure
        return Int(CURL_READFUNC_ABORT)
    }

    private func seekUpload(_ offset: curl_off_t, _ origin: Int32) -> Int32 {
        origin == 0 && upload?.seek(to: Int64(offset)) == true ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }
}
