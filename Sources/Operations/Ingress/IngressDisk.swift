import Dispatch
import Glibc
import Synchronization
import SystemPackage

/// File system calls by path, below directories that only we write to.
enum IngressDisk {
    /// One that is there keeps its mode; a new one gets it whatever our umask is.
    static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(IngressError) {
        guard mkdir(path, mode) == 0 else {
            guard errno == EEXIST else { throw failed("create", path) }
            return
        }
        guard chmod(path, mode) == 0 else { throw failed("set the mode of", path) }
    }

    /// Creates the directories above as well.
    static func makeDirectories(_ path: String) throws(IngressError) {
        var prefix = ""
        for component in path.split(separator: "/") {
            prefix += "/\(component)"
            if !exists(prefix) { try makeDirectory(prefix) }
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Names of the entries, without `.` and `..`; empty when there is no such directory.
    static func list(_ path: String) -> [String] { entries(path).map(\.name) }

    /// Relative paths of all files below a directory, links among them not followed.
    static func files(below root: String, in directory: String = "") -> [String] {
        entries(directory.isEmpty ? root : "\(root)/\(directory)").flatMap { name, isDirectory in
            let path = directory.isEmpty ? name : "\(directory)/\(name)"
            return isDirectory ? files(below: root, in: path) : [path]
        }
    }

    private static func entries(_ path: String) -> [(name: String, isDirectory: Bool)] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var entries: [(name: String, isDirectory: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let type = Int(entry.pointee.d_type)
            let isDirectory = type == DT_DIR || type == DT_UNKNOWN && self.isDirectory("\(path)/\(name)")
            entries.append((name, isDirectory))
        }
        return entries
    }

    /// The whole file, or its last `limit` bytes; nil when it cannot be read.
    static func read(_ path: String, last limit: Int? = nil) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if let limit {
            let size = lseek(descriptor, 0, SEEK_END)
            lseek(descriptor, max(0, size - limit), SEEK_SET)
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? nil : bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Whether there is a directory, not a link to one.
    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Creates a file that must not be there yet.
    static func write(_ bytes: [UInt8], to path: String) throws(IngressError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failed("create", path) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failed("write", path) }
            written += count
        }
    }

    static func link(_ existing: String, as path: String) throws(IngressError) {
        guard Glibc.link(existing, path) == 0 else { throw failed("link", path) }
    }

    static func rename(_ path: String, to target: String) throws(IngressError) {
        guard Glibc.rename(path, target) == 0 else { throw failed("rename", path) }
    }

    /// Points a symbolic link somewhere else in one step.
    static func pointLink(_ path: String, at target: String) throws(IngressError) {
        let temporary = "\(path).new"
        unlink(temporary)
        guard symlink(target, temporary) == 0 else { throw failed("link", temporary) }
        try rename(temporary, to: path)
    }

    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Removes a tree without following links; what is not there is removed already.
    static func remove(_ path: String) throws(IngressError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw failed("remove", path) }
        for name in list(path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw failed("remove", path) }
    }

    /// Waits until a file or a directory is on the disk.
    static func sync(_ path: String) throws(IngressError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failed("sync", path) }
    }

    /// The same of many files, several at a time: the file system then waits for the disk once for all of these.
    static func sync(_ paths: [String]) throws(IngressError) {
        let failure = Mutex<IngressError?>(nil)
        let queue = DispatchQueue(label: "frappectl.sync", attributes: .concurrent)
        let lanes = min(paths.count, 16)
        for lane in 0..<lanes {
            queue.async {
                for index in stride(from: lane, to: paths.count, by: lanes) {
                    do throws(IngressError) { try sync(paths[index]) } catch { failure.withLock { $0 = $0 ?? error } }
                }
            }
        }
        queue.sync(flags: .barrier) {}
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Runs work that waits for the disk away from the cooperative pool.
    static func offPool<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
        }
    }

    private static func failed(_ action: String, _ path: String) -> IngressError {
        .file(action: action, path: path, code: Errno(rawValue: errno))
    }
}
