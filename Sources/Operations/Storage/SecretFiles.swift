/// A directory of secrets, a few small files, that goes with the data which they open.
enum SecretFiles {
    /// To another disk they are copied, whole before the first of them goes.
    static func move(_ source: String, to target: String) throws(OperationError) {
        let place = HostFiles.parent(of: target)
        guard !HostFiles.canMove(from: HostFiles.parent(of: source), to: place) else {
            return try HostFiles.move(source, to: target)
        }
        let partial = "\(target).partial"
        if HostFiles.kind(target) == .none {
            try HostFiles.makeDirectory(partial, mode: 0o700)
            for name in HostFiles.names(in: source) {
                let path = "\(source)/\(name)"
                guard let bytes = HostFiles.read(path) else { throw HostFiles.failure("read \(path)") }
                try HostFiles.replace("\(partial)/\(name)", with: bytes, mode: 0o600)
            }
            try HostFiles.move(partial, to: target)
        }
        for name in HostFiles.names(in: source) { HostFiles.removeFile("\(source)/\(name)") }
        HostFiles.removeEmptyDirectory(source)
    }
}
