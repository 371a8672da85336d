import Diagnosis
import FrappeModel
import Planning

/// What in a status deserves a look, each with the next command.
struct StatusAttention {
    let benches: [HostStatus.BenchStatus]
    let shared: [HostStatus.ComponentStatus]
    let disks: [DiskFacts]
    let plan: Plan
    /// Seconds since 1970.
    let now: Double

    var lines: [String] {
        var lines = MachineDiagnosis.disk(disks).filter { $0.level != .ok }.map(disk)
        lines += plan.steps.compactMap { step -> String? in
            guard case .requireStorage(let trouble) = step.action else { return nil }
            return "bench \(step.bench?.description ?? ""): \(trouble.words)"
        }
        lines += benches.compactMap { StorageAttention(bench: $0, now: now).line }
        for bench in benches { for component in bench.components { lines += trouble(component, of: bench.name) } }
        for component in shared { lines += trouble(component, of: "the host") }
        for site in benches.flatMap(\.sites) where site.phase == .failed {
            lines.append("site \(site.siteName): \(site.reason ?? "failed"); see: frappectl logs \(site.bench) web")
        }
        if !plan.isEmpty {
            let due = plan.steps.count == 1 ? "1 change is due" : "\(plan.steps.count) changes are due"
            lines.append("\(due); see: frappectl plan")
        }
        return lines + plan.notes
    }

    private func trouble(_ component: HostStatus.ComponentStatus, of owner: String) -> [String] {
        var lines: [String] = []
        if component.killedForMemory { lines.append(memoryKill(component, of: owner)) }
        if component.isLooping {
            lines.append(loop(component, of: owner))
        } else if component.restarts > 0 {
            let times = Self.times(component.restarts)
            lines.append("\(component.name) of \(owner) restarted \(times); see: \(Self.logs(component, of: owner))")
        }
        if let size = component.dataSize, let quota = component.dataQuota {
            lines +=
                DatabaseSize(
                    name: component.name, bytes: size, quota: quota, relief: Self.relief(component)
                ).lines
        }
        return lines
    }

    private static func relief(_ component: HostStatus.ComponentStatus) -> String {
        if component.component == Component.redisQueue.rawValue {
            return "see why jobs wait, or raise spec.redisConfig.storageSize"
        }
        let field = component.bench == nil ? "spec.storage.size of MariaDB" : "spec.dbConfig.storageSize"
        return "delete what nobody needs, or raise \(field)"
    }

    private func disk(_ finding: Finding) -> String {
        let reason = finding.reason.map { ": \($0)" } ?? ""
        return "disk: \(finding.text)\(reason)" + (finding.next.map { "; next: \($0)" } ?? "")
    }

    private func loop(_ component: HostStatus.ComponentStatus, of owner: String) -> String {
        let times = Self.times(component.restarts)
        var line = "\(component.name) of \(owner) restarts again and again (\(times) so far"
        if let code = component.lastExitCode { line += ", \(RestartLoop.words(exitCode: code))" }
        line += component.lastLine.map { "): \($0)" } ?? ")"
        // The kernel ends a main process at the memory limit by signal 9.
        guard component.lastExitCode != 137 || !component.killedForMemory else {
            return line + "; next: raise \(field(component))"
        }
        return line + "; next: \(Self.logs(component, of: owner)); mend the cause, then frappectl up"
    }

    private func memoryKill(_ component: HostStatus.ComponentStatus, of owner: String) -> String {
        let peak = component.memoryPeak.map { ", peak \(Quantity.bytes($0))" } ?? ""
        return "\(component.name) of \(owner) was killed by the kernel \(Self.times(component.memoryKills)): limit "
            + "\(Quantity.bytes(component.memoryLimit ?? 0))\(peak); next: raise \(field(component)), then frappectl up -f FILE"
    }

    private func field(_ component: HostStatus.ComponentStatus) -> String {
        guard let kind = Component(rawValue: component.component) else { return "its limit" }
        switch kind {
        case .mariadb:
            return component.bench == nil ? "spec.mariadb.memory of Host" : "spec.dbConfig.resources.limits.memory"
        case .redisCache, .redisQueue: return "spec.redisConfig.maxMemory"
        default: return "spec.componentResources.\(kind.manifestKey).limits.memory"
        }
    }

    private static func logs(_ component: HostStatus.ComponentStatus, of owner: String) -> String {
        component.bench == nil
            ? "frappectl logs \(component.component)" : "frappectl logs \(owner) \(component.component)"
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : count == 2 ? "twice" : "\(count) times" }
}
