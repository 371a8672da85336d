/// A Redis that runs elsewhere, for cache and queue of a bench.
package struct ExternalRedis: Hashable, Codable, Sendable {
    package var host: String
    package var port: Int
    /// The Secret with its `password`, and its `username` where it has users.
    package var secret: ObjectName?

    package init(host: String, port: Int, secret: ObjectName? = nil) {
        self.host = host
        self.port = port
        self.secret = secret
    }

    package var address: String { "\(host):\(port)" }
    /// Without the login, which only the written configuration has.
    package var url: String { "redis://\(address)" }
}

/// What was recorded of the external Redis that a bench is connected to.
package struct ExternalRedisRecord: Hashable, Codable, Sendable {
    package var address: String
    /// Of the login; a change of it is followed.
    package var fingerprint: String
    /// Counts up with each login, so that what was started with another one is replaced.
    package var revision: Int

    package init(address: String, fingerprint: String, revision: Int) {
        self.address = address
        self.fingerprint = fingerprint
        self.revision = revision
    }
}
