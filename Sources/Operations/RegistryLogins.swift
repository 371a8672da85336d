import DockerEngine
import FoundationEssentials
import FrappeModel

/// Logins of registries out of Secrets of the type kubernetes.io/dockerconfigjson.
struct RegistryLogins: Sendable {
    static let key = ".dockerconfigjson"

    private var logins: [String: RegistryCredentials] = [:]

    /// - Throws: what is wrong with a Secret, never its value.
    init(_ secrets: [ObjectName], _ values: SecretValues) throws(OperationError) {
        for secret in secrets {
            guard let text = values.text(secret, Self.key),
                let file = try? JSONDecoder().decode(File.self, from: Data(text.utf8))
            else { throw Self.unreadable(secret, "its key \(Self.key) is not JSON with a map \"auths\"") }
            for (name, entry) in file.auths {
                guard let login = entry.login else {
                    throw Self.unreadable(
                        secret, "the entry of \(Self.host(name)) has no username and password, and no auth")
                }
                // As for Kubernetes, the first Secret that names a registry counts.
                let host = Self.host(name)
                logins[host] =
                    logins[host] ?? RegistryCredentials(user: login.user, password: login.password, registry: host)
            }
        }
    }

    private static func unreadable(_ secret: ObjectName, _ why: String) -> OperationError {
        .failed(
            "Secret \(secret) cannot be used as a pull secret: \(why)",
            next: "docker login writes one: base64 of ~/.docker/config.json as data, then frappectl up -f FILE")
    }

    /// The login for the registry that an image is pulled from.
    func credentials(for reference: String) -> RegistryCredentials? { logins[Self.registry(of: reference)] }

    static let hub = "docker.io"

    /// `ghcr.io` of `ghcr.io/me/erp:1`; that of Docker where the name begins with no host.
    static func registry(of reference: String) -> String {
        guard let slash = reference.firstIndex(of: "/") else { return hub }
        let first = String(reference[..<slash])
        return first.contains(".") || first.contains(":") || first == "localhost" ? host(first) : hub
    }

    /// The host of an entry, which may be a URL.
    private static func host(_ name: String) -> String {
        var text = name
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            text = String(text.dropFirst(scheme.count))
        }
        let host = String(text.prefix { $0 != "/" })
        return ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].contains(host) ? hub : host
    }

    private struct File: Decodable {
        var auths: [String: Entry]
    }

    private struct Entry: Decodable {
        var username: String?
        var password: String?
        var auth: String?

        var login: (user: String, password: String)? {
            if let username, let password { return (username, password) }
            guard let bytes = auth.flatMap({ Data(base64Encoded: $0) }) else { return nil }
            let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (String(parts[0]), String(parts[1]))
        }
    }
}
