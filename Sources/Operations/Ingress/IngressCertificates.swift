import FrappeModel
import Rendering

/// Certificates of Secrets, and those that authorities made, as files that nginx reads, in `agent/tls/`.
///
/// A file's name holds a hash of what is in it, and files are never overwritten: what is served stays what was tested.
struct IngressCertificates: Sendable {
    let host: HostContext

    /// What is kept of each now, and where nginx finds it once it is written.
    func files(of sources: Set<CertificateSource>) throws -> [CertificateSource: CertificateFiles] {
        var all: [CertificateSource: CertificateFiles] = [:]
        for source in sources { all[source] = try files(of: source) }
        return all
    }

    func write(_ all: [CertificateSource: CertificateFiles]) throws {
        for (path, bytes) in all.values.flatMap(\.files)
        where HostFiles.kind(path) != .file || HostFiles.read(path) != bytes {
            try HostFiles.replace(path, with: bytes, mode: 0o600)
        }
    }

    /// Removes the files that no site is served with.
    func removeAll(besides used: [CertificateSource: CertificateFiles]) {
        let kept = Set(used.values.flatMap(\.files).map(\.path))
        for name in HostFiles.names(in: host.layout.tls) where !kept.contains("\(host.layout.tls)/\(name)") {
            HostFiles.removeFile("\(host.layout.tls)/\(name)")
        }
    }

    /// Whose file nginx's complaint names.
    func source(blamedIn text: String, among sources: Set<CertificateSource>) -> CertificateSource? {
        sources.first { text.contains("\(host.layout.tls)/\(Self.prefix($0))") }
    }

    private func files(of source: CertificateSource) throws -> CertificateFiles {
        let values = try source.values.map { name in
            guard let value = host.secrets.value(name) else {
                throw OperationError.failed("\(source.words) is not kept here", next: source.remedy)
            }
            return value
        }
        let hash = StableHash.hex(StableHash.fnv64(Array(values.joined(separator: [0]))))
        let stem = "\(host.layout.tls)/\(Self.prefix(source))\(hash)"
        return CertificateFiles(files: zip(["crt", "key"], values).map { ("\(stem).\($0)", $1) })
    }

    /// Names hold no underscore, so that none is the beginning of another.
    private static func prefix(_ source: CertificateSource) -> String {
        switch source {
        case .secret(let secret): "\(secret.namespace)_\(secret.name)_"
        case .issued(let name): "_\(name)_"
        }
    }
}

/// A certificate and its key, or the one file that holds both.
struct CertificateFiles: Sendable {
    var files: [(path: String, bytes: [UInt8])]

    var certificate: IngressCertificate {
        IngressCertificate(certificateFile: files.first?.path ?? "", keyFile: files.last?.path ?? "")
    }
}

extension CertificateSource {
    /// The certificate and its key, or the one text that holds both.
    var values: [SecretName] {
        switch self {
        case .secret(let secret): ["tls.crt", "tls.key"].map { .manifest(secret, key: $0) }
        case .issued(let name): [.issuedCertificate(name)]
        }
    }

    var words: String {
        switch self {
        case .secret(let secret): "the certificate of Secret \(secret)"
        case .issued(let name): "the certificate that was made for \(name)"
        }
    }

    var remedy: String {
        switch self {
        case .secret: "give the Secret with a tls.crt and the tls.key that belongs to it: frappectl up -f FILE"
        case .issued(let name): "frappectl certificate renew \(name)"
        }
    }
}
