import FrappeModel

/// What the processes of a container read from disks and wrote to them, in bytes since each began.
///
/// Control groups of the first version do not count what is written through the page cache, and leave the Engine
/// without figures: the kernel's own of each process are added up then.
struct ContainerIO: Hashable, Sendable {
    struct Bytes: Hashable, Sendable {
        var read = 0
        var written = 0
    }

    /// By process id.
    var processes: [Int: Bytes] = [:]

    /// Nil where the processes are not of this machine's kernel, or not ours to look at.
    static func read(process: Int) -> ContainerIO? {
        guard process > 0, let group = ContainerMemory.Group(process: process) else { return nil }
        var io = ContainerIO()
        if group.isUnified, let text = group.text("io.stat") {
            io.processes[0] = Bytes(devices: text)
            return io
        }
        guard let members = group.text("cgroup.procs") else { return nil }
        for member in members.split(separator: "\n").compactMap({ Int($0) }) {
            io.processes[member] = HostFiles.text("/proc/\(member)/io").flatMap(Bytes.init)
        }
        return io.processes.isEmpty ? nil : io
    }

    /// What was moved since an earlier reading by the processes that there are now; one that ended meanwhile took its
    /// figures along.
    func moved(since earlier: ContainerIO) -> Bytes {
        processes.reduce(into: Bytes()) { sum, process in
            let before = earlier.processes[process.key] ?? Bytes()
            sum.read += max(0, process.value.read - before.read)
            sum.written += max(0, process.value.written - before.written)
        }
    }
}

extension ContainerIO.Bytes {
    /// - Parameter devices: the text of `io.stat`, a line for each device.
    init(devices: String) {
        self.init()
        for word in devices.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=")
            guard parts.count == 2, let bytes = Int(parts[1]) else { continue }
            if parts[0] == "rbytes" { read += bytes }
            if parts[0] == "wbytes" { written += bytes }
        }
    }

    /// - Parameter text: that of `/proc/<pid>/io`.
    init?(_ text: String) {
        var values: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 { values[words[0]] = Int(words[1]) }
        }
        guard let read = values["read_bytes:"], let written = values["write_bytes:"] else { return nil }
        let cancelled = values["cancelled_write_bytes:"] ?? 0
        self.init(read: read, written: max(0, written - cancelled))
    }
}
