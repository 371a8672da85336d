import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Files of ours on the host; never used below a directory that containers can write, except to look at one name.
enum HostFiles {
    enum Kind { case none, file, directory, link, other }

    /// What is at a path, links not followed at its end.
    static func kind(_ path: String) -> Kind {
        var status = stat()
        return lstat(path, &status) == 0 ? kind(status) : .none
    }

    private static func kind(_ status: stat) -> Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }

    /// What `name` is inside the directory `child` of `parent`, no link followed on the way.
    static func kind(of name: String, in child: String, of parent: String) -> Kind {
        guard let outer = open(parent, flags: O_DIRECTORY | O_NOFOLLOW) else { return .none }
        defer { close(outer) }
        let inner = openat(outer, child, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else { return .none }
        defer { close(inner) }
        var status = stat()
        return fstatat(inner, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? kind(status) : .none
    }

    static func open(_ path: String, flags: Int32) -> Int32? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | flags)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Makes one directory; its parent must be there. One that is there already keeps its owner and gets the mode.
    ///
    /// - Parameter keepsMode: whether one that is there keeps its mode too: it may be somebody else's.
    static func makeDirectory(
        _ path: String, mode: UInt16, keepsMode: Bool = false
    ) throws(OperationError) {
        let isNew = mkdir(path, mode_t(mode)) == 0
        if !isNew, errno != EEXIST {
            if errno == ENOENT {
                try makeDirectory(parent(of: path), mode: 0o755)
                return try makeDirectory(path, mode: mode)
            }
            throw failure("make the directory \(path)")
        }
        guard kind(path) == .directory else {
            throw .failed("\(path) is in the way: it is not a directory", next: "ls -ld \(path)")
        }
        // What was made now has lost the bits of our umask.
        var status = stat()
        if isNew || !keepsMode, lstat(path, &status) == 0, status.st_mode & 0o7777 != mode_t(mode),
            chmod(path, mode_t(mode)) != 0
        {
            throw failure("set the mode of \(path)")
        }
    }

    static func create(_ path: String, mode: UInt16) throws(OperationError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
        guard descriptor >= 0 else { throw failure("create \(path)") }
        close(descriptor)
    }

    /// Writes a file whole or not at all: a temporary one beside it, flushed, renamed over it.
    /// - Parameter durable: whether it has to survive a power cut.
    static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt16, durable: Bool = true
    ) throws(OperationError) {
        let temporary = "\(path).new"
        unlink(temporary)
        let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
        guard descriptor >= 0 else { throw failure("create \(temporary)") }
        defer { close(descriptor) }
        do {
            try FileDescriptor(rawValue: descriptor).writeAll(bytes)
        } catch {
            unlink(temporary)
            throw .failed("cannot write \(temporary): \(error)", next: "df -h \(path)")
        }
        guard !durable || fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure("write \(path)") }
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return [UInt8](data)
    }

    static func text(_ path: String) -> String? { read(path).map { String(decoding: $0, as: UTF8.self) } }

    static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    static func move(_ source: String, to target: String) throws(OperationError) {
        guard rename(source, target) == 0 else { throw failure("move \(source) to \(target)") }
    }

    /// Removes a directory that holds nothing any more; one that does stays.
    static func removeEmptyDirectory(_ path: String) { _ = rmdir(path) }

    static func removeFile(_ path: String) { unlink(path) }

    /// Gives a directory to a group, so that nginx's workers may pass through it.
    static func setGroup(_ path: String, to group: UInt32) throws(OperationError) {
        guard lchown(path, uid_t.max, gid_t(group)) == 0 else { throw failure("give \(path) to group \(group)") }
    }

    static func setMode(_ path: String, to mode: UInt16) throws(OperationError) {
        guard kind(path) == .file, chmod(path, mode_t(mode)) == 0 else { throw failure("set the mode of \(path)") }
    }

    static func failure(_ what: String) -> OperationError {
        let code = errno
        let next =
            code == EACCES || code == EPERM
            ? "run frappectl as the owner of its root, or name a root of your own: --root ~/frappe"
            : code == ENOSPC || code == EDQUOT ? "df -h, and make room" : "frappectl doctor"
        return .failed("cannot \(what): \(String(cString: strerror(code)))", next: next)
    }
}

/// A file that a person asked for: made, never overwritten.
package enum NewFile {
    package static func write(_ text: String, to path: String) throws(OperationError) {
        guard HostFiles.kind(path) == .none else {
            throw .usage(
                "\(path) exists and is left as it is\n  next: frappectl up -f \(path), or name another file: frappectl init FILE"
            )
        }
        try HostFiles.replace(path, with: [UInt8](text.utf8), mode: 0o644)
    }
}
