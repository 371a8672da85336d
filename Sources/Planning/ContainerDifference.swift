import FrappeModel

/// How a container differs from its definition although its name says that it is made of it: somebody changed its
/// limits, or made it by hand.
struct ContainerDifference {
    let wanted: ContainerDefinition
    let look: ContainerLook
    let deep: DeepLook

    /// What the Engine changes while it runs: `memory limit 100 MiB instead of 384 MiB`.
    var limits: [String] {
        let (old, new) = (look.limits, wanted.limits)
        let enforced = deep.enforced
        var words: [String] = []
        func compare(_ name: String, _ now: Int?, _ wanted: Int?, known: Bool = true, _ show: (Int) -> String) {
            guard now != wanted, known else { return }
            words.append("\(name) \(now.map(show) ?? "none") instead of \(wanted.map(show) ?? "none")")
        }
        compare("memory limit", old.memory, new.memory, known: enforced.memory, Quantity.bytes)
        // Both are set to the same: said once.
        if old.memory == new.memory || old.memoryAndSwap != old.memory {
            compare("memory and swap", old.memoryAndSwap, new.memoryAndSwap, known: enforced.swap, Quantity.bytes)
        }
        // One that the kernel does not know reads as none, and no update can take these two away.
        compare(
            "memory request", old.memoryReservation, new.memoryReservation, known: old.memoryReservation != nil,
            Quantity.bytes)
        compare("CPU limit", core(old.cpu), core(new.cpu), known: enforced.cpu) { "\($0)m" }
        compare("CPU request", old.cpuShares, new.cpuShares, known: old.cpuShares != nil) {
            "\(($0 * 1000 + 512) / 1024)m"
        }
        compare("processes", old.processes, new.processes, known: enforced.processes) { "\($0)" }
        if look.restart != wanted.restart.rawValue {
            words.append("restart policy \(look.restart) instead of \(wanted.restart.rawValue)")
        }
        return words
    }

    /// A limit of all cores is none.
    private func core(_ thousandths: Int?) -> Int? {
        guard let thousandths, thousandths < deep.cores * 1000 else { return nil }
        return thousandths
    }

    /// What only another container in its place changes.
    var making: [String] {
        var words: [String] = []
        func compare<Value: Equatable>(_ name: String, _ now: Value, _ wanted: Value?) {
            if let wanted, now != wanted { words.append("its \(name)") }
        }
        let isPinned = wanted.image.hasPrefix("sha256:")
        compare("image", isPinned ? look.imageID : look.image, wanted.image)
        compare("user", look.user, wanted.user)
        compare("entrypoint", look.entrypoint, wanted.entrypoint)
        compare("command", look.command, wanted.command)
        compare("working directory", look.workingDirectory, wanted.workingDirectory)
        compare("mounts", look.mounts, Set(wanted.mounts))
        compare("temporary file systems", look.temporaryFileSystems, Set(wanted.temporaryFileSystems.keys))
        compare(
            "published ports", look.publishedPorts,
            Set(wanted.publishedPorts.map { "127.0.0.1:\($0.host)->\($0.container)" }))
        compare("security options", look.securityOptions, Set(wanted.securityOptions))
        compare("dropped capabilities", look.droppedCapabilities, Set(wanted.droppedCapabilities))
        compare("added capabilities", look.addedCapabilities, Set(wanted.addedCapabilities))
        if look.isPrivileged { words.append("its privileges") }
        words += environment
        return words
    }

    /// Names only: values may be secrets.
    private var environment: [String] {
        let expected = wanted.environment.mapValues(ContainerLook.hash)
        let names = Set(expected.keys).union(look.environment.keys).filter { expected[$0] != look.environment[$0] }
        guard !names.isEmpty else { return [] }
        return ["its environment (\(names.sorted().joined(separator: ", ")))"]
    }
}
