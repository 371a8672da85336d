import CCurl

extension EasyHandle {
    /// Sorts libcurl's codes into our failures.
    func failure(_ code: CURLcode, endpoint: Endpoint) -> TransportError {
        let cause = cause(of: code)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
            CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CIPHER:
            return .cannotConnect(endpoint, cause)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(endpoint, cause)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            return .malformed(endpoint, cause)
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN:
            return .invalidRequest(cause.text)
        default:
            return .cut(endpoint, cause)
        }
    }

    /// The system's word where there is one: libcurl says no more than "couldn't connect" of a missing socket.
    private func cause(of code: CURLcode) -> TransportError.Cause {
        let system = Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO))
        if code == CURLE_COULDNT_CONNECT, system != 0 {
            return .init(code: Int32(code.rawValue), text: TransportError.Cause.system(system).text)
        }
        let text = failureText.isEmpty ? String(cString: curl_easy_strerror(code)) : failureText
        return .init(code: Int32(code.rawValue), text: text)
    }
}
