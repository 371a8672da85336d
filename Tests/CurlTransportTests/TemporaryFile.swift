#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is deleted when it is let go of.
final class TemporaryFile {
    let path: String

    init(_ bytes: [UInt8]) throws {
        path = "/tmp/fctl-curl-\(UInt64.random(in: .min ... .max)).bin"
        guard let file = fopen(path, "wb") else { throw TestFailure("cannot write \(path)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw TestFailure("cannot fill \(path)") }
    }

    deinit {
        unlink(path)
    }
}
