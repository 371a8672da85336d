import FrappeModel

/// The kernel's counters of all containers at one moment.
struct TopReading: Sendable {
    struct Seen: Sendable {
        var container: ObservedContainer
        var counters: ContainerCounters
        /// Cores.
        var cpuLimit: Double?
    }

    var machine: TopReport.Machine
    var processors: (busy: Int, all: Int)?
    /// Seconds since 1970.
    var time: Double
    /// By container id.
    var containers: [String: Seen] = [:]

    /// What was used between an earlier reading and this one; a container that was not there then used nothing yet.
    func report(since earlier: TopReading) -> TopReport {
        let uses = containers.values.sorted(by: Seen.precedes).map { seen in
            use(seen, since: earlier.containers[seen.container.id]?.counters ?? seen.counters)
        }
        var machine = machine
        machine.memoryLimits = uses.reduce(0) { $0 + $1.memoryLimit }
        if let now = processors, let before = earlier.processors, now.all > before.all {
            machine.busy = Double(now.busy - before.busy) / Double(now.all - before.all)
        }
        return TopReport(
            seconds: time - earlier.time, machine: machine, components: uses, total: TopReport.Total(uses))
    }

    private func use(_ seen: Seen, since before: ContainerCounters) -> TopReport.Use {
        let now = seen.counters
        let seconds = now.time - before.time
        func rate(_ bytes: Int) -> Int { seconds > 0 ? Int(Double(max(0, bytes)) / seconds) : 0 }
        let moved = now.io.processes.isEmpty ? nil : now.io.moved(since: before.io)
        return TopReport.Use(
            name: seen.name, component: seen.component, container: seen.container.name,
            bench: seen.container.bench?.description,
            cpu: seconds > 0 ? max(0, now.cpuSeconds - before.cpuSeconds) / seconds : 0, cpuLimit: seen.cpuLimit,
            memory: now.memory, memoryLimit: now.memoryLimit, processes: now.processes,
            diskRead: moved.map { rate($0.read) }, diskWritten: moved.map { rate($0.written) },
            networkReceived: rate(now.received - before.received), networkSent: rate(now.sent - before.sent))
    }
}

extension TopReading.Seen {
    /// One-shot containers are work too: they are named by what they do.
    fileprivate var name: String {
        container.identity?.description ?? container.labels[Label.step].map { "\($0) (one-shot)" } ?? container.name
    }

    fileprivate var component: String {
        container.identity?.component.rawValue ?? container.labels[Label.step] ?? "unknown"
    }

    /// As `status` lists them: what is shared first, then bench by bench, one-shot containers last.
    fileprivate static func precedes(_ left: Self, _ right: Self) -> Bool {
        let benches = (left.container.bench?.description ?? "", right.container.bench?.description ?? "")
        guard benches.0 == benches.1 else { return benches.0 < benches.1 }
        switch (left.container.identity, right.container.identity) {
        case (let first?, let second?) where first != second: return first < second
        case (_?, nil): return true
        case (nil, _?): return false
        default: return left.container.name < right.container.name
        }
    }
}

extension TopReport.Total {
    init(_ uses: [TopReport.Use]) {
        func sum(_ value: (TopReport.Use) -> Int) -> Int { uses.reduce(0) { $0 + value($1) } }
        self.init(
            cpu: uses.reduce(0) { $0 + $1.cpu }, memory: sum(\.memory), processes: sum(\.processes),
            diskRead: sum { $0.diskRead ?? 0 }, diskWritten: sum { $0.diskWritten ?? 0 },
            networkReceived: sum(\.networkReceived), networkSent: sum(\.networkSent))
    }
}
