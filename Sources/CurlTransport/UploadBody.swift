#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes a request sends, read piece by piece from memory or from a file.
final class UploadBody {
    private enum Source {
        case bytes([UInt8])
        case file(descriptor: Int32, path: String)
    }

    let size: Int64
    private let source: Source
    /// Why `read` returned nil.
    private(set) var failure: TransportError?
    private var position: Int64 = 0

    init?(_ body: HTTPRequest.Body) throws(TransportError) {
        switch body {
        case .none:
            return nil
        case .data(let bytes):
            source = .bytes(bytes)
            size = Int64(bytes.count)
        case .file(let path):
            let opened = try Self.file(at: path)
            source = .file(descriptor: opened.descriptor, path: path)
            size = opened.size
        }
    }

    deinit {
        if case .file(let descriptor, _) = source { close(descriptor) }
    }

    /// Fills the buffer as far as it goes; 0 at the end, nil when the file cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let wanted = min(buffer.count, Int(size - position))
        let count: Int
        switch source {
        case .bytes(let bytes):
            let piece = Int(position)..<Int(position) + wanted
            bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[piece])) }
            count = wanted
        case .file(let descriptor, let path):
            count = pread(descriptor, buffer.baseAddress, wanted, off_t(position))
            if count < 0 { failure = .unreadableFile(path: path, .system(errno)) }
        }
        guard count >= 0 else { return nil }
        position += Int64(count)
        return count
    }

    func seek(to offset: Int64) -> Bool {
        guard (0...size).contains(offset) else { return false }
        position = offset
        return true
    }

    private static func file(at path: String) throws(TransportError) -> (descriptor: Int32, size: Int64) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadableFile(path: path, .system(errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = errno
            close(descriptor)
            throw .unreadableFile(path: path, .system(failure))
        }
        return (descriptor, Int64(status.st_size))
    }
}

extension TransportError.Cause {
    static func system(_ code: Int32) -> Self {
        Self(code: code, text: String(cString: strerror(code)))
    }
}
