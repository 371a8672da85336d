import FrappeModel
import ManifestParsing
import Rendering
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The directory that holds everything of one installation.
package struct Root: Sendable {
    package let path: String

    /// Takes an absolute path, or one from the working directory.
    package init(_ path: String) throws(OperationError) {
        guard path.utf8.count <= PATH_MAX else {
            throw .usage("the root \(SafeText.word(path)) is too long: at most 60 bytes; such as --root /srv/frappe")
        }
        let absolute = FilePath(path).isAbsolute ? FilePath(path) : Root.workingDirectory.appending(path)
        self.path = absolute.lexicallyNormalized().string
        guard self.path.dropFirst().contains("/") else {
            throw .usage(
                "the root \(SafeText.word(self.path)) would put our directories beside the system's; name one below, such as /home/frappe"
            )
        }
        // A unix socket's path ends at 107 bytes; the longest of ours is run/<8>/worker-default-100-<8>.sock.
        guard self.path.utf8.count <= 60 else {
            throw .usage(
                "the root \(SafeText.word(self.path)) is too long: at most 60 bytes, since unix sockets live below it; such as --root /srv/frappe"
            )
        }
        guard self.path.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }) else {
            throw .usage(
                "the root \(SafeText.word(self.path)) has characters other than letters, digits, . _ - and /: name another, such as --root /srv/frappe"
            )
        }
    }

    private static var workingDirectory: FilePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return FilePath("/") }
        return FilePath(platformString: buffer)
    }

    /// Whether there is an installation.
    package var exists: Bool { HostFiles.kind(path + "/agent/state.sqlite") == .file }

    /// Makes the directories with their modes, and an empty state database that only its owner reads.
    package func prepare() throws(OperationError) {
        try HostFiles.makeDirectory(path, mode: 0o755, keepsMode: true)
        for (name, mode) in Self.directories { try HostFiles.makeDirectory("\(path)/\(name)", mode: mode) }
        try HostFiles.create("\(path)/agent/state.sqlite", mode: 0o600)
    }

    /// nginx's workers pass through agent/, benches/ and run/; containers never see a parent of their mounts.
    static let directories: [(String, UInt16)] = [
        ("agent", 0o711), ("agent/locks", 0o700), ("agent/secrets", 0o700), ("agent/logs", 0o755),
        ("agent/nginx", 0o711), ("agent/tls", 0o700), ("agent/acme", 0o755),
        ("benches", 0o711), ("run", 0o711), ("assets", 0o755), ("databases", 0o711),
        ("backups", 0o700), ("archived", 0o700),
    ]
}
