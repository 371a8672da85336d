import Foundation
import Synchronization

/// A unix socket that answers like an Engine of some version would, as far as versions go.
package final class ScriptedEngine: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var version: String?
        package var body: String
        /// Sent as it is in the place of an answer, after which the connection ends.
        package var raw: [UInt8]?

        package init(raw: [UInt8]) {
            self.init()
            self.raw = raw
        }

        package init(_ status: Int = 200, version: String? = nil, _ body: String = "") {
            self.status = status
            self.version = version
            self.body = body
        }
    }

    /// What is said to a method and a path; nil cuts the connection.
    package typealias Script = @Sendable (_ method: String, _ path: String) -> Answer?

    package let socketPath: String
    private let listener: Int32
    private let script: Script
    private let received = Mutex<[String]>([])

    /// The calls so far, as `GET /v1.44/containers/json`.
    package var calls: [String] { received.withLock { $0 } }

    package init(at socketPath: String, _ script: @escaping Script) throws {
        self.socketPath = socketPath
        self.script = script
        unlink(socketPath)
        listener = try UnixSocket.listen(at: socketPath)
        Thread.detachNewThread { [self] in acceptConnections() }
    }

    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(socketPath)
    }

    private func acceptConnections() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            Thread.detachNewThread { [self] in
                serve(SocketReader(client, other: -1))
                close(client)
            }
        }
        close(listener)
    }

    private func serve(_ client: SocketReader) {
        while let head = client.readHead(), let request = MessageHead(head) {
            let words = request.start.split(separator: " ").map(String.init)
            guard words.count > 1, client.forward(request.requestBody, to: nil) else { return }
            let path = words[1].prefix { $0 != "?" }
            received.withLock { $0.append("\(words[0]) \(path)") }
            guard let answer = script(words[0], String(path)) else { return client.end() }
            if let raw = answer.raw {
                _ = client.send(raw)
                return client.end()
            }
            let version = answer.version.map { "Api-Version: \($0)\r\n" } ?? ""
            let type = "Content-Type: application/json\r\nContent-Length: \(answer.body.utf8.count)\r\n"
            let text =
                "HTTP/1.1 \(answer.status) Answer\r\n\(version)\(type)\r\n" + (words[0] == "HEAD" ? "" : answer.body)
            guard client.send(Array(text.utf8)) else { return }
        }
    }

    /// An Engine that takes calls of these versions, has no containers, and refuses other versions in Docker's words.
    package static func speaking(_ oldest: String, to newest: String) -> Script {
        { _, path in
            let parts = path.split(separator: "/").map(String.init)
            switch parts.first {
            case "_ping": return Answer(version: newest, "OK")
            case "version":
                return Answer(version: newest, #"{"ApiVersion":"\#(newest)","MinAPIVersion":"\#(oldest)"}"#)
            default: break
            }
            let spoken = parts.first.map { String($0.dropFirst()) } ?? ""
            if isBefore(spoken, oldest) {
                let complaint =
                    "client version \(spoken) is too old. Minimum supported API version is \(oldest), please upgrade "
                    + "your client to a newer version"
                return Answer(400, version: newest, #"{"message":"\#(complaint)"}"#)
            }
            if isBefore(newest, spoken) {
                let complaint = "client version \(spoken) is too new. Maximum supported API version is \(newest)"
                return Answer(400, version: newest, #"{"message":"\#(complaint)"}"#)
            }
            return Answer(version: newest, parts.last == "info" ? "{}" : "[]")
        }
    }

    private static func isBefore(_ one: String, _ other: String) -> Bool {
        one.compare(other, options: .numeric) == .orderedAscending
    }
}
