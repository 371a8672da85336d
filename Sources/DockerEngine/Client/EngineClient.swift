import CurlTransport

/// The Docker Engine behind one unix socket.
///
/// The first call asks the Engine which API version to speak; nothing is sent before. Calls run concurrently. One that
/// is cancelled returns at once, though the Engine may still do the work.
package final class EngineClient: Sendable {
    package let socketPath: String
    let http: HTTPClient
    let negotiation = VersionNegotiation()

    package init(socketPath: String = "/var/run/docker.sock") {
        self.socketPath = socketPath
        http = HTTPClient(.unix(socketPath))
    }

    /// Has what calls need loaded while other things are done.
    package static func prepare() { HTTPClient.prepare() }

    /// Ends every call as cancelled, and the thread behind them.
    package func shutDown() {
        http.shutDown()
    }

    /// The API version spoken with this Engine.
    package func apiVersion() async throws(EngineError) -> APIVersion {
        try await negotiation.version { () async throws(EngineError) in try await self.askVersion() }
    }

    /// The whole answer, once it is known to be a success.
    @discardableResult
    func answer(_ call: EngineCall) async throws(EngineError) -> HTTPResponse {
        let request = try await prepare(call)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await http.send(request)
        } catch {
            throw report(error, call.label)
        }
        if EngineError(status: response.status, body: response.body, request: call.label) == nil { return response }
        throw await refused(response.status, response.body, call)
    }

    /// The whole answer as a value.
    func value<Value: Decodable>(
        _ call: EngineCall, as type: Value.Type = Value.self
    ) async throws(EngineError) -> Value {
        let response = try await answer(call)
        do {
            return try JSON.decode(type, from: response.body)
        } catch {
            throw .malformed(request: call.label, why: JSON.complaint(error))
        }
    }

    /// The head of the answer, with its body still to be read.
    func open(_ call: EngineCall) async throws(EngineError) -> HTTPStream {
        let request = try await prepare(call)
        let refusal: (status: Int, body: [UInt8])
        do throws(TransportError) {
            let stream = try await http.stream(request)
            if stream.head.status < 300 { return stream }
            refusal = (stream.head.status, try await stream.body.collect(upTo: 1 << 20))
        } catch {
            throw report(error, call.label)
        }
        throw await refused(refusal.status, refusal.body, call)
    }

    /// A connection that is no longer HTTP.
    func hijack(_ call: EngineCall) async throws(EngineError) -> HTTPConnection {
        let request = try await prepare(call)
        let refusal: HTTPResponse
        do throws(TransportError) {
            switch try await http.upgrade(request) {
            case .upgraded(let connection): return connection
            case .declined(let response): refusal = response
            }
        } catch {
            throw report(error, call.label)
        }
        throw await refused(refusal.status, refusal.body, call)
    }

    /// A failure below HTTP as one of ours; makes the next call negotiate again where the Engine may be another now.
    func report(_ error: TransportError, _ request: String) -> EngineError {
        let error = EngineError(error, request: request)
        if error.mayMeanRestart { negotiation.forget() }
        return error
    }

    /// Why a call was refused. An Engine that refuses the version of its API that we speak answers 400, as for any bad
    /// request: what it says of itself tells them apart.
    private func refused(_ status: Int, _ body: [UInt8], _ call: EngineCall) async -> EngineError {
        if status == 400, let spoken = try? await apiVersion(), let minimum = await minimumVersion(), spoken < minimum {
            return .tooNew(engine: "\(minimum)", newest: "\(APIVersion.newest)")
        }
        return EngineError(status: status, body: body, request: call.label)
            ?? .malformed(request: call.label, why: "the Engine answered \(status)")
    }

    private func prepare(_ call: EngineCall) async throws(EngineError) -> HTTPRequest {
        try call.request(prefix: "/v\(try await apiVersion())")
    }
}
