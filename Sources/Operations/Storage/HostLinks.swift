import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension HostFiles {
    /// The path with every link on it followed; nil where it leads nowhere.
    static func resolved(_ path: String) -> String? {
        guard let buffer = realpath(path, nil) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    static func parent(of path: String) -> String {
        FilePath(path).removingLastComponent().string
    }

    static func makeLink(_ path: String, to target: String) throws(OperationError) {
        guard symlink(target, path) == 0 else { throw failure("link \(path) to \(target)") }
    }

    /// Whether one rename leads from one directory into another, which it does within one mount only.
    ///
    /// The kernel looks at the mounts before it looks for the name, so a name that nobody has tells it.
    static func canMove(from source: String, to target: String) -> Bool {
        rename("\(source)/.frappectl-none", "\(target)/.frappectl-none") == 0 || errno == ENOENT
    }

    /// Whether another file system begins at a path, links at its end not followed.
    static func isMountPoint(_ path: String) -> Bool {
        var own = stat()
        var above = stat()
        guard lstat(path, &own) == 0, stat("\(path)/..", &above) == 0 else { return false }
        return own.st_mode & S_IFMT == S_IFDIR && own.st_dev != above.st_dev
    }

    /// Whether both are on one file system; true where either is not there.
    static func isSameDisk(_ first: String, _ second: String) -> Bool {
        var left = stat()
        var right = stat()
        return stat(first, &left) != 0 || stat(second, &right) != 0 || left.st_dev == right.st_dev
    }
}
