import CurlTransport

extension EngineClient {
    package func images(filters: Filters = [:]) async throws(EngineError) -> [ImageSummary] {
        var call = EngineCall(.get, "images", "json")
        try call.ask(filters)
        return try await value(call)
    }

    package func inspectImage(_ reference: String) async throws(EngineError) -> ImageDetail {
        try await value(EngineCall(.get, "images", reference, "json"))
    }

    /// Has the Engine ask the registry whether it has the image; an error where it has not or does not answer.
    package func askRegistry(for reference: String) async throws(EngineError) {
        try await answer(EngineCall(.get, "distribution", reference, "json"))
    }

    /// Pulls what the reference names (`latest` without tag or digest) for the host's own platform.
    ///
    /// The stream has to be read to its end: the image is there only then. A failure on the way is thrown by it.
    package func pullImage(
        _ reference: String, credentials: RegistryCredentials? = nil
    ) async throws(EngineError) -> PullProgressStream {
        var call = EngineCall(.post, "images", "create")
        let (name, version) = ImageReference.split(reference)
        call.ask("fromImage", name)
        call.ask("tag", version)
        if let credentials { call.headers["X-Registry-Auth"] = try credentials.header(for: call.label) }
        return PullProgressStream(lines: JSONLines(try await open(call).body, client: self, request: call.label))
    }

    package func tagImage(_ source: String, as reference: String) async throws(EngineError) {
        var call = EngineCall(.post, "images", source, "tag")
        let (name, version) = ImageReference.split(reference)
        call.ask("repo", name)
        call.ask("tag", version)
        try await answer(call)
    }

    package func removeImage(_ reference: String, force: Bool = false) async throws(EngineError) {
        var call = EngineCall(.delete, "images", reference)
        call.ask("force", force)
        try await answer(call)
    }
}

/// Takes references to images apart.
enum ImageReference {
    /// Name and tag or digest: a colon after the last slash starts a tag, one before it a registry's port.
    static func split(_ reference: String) -> (name: String, version: String) {
        if let at = reference.firstIndex(of: "@") {
            return (untagged(reference[..<at]).name, String(reference[reference.index(after: at)...]))
        }
        let (name, tag) = untagged(reference[...])
        return (name, tag ?? "latest")
    }

    private static func untagged(_ reference: Substring) -> (name: String, tag: String?) {
        let start = reference.lastIndex(of: "/") ?? reference.startIndex
        guard let colon = reference[start...].lastIndex(of: ":") else { return (String(reference), nil) }
        return (String(reference[..<colon]), String(reference[reference.index(after: colon)...]))
    }
}

/// A login at a registry; its description keeps the password to itself.
package struct RegistryCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let user: String
    let password: String
    let registry: String

    /// - Parameter registry: the registry's host, like "ghcr.io".
    package init(user: String, password: String, registry: String) {
        self.user = user
        self.password = password
        self.registry = registry
    }

    package var description: String { "\(user) at \(registry)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["user": user, "registry": registry]) }

    /// The JSON of the login in base64 for URLs.
    func header(for request: String) throws(EngineError) -> String {
        do {
            return Base64URL.encode(
                try JSON.encode(["username": user, "password": password, "serveraddress": registry]))
        } catch {
            throw .invalid(request: request, why: "the credentials cannot be encoded")
        }
    }
}

enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(alphabet[bits >> (18 - 6 * place) & 63]) }
            text += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
