import CurlTransport

// Which version of its API an Engine speaks, asked without naming one.
extension EngineClient {
    /// `HEAD /_ping` says it in a header. Where something between us and the Engine cuts such a request or drops the
    /// header, `GET` is asked, and at last the Engine's own description.
    func askVersion() async throws(EngineError) -> APIVersion {
        if let version = try await answered(.head) { return version }
        if let version = try await answered(.get) { return version }
        guard let text = try await describe().newest else {
            throw .malformed(request: "GET /version", why: "no ApiVersion in the answer")
        }
        return try APIVersion(newestOfEngine: text)
    }

    /// The oldest version that the Engine accepts; nil when it does not say.
    func minimumVersion() async -> APIVersion? {
        (try? await describe().minimum).flatMap { APIVersion($0) }
    }

    /// Nil where the answer says nothing about versions.
    private func answered(_ method: HTTPRequest.Method) async throws(EngineError) -> APIVersion? {
        let response: HTTPResponse
        do throws(EngineError) {
            response = try await ask(method, "/_ping")
        } catch .cut where method == .head {
            return nil
        }
        if method == .head, response.status != 200 { return nil }
        return try APIVersion(negotiatedFrom: response)
    }

    private func describe() async throws(EngineError) -> EngineDescription {
        let response = try await ask(.get, "/version")
        if let error = EngineError(status: response.status, body: response.body, request: "GET /version") {
            throw error
        }
        do {
            return try JSON.decode(EngineDescription.self, from: response.body)
        } catch {
            throw .malformed(request: "GET /version", why: JSON.complaint(error))
        }
    }

    private func ask(_ method: HTTPRequest.Method, _ path: String) async throws(EngineError) -> HTTPResponse {
        do throws(TransportError) {
            return try await http.send(HTTPRequest(method, path, timeout: EngineCall.readTimeout))
        } catch {
            throw report(error, "\(method.rawValue) \(path)")
        }
    }
}

/// What `GET /version` says about versions of the API.
private struct EngineDescription: Decodable {
    let newest: String?
    let minimum: String?

    init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        newest = object.optional("ApiVersion")
        minimum = object.optional("MinAPIVersion")
    }
}
