import FrappeModel

/// What the kernel counted for a container since its last start, read from its control group; in bytes.
///
/// The Engine tells neither of processes that the kernel ended while the container lived on, nor of the peak.
struct ContainerMemory: Hashable, Sendable {
    /// Without the page cache that can be given up at once.
    var used: Int?
    var peak: Int?
    /// Processes ended because the limit was reached.
    var kills = 0

    /// Nil where the process is not of this machine's kernel, or not in a group of its own.
    static func read(process: Int) -> ContainerMemory? {
        guard process > 0, let group = Group(process: process) else { return nil }
        let names = group.names
        guard let current = group.text(names.current).flatMap({ Int($0.trimmed) }) else { return nil }
        var memory = ContainerMemory()
        let cache = value(names.cache, in: group.text("memory.stat")) ?? 0
        memory.used = max(0, current - cache)
        memory.peak = group.text(names.peak).flatMap { Int($0.trimmed) }
        memory.kills = value("oom_kill", in: group.text(names.events)) ?? 0
        return memory
    }

    /// The directory of the group, and what its files are called in that version of control groups.
    struct Group: Hashable {
        let path: String
        let isUnified: Bool

        /// - Parameters:
        ///   - groups: the text of `/proc/<pid>/cgroup`.
        ///   - controller: of the first version, where each has a tree of its own.
        init?(groups: String, isUnified: Bool, controller: String = "memory") {
            self.isUnified = isUnified
            let lines = groups.split(separator: "\n").map {
                $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            }
            let line = lines.first { line in
                line.count == 3
                    && (isUnified
                        ? line[0] == "0" : line[1].split(separator: ",").contains(where: { $0 == controller }))
            }
            // In the root group are the machine's own numbers.
            guard let line, line[2].count > 1, !line[2].contains("..") else { return nil }
            path = "/sys/fs/cgroup\(isUnified ? "" : "/\(controller)")\(line[2])"
        }

        /// The group that a process is in.
        init?(process: Int, controller: String = "memory") {
            guard let groups = HostFiles.text("/proc/\(process)/cgroup") else { return nil }
            let isUnified = HostFiles.kind("/sys/fs/cgroup/cgroup.controllers") != .none
            self.init(groups: groups, isUnified: isUnified, controller: controller)
        }

        func text(_ file: String) -> String? { HostFiles.text("\(path)/\(file)") }

        var names: (current: String, peak: String, events: String, cache: String) {
            isUnified
                ? ("memory.current", "memory.peak", "memory.events", "inactive_file")
                : ("memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control", "total_inactive_file")
        }
    }

    /// The number after a name, in lines of names and numbers.
    static func value(_ name: String, in text: String?) -> Int? {
        for line in (text ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }
}
