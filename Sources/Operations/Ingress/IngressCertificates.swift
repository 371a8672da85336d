import FrappeModel
import Rendering

/// Certificates of Secrets as files that nginx reads, in `agent/tls/`.
///
/// A file's name holds a hash of what is in it, and files are never overwritten: what is served stays what was tested.
struct IngressCertificates: Sendable {
    let host: HostContext

    /// Where the certificate of a Secret is, or will be once it is written.
    func certificate(of secret: ObjectName) throws -> IngressCertificate {
        let (certificate, key) = try values(of: secret)
        let stem = "\(host.layout.tls)/\(Self.prefix(secret))\(Self.hash(certificate, key))"
        return IngressCertificate(certificateFile: "\(stem).crt", keyFile: "\(stem).key")
    }

    func write(_ secrets: Set<ObjectName>) throws {
        for secret in secrets.sorted() {
            let files = try certificate(of: secret)
            let (certificate, key) = try values(of: secret)
            for (path, bytes) in [(files.certificateFile, certificate), (files.keyFile, key)]
            where HostFiles.kind(path) != .file || HostFiles.read(path) != bytes {
                try HostFiles.replace(path, with: bytes, mode: 0o600)
            }
        }
    }

    /// Removes the files that no site is served with.
    func removeAll(besides used: Set<ObjectName>) throws {
        let kept = Set(
            try used.flatMap { secret in
                let files = try certificate(of: secret)
                return [files.certificateFile, files.keyFile]
            })
        for name in HostFiles.names(in: host.layout.tls) where !kept.contains("\(host.layout.tls)/\(name)") {
            HostFiles.removeFile("\(host.layout.tls)/\(name)")
        }
    }

    /// The Secret whose file nginx's complaint names.
    func secret(blamedIn text: String, among secrets: Set<ObjectName>) -> ObjectName? {
        secrets.sorted().first { text.contains("\(host.layout.tls)/\(Self.prefix($0))") }
    }

    private func values(of secret: ObjectName) throws -> (certificate: [UInt8], key: [UInt8]) {
        guard let certificate = host.secrets.value(.manifest(secret, key: "tls.crt")),
            let key = host.secrets.value(.manifest(secret, key: "tls.key"))
        else {
            throw OperationError.failed(
                "the certificate of Secret \(secret) is not kept here",
                next: "give the Secret with tls.crt and tls.key: frappectl up -f FILE")
        }
        return (certificate, key)
    }

    /// Names hold no underscore, so that none is the beginning of another.
    private static func prefix(_ secret: ObjectName) -> String { "\(secret.namespace)_\(secret.name)_" }

    private static func hash(_ certificate: [UInt8], _ key: [UInt8]) -> String {
        StableHash.hex(StableHash.fnv64(certificate + [0] + key))
    }
}
