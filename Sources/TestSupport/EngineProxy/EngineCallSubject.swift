import Foundation

extension EngineCallRecord {
    /// Whom the call is about, asking the Engine behind `socketPath` where the call has only an id.
    ///
    /// Marks of one installation and the numbers of replicas are left out of the word. Commands that look inside a
    /// container are alike for all of them.
    func subject(at socketPath: String) -> String? {
        guard let name = givenName ?? foundName(at: socketPath) else { return nil }
        return name.replacing(/^\/?frappectl-[0-9a-f]{6}-/, with: "").replacing(/-[0-9a-f]{6,}\b/, with: "")
            .replacing(/-[0-9]+$/, with: "")
    }

    /// A creation has the name in its query.
    private var givenName: String? {
        guard template == "/containers/create" else { return nil }
        return URLComponents(string: path)?.queryItems?.first { $0.name == "name" }?.value
    }

    private func foundName(at socketPath: String) -> String? {
        var parts = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        if parts.first?.wholeMatch(of: /v[0-9.]+/) != nil { parts.removeFirst() }
        guard parts.count > 1, template.contains("{id}"), parts.last != "exec" else { return nil }
        switch parts[0] {
        case "containers":
            return Self.read("/containers/\(parts[1])/json", at: socketPath)?["Name"] as? String
        case "networks":
            return Self.read("/networks/\(parts[1])", at: socketPath)?["Name"] as? String
        default: return nil
        }
    }

    /// The answer to one call on a connection of its own, which the Engine ends.
    private static func read(_ path: String, at socketPath: String) -> [String: Any]? {
        guard let descriptor = UnixSocket.connect(to: socketPath) else { return nil }
        defer { close(descriptor) }
        let connection = SocketReader(descriptor, other: -1)
        guard connection.send(Array("GET \(path) HTTP/1.0\r\nHost: engine\r\n\r\n".utf8)),
            let head = connection.readHead(), MessageHead(head)?.status == 200
        else { return nil }
        return try? JSONSerialization.jsonObject(with: Data(connection.readToEnd())) as? [String: Any]
    }
}
