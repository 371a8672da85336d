import CCurl
import CCurlShim

/// Owns one curl easy handle with the lists and buffers it points into.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    init() throws(TransportError) {
        try Curl.start()
        guard let pointer = curl_easy_init() else { throw Curl.failure("libcurl has no room for a transfer") }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        curl_shim_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        curl_easy_cleanup(pointer)
        lists.forEach(curl_slist_free_all)
        errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) {
        curl_shim_set_long(pointer, option, value)
    }

    func set(_ option: CURLoption, _ value: Bool) {
        curl_shim_set_long(pointer, option, value ? 1 : 0)
    }

    /// libcurl copies the string.
    func set(_ option: CURLoption, _ value: String) {
        curl_shim_set_string(pointer, option, value)
    }

    /// Milliseconds; 0, which libcurl takes for "no limit", becomes 1.
    func set(_ option: CURLoption, _ value: Duration) {
        set(option, max(1, value.milliseconds))
    }

    func set(_ option: CURLoption, _ lines: [String]) {
        let list = lines.reduce(nil) { list, line in curl_slist_append(list, line) ?? list }
        guard let list else { return }
        lists.append(list)
        curl_shim_set_list(pointer, option, list)
    }

    func long(_ field: CURLINFO) -> Int {
        var value = 0
        curl_shim_get_long(pointer, field, &value)
        return value
    }

    /// The socket of a CONNECT_ONLY handle.
    var activeSocket: Int32? {
        var socket: curl_socket_t = -1
        let result = curl_shim_get_socket(pointer, CURLINFO_ACTIVESOCKET, &socket)
        return result == CURLE_OK && socket >= 0 ? socket : nil
    }

    /// What libcurl wrote about the last failure; empty when it wrote nothing.
    var failureText: String { String(cString: errorText) }
}

enum Curl {
    /// Loads and starts libcurl, once in the life of the process.
    static func start() throws(TransportError) {
        if let trouble { throw failure(trouble) }
    }

    static func failure(_ text: String) -> TransportError {
        .exhausted(.init(code: Int32(CURLE_FAILED_INIT.rawValue), text: text))
    }

    private static let trouble: String? = {
        if let why = curl_shim_load() {
            return "libcurl cannot be loaded: \(String(cString: why)); install it: apt-get install libcurl4"
        }
        return curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK ? nil : "libcurl did not start"
    }()
}

extension Duration {
    /// Whole milliseconds, for what fits in a timer of libcurl.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: min(seconds, Int64(Int32.max)) * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
