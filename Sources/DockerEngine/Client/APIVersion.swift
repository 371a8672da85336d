import CurlTransport

/// A version of the Engine's API, like 1.41.
package struct APIVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    /// The oldest we work with: Engine 20.10.
    package static let minimum = APIVersion(1, 41)
    /// The newest we know: Engine 25. Engine 29 refuses anything older.
    package static let newest = APIVersion(1, 44)

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major, minor)
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    /// The version to speak with an Engine whose newest is `self`; nil when it is too old for us.
    package var spoken: APIVersion? {
        self < .minimum ? nil : min(self, .newest)
    }
}

extension APIVersion {
    /// The version to speak, by an Engine's answer to `/_ping`; nil when it names none.
    init?(negotiatedFrom response: HTTPResponse) throws(EngineError) {
        if let error = EngineError(status: response.status, body: response.body, request: "GET /_ping") { throw error }
        guard let text = response.headers["Api-Version"] else { return nil }
        try self.init(newestOfEngine: text)
    }

    /// The version to speak with an Engine whose newest is called so.
    init(newestOfEngine text: String) throws(EngineError) {
        guard let newest = APIVersion(text) else {
            throw .malformed(request: "GET /_ping", why: "'\(text)' is no version of its API")
        }
        guard let spoken = newest.spoken else {
            throw .unsupportedVersion(engine: text, minimum: "\(APIVersion.minimum)")
        }
        self = spoken
    }
}
