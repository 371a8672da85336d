import FrappeModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whether a directory is fit for the files of benches: there, ours alone to change, and kept.
struct StorageDirectory: Sendable {
    let path: String
    let root: String

    /// What is emptied at every start of the machine.
    private static let temporary = ["/tmp", "/var/tmp"]

    var trouble: StorageTrouble? {
        guard let real = HostFiles.resolved(path), HostFiles.isDirectory(real) else {
            return StorageTrouble(
                reason: "\(path) is no directory", next: "sudo install -d \(path), and mount its disk there")
        }
        guard real == path else {
            return StorageTrouble(
                reason: "\(path) leads over a symbolic link to \(real)", next: "write path: \(real) into Host")
        }
        return placement ?? parts.lazy.compactMap { openness($0) }.first ?? access
    }

    private var placement: StorageTrouble? {
        if Self.isBelow(path, HostFiles.resolved(root) ?? root) {
            return StorageTrouble(
                reason: "\(path) is inside the root \(root), where benches are anyway",
                next: "leave the class out, or name a directory outside")
        }
        // A root that goes with the next start anyway loses nothing more.
        let lost = Self.temporary.first { Self.isBelow(path, $0) && !Self.isBelow(root, $0) }
        return lost.map {
            StorageTrouble(
                reason: "\(path) is in \($0), which is everybody's and emptied when the machine starts",
                next: "name a directory of a disk, such as /mnt/fast")
        }
    }

    private static func isBelow(_ path: String, _ parent: String) -> Bool {
        path == parent || path.hasPrefix("\(parent)/")
    }

    /// The directory and all above it, but for the first.
    private var parts: [String] {
        var parts: [String] = []
        for part in path.split(separator: "/") { parts.append("\(parts.last ?? "")/\(part)") }
        return parts
    }

    /// Whoever may change a directory on the way can put another in the place of ours.
    private func openness(_ part: String) -> StorageTrouble? {
        var status = stat()
        guard lstat(part, &status) == 0 else { return nil }
        if status.st_uid != 0, status.st_uid != geteuid() {
            return StorageTrouble(
                reason: "\(part) belongs to user \(status.st_uid), who could put other files in the place of a bench's",
                next: "sudo chown root \(part), or name another directory")
        }
        let isSticky = status.st_mode & 0o1000 != 0 && part != path
        if status.st_mode & 0o002 != 0, !isSticky {
            return StorageTrouble(
                reason: "everybody may write in \(part)", next: "sudo chmod o-w \(part), or name another directory")
        }
        // nginx's workers are somebody else where the master is root.
        if geteuid() == 0, status.st_mode & 0o001 == 0 {
            return StorageTrouble(
                reason: "\(part) does not let nginx's workers through", next: "sudo chmod o+x \(part)")
        }
        return nil
    }

    private var access: StorageTrouble? {
        guard Glibc.access(path, W_OK | X_OK) != 0 else { return nil }
        return StorageTrouble(
            reason: "this account may not write in \(path)", next: "sudo chown \(geteuid()) \(path)")
    }
}
