import FrappeModel

/// Values in `agent/secrets/`, one file each of mode 0600; nothing else on the host holds them.
package struct SecretStore: Sendable {
    let directory: String

    package init(directory: String) { self.directory = directory }

    package func value(_ name: SecretName) -> [UInt8]? { HostFiles.read(path(name)) }

    package func text(_ name: SecretName) -> String? { value(name).map { String(decoding: $0, as: UTF8.self) } }

    package func put(_ value: [UInt8], as name: SecretName) throws(OperationError) {
        guard name.path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isSafe) else {
            throw .failed("\(name) cannot be the name of a file that keeps a secret", next: "frappectl explain Secret")
        }
        let parent = HostFiles.parent(of: path(name))
        try makeParents(parent)
        try HostFiles.replace(path(name), with: value, mode: 0o600)
    }

    /// The value, made and stored before anything uses it where there is none.
    package func valueOrNew(_ name: SecretName, length: Int = 24) throws(OperationError) -> String {
        if let known = text(name) { return known }
        let fresh = Self.password(length: length)
        try put([UInt8](fresh.utf8), as: name)
        return fresh
    }

    package func remove(_ name: SecretName) { HostFiles.removeFile(path(name)) }

    /// The keys of a Secret manifest whose values are here.
    func keys(of secret: ObjectName) -> [String] {
        HostFiles.names(in: "\(directory)/manifest/\(secret.namespace)/\(secret.name)")
    }

    /// The MariaDB servers that secrets were made for.
    var servers: [String] { HostFiles.names(in: "\(directory)/mariadb").filter { Self.isSafe($0[...]) }.sorted() }

    /// Letters and digits from the system's generator: safe in SQL, option files and command lines.
    static func password(length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        return String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
    }

    private static func isSafe(_ part: Substring) -> Bool {
        !part.isEmpty && part != "." && part != ".."
            && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    private func makeParents(_ parent: String) throws(OperationError) {
        var path = directory
        for part in parent.dropFirst(directory.count).split(separator: "/") {
            path += "/\(part)"
            try HostFiles.makeDirectory(path, mode: 0o700)
        }
    }

    func path(_ name: SecretName) -> String { "\(directory)/\(name.path)" }
}

extension SecretName {
    /// A key of a Secret manifest.
    package static func manifest(_ secret: ObjectName, key: String) -> SecretName {
        SecretName("manifest/\(secret.namespace)/\(secret.name)/\(key)")
    }

    package static func adminPassword(of site: ObjectName) -> SecretName {
        SecretName("site/\(site.namespace)/\(site.name)/admin-password")
    }

    static func databasePassword(of site: ObjectName) -> SecretName {
        SecretName("site/\(site.namespace)/\(site.name)/database-password")
    }

    /// What tells the certificates that it was given for its database from others.
    static func databaseCertificates(of site: ObjectName) -> SecretName {
        SecretName("site/\(site.namespace)/\(site.name)/database-certificates")
    }
}

/// Takes known secrets out of text that others wrote, before anybody sees it.
struct Redaction: Sendable {
    let secrets: [String]

    func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { $1.isEmpty ? $0 : $0.replacing($1, with: "***") }
    }
}
