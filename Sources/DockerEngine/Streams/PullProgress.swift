/// One step of a pull.
package struct PullProgress: Hashable, Sendable, Decodable {
    /// The layer, or the tag for the first line; nil for what is about the whole image.
    package let layer: String?
    package let status: String
    /// Bytes done, and of how many, where the Engine says so.
    package let current: Int64?
    package let total: Int64?
    let error: String?

    package init(from decoder: any Decoder) throws {
        let object = try decoder.object()
        layer = object.optional("id")
        status = object["status", or: ""]
        let progress = object.object("progressDetail")
        current = progress?.optional("current")
        total = progress?.optional("total")
        error = object.object("errorDetail")?.optional("message") ?? object.optional("error")
    }
}

/// The steps of a pull; ends when the image is there, throws when it will not be.
package struct PullProgressStream: AsyncSequence, Sendable {
    let lines: JSONLines

    package struct Iterator: AsyncIteratorProtocol {
        var lines: JSONLines

        package mutating func next() async throws(EngineError) -> PullProgress? {
            guard let progress = try await lines.next(PullProgress.self) else { return nil }
            guard let error = progress.error else { return progress }
            throw .failed(status: 200, message: error, request: lines.request)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(EngineError) -> PullProgress? {
            try await next()
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(lines: lines)
    }
}
