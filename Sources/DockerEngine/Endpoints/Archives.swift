import CurlTransport

extension EngineClient {
    /// Unpacks a tar into a directory of a container, which need not run. Owners and modes are those of the tar.
    package func putArchive(
        _ archive: [UInt8], into id: String, at path: String
    ) async throws(EngineError) {
        var call = EngineCall(.put, "containers", id, "archive")
        call.ask("path", path)
        call.headers["Content-Type"] = "application/x-tar"
        call.body = .data(archive)
        try await answer(call)
    }

    /// A file or directory of a container as a tar, its entries named from its last component on.
    package func getArchive(from id: String, path: String) async throws(EngineError) -> ByteStream {
        var call = EngineCall(.get, "containers", id, "archive")
        call.ask("path", path)
        return ByteStream(body: try await open(call).body, client: self, request: call.label)
    }

    /// The same, whole, if it is not longer than `limit` bytes.
    package func getArchive(from id: String, path: String, limit: Int) async throws(EngineError) -> [UInt8] {
        var call = EngineCall(.get, "containers", id, "archive")
        call.ask("path", path)
        call.bodyLimit = limit
        return try await answer(call).body
    }
}

/// Bytes of the Engine as they arrive, for one reader.
package struct ByteStream: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let body: HTTPBody
    let client: EngineClient
    let request: String

    package func next() async throws(EngineError) -> [UInt8]? {
        do throws(TransportError) {
            return try await body.next()
        } catch {
            throw client.report(error, request)
        }
    }

    package func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> [UInt8]? {
        try await next()
    }

    package func makeAsyncIterator() -> ByteStream { self }
}
