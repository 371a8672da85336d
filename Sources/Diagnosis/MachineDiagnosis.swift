import FrappeModel

/// Space on a file system.
package struct DiskFacts: Hashable, Sendable {
    /// What lives there: `root`, `Docker`.
    package var name: String
    package var path: String
    /// Bytes.
    package var total: Int
    package var free: Int
    package var inodes: Int
    package var freeInodes: Int

    package init(name: String, path: String, total: Int, free: Int, inodes: Int = 0, freeInodes: Int = 0) {
        self.name = name
        self.path = path
        self.total = total
        self.free = free
        self.inodes = inodes
        self.freeInodes = freeInodes
    }
}

/// The machine's memory, in bytes.
package struct MemoryFacts: Hashable, Sendable {
    package var total: Int
    package var available: Int
    package var swap: Int
    /// The sum of what containers of ours may use at most; nil when it is not known.
    package var limits: Int?
    /// What there is for them.
    package var budget: Int?

    package init(total: Int, available: Int, swap: Int, limits: Int? = nil, budget: Int? = nil) {
        self.total = total
        self.available = available
        self.swap = swap
        self.limits = limits
        self.budget = budget
    }
}

/// Settings of the kernel that Redis and MariaDB care about, as /proc and /sys word them; nil where they are not there.
package struct KernelFacts: Hashable, Sendable {
    package var overcommit: String?
    package var hugePages: String?

    package init(overcommit: String?, hugePages: String?) {
        self.overcommit = overcommit
        self.hugePages = hugePages
    }
}

package struct ClockFacts: Hashable, Sendable {
    /// Whether something keeps the kernel's clock right.
    package var isSynchronised: Bool
    /// Seconds that the Engine's clock is ahead.
    package var engineAhead: Double?

    package init(isSynchronised: Bool, engineAhead: Double?) {
        self.isSynchronised = isSynchronised
        self.engineAhead = engineAhead
    }
}

/// What the machine itself has left.
package enum MachineDiagnosis {
    package static func disk(_ disks: [DiskFacts]) -> [Finding] {
        let troubles = disks.flatMap(trouble)
        guard troubles.isEmpty else { return troubles }
        let words = disks.map { "\(Quantity.bytes($0.free)) free of \(Quantity.bytes($0.total)) for \($0.name)" }
        return words.isEmpty ? [] : [Finding(.ok, "disk", "disk: \(words.joined(separator: ", "))")]
    }

    /// A full disk stops databases; a tenth is kept free, on large disks 50 GiB.
    private static func trouble(_ disk: DiskFacts) -> [Finding] {
        var found: [Finding] = []
        let percent = disk.total == 0 ? 100 : 100 * disk.free / disk.total
        let isShort = disk.free < 5 << 30 || percent < 10 && disk.free < 50 << 30
        if isShort {
            let level: Finding.Level = disk.free < 1 << 30 || percent < 2 && disk.free < 10 << 30 ? .fail : .warn
            found.append(
                Finding(
                    level, "disk",
                    "\(Quantity.bytes(disk.free)) (\(percent) %) free for \(disk.name) at \(disk.path)",
                    reason: "a full disk stops MariaDB and Redis in the middle of a write", next: mend(disk)))
        }
        let inodes = disk.inodes == 0 ? 100 : 100 * disk.freeInodes / disk.inodes
        if inodes < 5 {
            found.append(
                Finding(
                    inodes < 1 ? .fail : .warn, "disk",
                    "\(disk.freeInodes) inodes (\(inodes) %) free for \(disk.name) at \(disk.path)",
                    reason: "no new file can be made once they are gone", next: mend(disk)))
        }
        return found
    }

    private static func mend(_ disk: DiskFacts) -> String {
        disk.name == "Docker"
            ? "docker system df; frappectl disk clean --dry-run"
            : "frappectl disk tells what takes it and what can go"
    }

    package static func memory(_ memory: MemoryFacts) -> [Finding] {
        [available(memory)] + commitment(memory)
    }

    private static func commitment(_ memory: MemoryFacts) -> [Finding] {
        guard let limits = memory.limits, let budget = memory.budget, limits > budget else { return [] }
        return [
            Finding(
                .warn, "memory",
                "the limits of our containers add up to \(Quantity.bytes(limits)) of a budget of \(Quantity.bytes(budget))",
                reason: "if all used theirs at once, the kernel would end the largest",
                next: "frappectl plan says whose; lower componentReplicas or componentResources of a bench")
        ]
    }

    private static func available(_ memory: MemoryFacts) -> Finding {
        var text = "memory: \(Quantity.bytes(memory.available)) available of \(Quantity.bytes(memory.total))"
        text += memory.swap == 0 ? ", no swap" : ", swap \(Quantity.bytes(memory.swap))"
        if let limits = memory.limits { text += ", our containers may use \(Quantity.bytes(limits))" }
        let next = "frappectl status shows who uses it; ps -eo rss,pid,comm --sort -rss | head"
        if memory.available < 256 << 20 {
            return Finding(
                .fail, "memory", text, reason: "the next thing that grows is killed by the kernel", next: next)
        }
        if memory.available < memory.total / 10 {
            return Finding(.warn, "memory", text, reason: "less than a tenth is left", next: next)
        }
        return Finding(.ok, "memory", text)
    }

    package static func clock(_ clock: ClockFacts) -> [Finding] {
        var found: [Finding] = []
        if let ahead = clock.engineAhead, abs(ahead) > 5 {
            let way = ahead > 0 ? "ahead of" : "behind"
            found.append(
                Finding(
                    .warn, "clock", "the Engine's clock is \(Quantity.duration(abs(ahead))) \(way) ours",
                    reason: "sessions and scheduled work go by different times", next: "timedatectl status"))
        }
        if !clock.isSynchronised {
            found.append(
                Finding(
                    .warn, "clock", "nothing keeps the clock right",
                    reason: "certificates, one-time passwords and scheduled work go by it",
                    next: "timedatectl set-ntp true (apt-get install systemd-timesyncd)"))
        }
        return found.isEmpty ? [Finding(.ok, "clock", "clock: synchronised")] : found
    }

    package static func kernel(_ kernel: KernelFacts) -> [Finding] {
        var found: [Finding] = []
        if let overcommit = kernel.overcommit, overcommit != "1" {
            found.append(
                Finding(
                    .warn, "kernel", "vm.overcommit_memory is \(overcommit)",
                    reason: "Redis cannot rewrite its file when memory is short, and says so at each start",
                    next: "echo vm.overcommit_memory=1 | sudo tee /etc/sysctl.d/60-redis.conf; sudo sysctl --system"))
        }
        if let pages = kernel.hugePages, pages.contains("[always]") {
            found.append(
                Finding(
                    .warn, "kernel", "transparent huge pages are always on",
                    reason: "Redis and MariaDB pause and use more memory with them",
                    next: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"))
        }
        return found.isEmpty ? [Finding(.ok, "kernel", "kernel: as Redis wants it")] : found
    }
}
