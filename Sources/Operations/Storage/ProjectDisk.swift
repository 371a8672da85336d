import CProjectQuota
import FoundationEssentials
import FrappeModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file system that bounds what a project takes, a project being a number that files and directories carry.
struct ProjectDisk: Sendable {
    /// The path of its block device.
    let device: String

    /// What is mounted, as the kernel tells it.
    static var mounts: String { HostFiles.text("/proc/self/mountinfo") ?? "" }

    /// Nil where the file system that a path is on bounds no projects.
    init?(holding path: String, mounts: String = Self.mounts) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let number = "\(Self.major(status.st_dev)):\(Self.minor(status.st_dev))"
        guard let device = Self.device(number, in: mounts) else { return nil }
        var block = stat()
        guard stat(device, &block) == 0, block.st_rdev == status.st_dev else { return nil }
        self.device = device
    }

    /// The source of the mount of a device that has quotas of projects in force.
    ///
    /// - Parameter number: as `8:1`.
    static func device(_ number: String, in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2, halves[0].split(separator: " ").dropFirst(2).first == number[...] else { continue }
            // Its type, its source, its options.
            let words = halves[1].split(separator: " ")
            guard words.count == 3, words[2].split(separator: ",").contains("prjquota") else { continue }
            return String(words[1])
        }
        return nil
    }

    private static func major(_ device: dev_t) -> dev_t { (device >> 8 & 0xfff) | (device >> 32 & ~0xfff) }
    private static func minor(_ device: dev_t) -> dev_t { (device & 0xff) | (device >> 12 & ~0xff) }

    /// Nil where we may not ask.
    func usage(of project: UInt32) -> FilesLimit? {
        var limit: UInt64 = 0
        var used: UInt64 = 0
        guard frappectl_quota_get(device, project, &limit, &used) == 0 else { return nil }
        return FilesLimit(limit: limit == 0 ? nil : Int(clamping: limit), used: Int(clamping: used))
    }

    /// - Parameter bytes: nil for no limit.
    func limit(_ project: UInt32, to bytes: Int?) throws(OperationError) {
        let code = frappectl_quota_set(device, project, UInt64(bytes ?? 0))
        guard code == 0 else { throw Self.failure("limit project \(project) of \(device)", code) }
    }

    /// The project of a directory, 0 for none; nil where it is no directory, or what is made in it counts for none.
    static func project(of directory: String) -> UInt32? {
        guard let file = open(directory) else { return nil }
        defer { close(file) }
        var project: UInt32 = 0
        var inherits: Int32 = 0
        guard frappectl_project_get(file, &project, &inherits) == 0 else { return nil }
        return project == 0 || inherits != 0 ? project : nil
    }

    /// Has a directory with all that is in it count for a project, 0 for none.
    static func mark(_ directory: String, _ project: UInt32) throws(OperationError) {
        guard let file = open(directory) else { throw HostFiles.failure("open \(directory)") }
        defer { close(file) }
        let code = frappectl_project_mark(file, project)
        guard code != ELOOP else {
            throw .failed(
                "directories in \(directory) are nested more than 200 deep, so that its files cannot be counted",
                next: "find \(directory) -mindepth 200 -maxdepth 200, and remove what nobody needs; then frappectl up")
        }
        guard code == 0 else { throw failure("count the files in \(directory)", code) }
    }

    private static func open(_ directory: String) -> Int32? {
        HostFiles.open(directory, flags: O_DIRECTORY | O_NOFOLLOW)
    }

    private static func failure(_ what: String, _ code: Int32) -> OperationError {
        errno = code
        return HostFiles.failure(what)
    }
}
