import TestSupport

extension Installation {
    /// Talks to socketio as a browser on this machine would, through nginx, by a program of the bench image.
    ///
    /// - Parameters:
    ///   - event: goes on until it comes; without one a ping and its pong are all.
    ///   - whenConnected: runs once the socket answers.
    /// - Returns: 0 where all came in time, and what was heard.
    func listen(
        site: String, host: String, sid: String, origin: String? = nil, for event: String? = nil,
        more: [String] = [], timeout: Int = 15, whenConnected: () async throws -> Void = {}
    ) async throws -> (exitCode: Int, output: String) {
        let page = "http://\(host):\(port)"
        var arguments = [
            "/usr/local/bin/realtime-probe", page, "\(host):\(port)", origin ?? page, site, sid, "--timeout",
            "\(timeout)",
        ]
        if let event { arguments += ["--event", event] }
        return try await runContainer(arguments + more, network: "host", hosts: [host]) { line in
            if line.contains("\"pong\"") { try await whenConnected() }
        }
    }

    /// The same with the session of a browser, on a site that is called like its host.
    func listen(
        as browser: Browser, for event: String? = nil, more: [String] = [], whenConnected: () async throws -> Void = {}
    ) async throws -> (exitCode: Int, output: String) {
        try await listen(
            site: browser.host, host: browser.host, sid: browser.sid ?? "", for: event, more: more,
            whenConnected: whenConnected)
    }
}
