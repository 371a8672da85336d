import FrappeModel
import Operations

/// What `status` prints for a person.
struct StatusText {
    let status: HostStatus

    init(_ status: HostStatus) { self.status = status }

    var text: String {
        var lines = [host]
        lines.append("nginx  \(status.proxy)")
        if !status.shared.isEmpty { lines.append(Table.text(status.shared.map(row))) }
        for bench in status.benches {
            lines.append("")
            lines.append(
                "\(bench.name)   \(TextWidth.plain(bench.image))@\(bench.release)   \(bench.healthy) of \(bench.expected) healthy"
            )
            if !bench.components.isEmpty { lines.append(Table.text(bench.components.map(row), indent: "  ")) }
            if !bench.sites.isEmpty { lines.append(Table.text(bench.sites.map(row), indent: "  ")) }
        }
        if status.benches.isEmpty { lines.append("no bench yet; next: frappectl init, then frappectl up -f FILE") }
        lines += status.attention.map { Style.output("!", .warning) + " \(TextWidth.plain($0))" }
        return lines.joined(separator: "\n")
    }

    private var host: String {
        let machine = status.machine
        let used = machine.memory - machine.memoryAvailable
        let disk = machine.diskTotal == 0 ? 0 : 100 * (machine.diskTotal - machine.diskFree) / machine.diskTotal
        let load = Double(Int(machine.load * 10)) / 10
        return "host   \(machine.cores) CPUs, load \(load)   "
            + "memory \(Quantity.bytes(used)) of \(Quantity.bytes(machine.memory)) "
            + "(budget \(Quantity.bytes(machine.memoryBudget)), limits \(Quantity.bytes(machine.memoryLimits)))   disk \(disk) % of \(Quantity.bytes(machine.diskTotal))   root \(status.root)"
    }

    private func row(_ component: HostStatus.ComponentStatus) -> [String] {
        let memory = component.memory.map {
            "\(Quantity.bytes($0)) of \(Quantity.bytes(component.memoryLimit ?? 0))"
        }
        let health = component.state == "running" && component.health != "none" ? component.health : component.state
        let restarts = component.restarts == 0 ? "" : "\(component.restarts) restarts"
        return [component.name, health, memory ?? "-", restarts]
    }

    private func row(_ site: SiteStatus) -> [String] {
        [site.siteName, site.phase.rawValue, site.url, site.reason ?? ""]
    }
}
