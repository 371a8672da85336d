import DockerEngine
import FoundationEssentials
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
        func text(_ name: String) -> String? { HostFiles.text("\(group.path)/\(name)") }
        guard let current = text(names.current).flatMap({ Int($0.trimmed) }) else { return nil }
        var memory = ContainerMemory()
        let cache = value(names.cache, in: text("memory.stat")) ?? 0
        memory.used = max(0, current - cache)
        memory.peak = text(names.peak).flatMap { Int($0.trimmed) }
        memory.kills = value("oom_kill", in: text(names.events)) ?? 0
        return memory
    }

    /// The directory of the group, and what its files are called in that version of control groups.
    struct Group: Hashable {
        let path: String
        let isUnified: Bool

        /// - Parameter groups: the text of `/proc/<pid>/cgroup`.
        init?(groups: String, isUnified: Bool) {
            self.isUnified = isUnified
            let lines = groups.split(separator: "\n").map {
                $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            }
            let line = lines.first { line in
                line.count == 3 && (isUnified ? line[0] == "0" : line[1].split(separator: ",").contains("memory"))
            }
            // In the root group are the machine's own numbers.
            guard let line, line[2].count > 1, !line[2].contains("..") else { return nil }
            path = "/sys/fs/cgroup\(isUnified ? "" : "/memory")\(line[2])"
        }

        /// The group that a process is in.
        init?(process: Int) {
            guard let groups = HostFiles.text("/proc/\(process)/cgroup") else { return nil }
            self.init(groups: groups, isUnified: HostFiles.text("/sys/fs/cgroup/cgroup.controllers") != nil)
        }

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

extension EngineAccess {
    /// How often each container was ended by a signal 9 that was not sent through the Engine, as far back as the Engine
    /// remembers: that is what the kernel does to a main process at the memory limit.
    func unaskedKills() async throws -> [String: Int] {
        let filters: Filters = [
            "type": ["container"], "event": ["die", "kill", "start"], "label": ["\(Label.root)=\(rootID)"],
        ]
        let now = Date()
        let events = try await call { () async throws(EngineError) in
            try await client.events(
                since: Timestamp(now.addingTimeInterval(-86_400)), until: Timestamp(now), filters: filters)
        }
        var seen: [EngineEvent] = []
        try await cancellable { for try await event in events { seen.append(event) } }
        return Self.unaskedKills(seen.map { ($0.actorID, $0.action, $0.attributes["exitCode"]) })
    }

    static func unaskedKills(_ events: [(container: String, action: String, exitCode: String?)]) -> [String: Int] {
        var asked: Set<String> = []
        var kills: [String: Int] = [:]
        for event in events {
            switch event.action {
            case "start": asked.remove(event.container)
            case "kill": asked.insert(event.container)
            case "die" where event.exitCode == "137" && !asked.contains(event.container):
                kills[event.container, default: 0] += 1
            default: break
            }
        }
        return kills
    }
}
