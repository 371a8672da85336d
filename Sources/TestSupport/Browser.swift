import CurlTransport
import Foundation

/// Requests to one host name as a browser makes them, with its cookies.
package struct Browser: Sendable {
    package let installation: Installation
    package let host: String
    package var cookies: [String: String] = [:]

    /// The session, once logged in.
    package var sid: String? { cookies["sid"] }

    package func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await send(HTTPRequest(.get, path, headers: headers))
    }

    package func post(_ path: String, form: [String: String]) async throws -> HTTPResponse {
        let text = form.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }.sorted().joined(separator: "&")
        let headers: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await send(HTTPRequest(.post, path, headers: headers, body: .data(Array(text.utf8))))
    }

    private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var request = request
        request.headers["Host"] = "\(host):\(installation.port)"
        if !cookies.isEmpty {
            request.headers["Cookie"] = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
        request.bodyLimit = 128 << 20
        return try await installation.send(request)
    }

    /// The same browser after a login, or a failure with the site's answer.
    package func loggedIn(password: String, user: String = "Administrator") async throws -> Browser {
        let answer = try await post("/api/method/login", form: ["usr": user, "pwd": password])
        guard answer.status == 200 else { throw TestFailure("login at \(host): \(answer.status) \(answer.text)") }
        var browser = self
        for field in answer.headers.fields where field.name.lowercased() == "set-cookie" {
            let parts = field.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { browser.cookies[parts[0]] = parts[1] }
        }
        return browser
    }

    /// Sends a file as the form of Frappe's desk does.
    package func upload(_ name: String, _ bytes: [UInt8], isPrivate: Bool) async throws -> HTTPResponse {
        let boundary = "frappectl-boundary-7MA4YWxkTrZu0gW"
        let head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="is_private"\r
            \r
            \(isPrivate ? 1 : 0)\r
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: application/octet-stream\r
            \r

            """
        let body = Array(head.utf8) + bytes + Array("\r\n--\(boundary)--\r\n".utf8)
        let headers: HTTPHeaders = ["Content-Type": "multipart/form-data; boundary=\(boundary)"]
        return try await send(HTTPRequest(.post, "/api/method/upload_file", headers: headers, body: .data(body)))
    }

    /// Enqueues a job of the demo image that takes a while; its name.
    package func enqueue(queue: String, seconds: Int) async throws -> String {
        let answer = try await post("/api/method/enqueue", form: ["queue": queue, "seconds": "\(seconds)"])
        guard let name = try JSON(answer.body).message.name.string else {
            throw TestFailure("enqueue at \(host): \(answer.status) \(answer.text.prefix(300))")
        }
        return name
    }

    package func job(_ name: String) async throws -> JSON {
        try JSON(try await get("/api/method/job?name=\(name)").body).message[0]
    }

    /// Enqueues a job of the demo image; whether a worker has done it in time.
    package func runsJob(queue: String, within time: Duration = .seconds(20)) async throws -> Bool {
        let answer = try await post("/api/method/enqueue", form: ["queue": queue])
        guard let name = try JSON(answer.body).message.name.string else {
            throw TestFailure("enqueue at \(host): \(answer.status) \(answer.text.prefix(300))")
        }
        return try await Waiting.until(within: time) {
            try JSON(try await get("/api/method/job?name=\(name)").body).message[0].finished != .null
        }
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

extension Installation {
    package func browser(_ host: String) -> Browser { Browser(installation: self, host: host) }

    /// A browser logged in as Administrator, with the password that the program tells.
    package func administrator(_ site: String, host: String? = nil) async throws -> Browser {
        let password = try await succeed(["site", "show", site, "--admin-password"]).output
        return try await browser(host ?? site).loggedIn(password: password.trimmingCharacters(in: .newlines))
    }
}
