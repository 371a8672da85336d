import CCurl
import CCurlShim

extension EasyHandle {
    /// What every handle of ours has, whatever it is used for.
    func configureConnection(to destination: Destination, connectTimeout: Duration) {
        set(CURLOPT_NOSIGNAL, true)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_PATH_AS_IS, true)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
        curl_shim_set_close_on_exec(pointer)
        if case .unix(let path) = destination.endpoint { set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if let address = destination.address { set(CURLOPT_CONNECT_TO, ["::\(address):"]) }
        configureTrust(destination.trust)
    }

    func configureRequest(_ request: HTTPRequest, to destination: Destination) {
        configureConnection(to: destination, connectTimeout: request.connectTimeout)
        set(CURLOPT_URL, destination.endpoint.origin + request.path)
        set(CURLOPT_NOPROGRESS, true)
        set(CURLOPT_BUFFERSIZE, 64 << 10)
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        if request.method == .head { set(CURLOPT_NOBODY, true) }
        if request.mustNotRepeat {
            set(CURLOPT_FRESH_CONNECT, true)
            set(CURLOPT_FORBID_REUSE, true)
        }
        set(CURLOPT_HTTPHEADER, Self.lines(of: request.headers) + ["Expect:"])
    }

    /// A field without a value is written with a semicolon, or libcurl would leave it out.
    private static func lines(of headers: HTTPHeaders) -> [String] {
        headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    }

    private func configureTrust(_ trust: TLSTrust) {
        switch trust {
        case .system: break
        case .authority(let path): set(CURLOPT_CAINFO, path)
        case .any:
            set(CURLOPT_SSL_VERIFYPEER, false)
            set(CURLOPT_SSL_VERIFYHOST, false)
        }
    }
}

/// An endpoint with how to reach it and whom to believe there.
struct Destination: Sendable {
    let endpoint: Endpoint
    let address: String?
    let trust: TLSTrust
}
