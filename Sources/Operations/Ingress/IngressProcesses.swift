import Glibc

/// A process as /proc shows it.
struct RunningProcess: Hashable, Sendable {
    var id: Int32
    var parent: Int32
    var owner: UInt32
    /// The command line, which nginx replaces by its title.
    var title: String

    static let masterTitle = "nginx: master process "
    var isMaster: Bool { title.hasPrefix(Self.masterTitle) }
    var isWorker: Bool { title.hasPrefix("nginx: worker process") }
    var isShuttingDown: Bool { title.hasPrefix("nginx: worker process is shutting down") }
}

/// What runs on this machine, read from /proc.
enum IngressProcesses {
    static func all() -> [RunningProcess] {
        IngressDisk.list("/proc").compactMap { Int32($0) }.compactMap(process)
    }

    /// Nil when there is no such process, or it is a zombie.
    static func process(_ id: Int32) -> RunningProcess? {
        guard id > 0, let status = IngressDisk.read("/proc/\(id)/stat"),
            let line = IngressDisk.read("/proc/\(id)/cmdline"), !line.isEmpty
        else { return nil }
        var facts = stat()
        guard stat("/proc/\(id)", &facts) == 0 else { return nil }
        let afterName = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard afterName.count > 1, afterName[0] != "Z", let parent = Int32(afterName[1]) else { return nil }
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return RunningProcess(id: id, parent: parent, owner: facts.st_uid, title: words.joined(separator: " "))
    }

    static func isAlive(_ id: Int32) -> Bool { process(id) != nil }

    /// Whether a process has the file open; false also when we may not know.
    static func holds(_ id: Int32, file: String) -> Bool {
        openFiles(of: id).contains { $0 == file || $0 == "\(file) (deleted)" }
    }

    static func openFiles(of id: Int32) -> [String] {
        IngressDisk.list("/proc/\(id)/fd").compactMap { IngressDisk.linkTarget("/proc/\(id)/fd/\($0)") }
    }

    static func name(of id: Int32) -> String {
        let bytes = IngressDisk.read("/proc/\(id)/comm") ?? []
        return String(decoding: bytes.filter { $0 >= 0x20 && $0 < 0x7f }, as: UTF8.self)
    }
}
