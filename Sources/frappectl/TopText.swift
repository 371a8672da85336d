import FrappeModel
import Operations

/// What `top` prints for a person.
struct TopText {
    let report: TopReport

    init(_ report: TopReport) { self.report = report }

    var text: String {
        guard !report.components.isEmpty else { return "\(host)\nnothing runs; next: frappectl up" }
        let head = [
            "BENCH", "COMPONENT", "CPU", "OF", "MEMORY", "OF", "", "READ/S", "WRITE/S", "NET IN/S", "OUT/S", "PIDS",
        ]
        return host + "\n" + Table.text([head] + report.components.map(row) + [total])
    }

    private var host: String {
        let machine = report.machine
        let used = machine.memory - machine.memoryAvailable
        let busy = machine.busy.map { " \(Self.percent($0)) busy," } ?? ","
        return "host   \(machine.cores) CPUs\(busy) load \(Double(Int(machine.load * 10)) / 10)   "
            + "memory \(Quantity.bytes(used)) of \(Quantity.bytes(machine.memory))   "
            + "budget \(Quantity.bytes(machine.memoryBudget)): used \(Quantity.bytes(report.total.memory)), "
            + "limits \(Quantity.bytes(machine.memoryLimits))"
    }

    private func row(_ use: TopReport.Use) -> [String] {
        [
            use.bench ?? "-", use.name, Self.percent(use.cpu), use.cpuLimit.map(Self.percent) ?? "-",
            Quantity.bytes(use.memory), Quantity.bytes(use.memoryLimit),
            use.memoryLimit > 0 ? Self.percent(Double(use.memory) / Double(use.memoryLimit)) : "-",
            use.diskRead.map(Self.rate) ?? "?", use.diskWritten.map(Self.rate) ?? "?", Self.rate(use.networkReceived),
            Self.rate(use.networkSent), "\(use.processes)",
        ]
    }

    private var total: [String] {
        let total = report.total
        let budget = report.machine.memoryBudget
        return [
            "", "together", Self.percent(total.cpu), Self.percent(Double(report.machine.cores)),
            Quantity.bytes(total.memory), Quantity.bytes(budget),
            budget > 0 ? Self.percent(Double(total.memory) / Double(budget)) : "-", Self.rate(total.diskRead),
            Self.rate(total.diskWritten), Self.rate(total.networkReceived), Self.rate(total.networkSent),
            "\(total.processes)",
        ]
    }

    /// Of one core; below ten with one decimal, since an idle component uses less than one.
    private static func percent(_ share: Double) -> String {
        share < 0.0995 ? "\(Double(Int((share * 1000).rounded())) / 10) %" : "\(Int((share * 100).rounded())) %"
    }

    private static func rate(_ bytes: Int) -> String { bytes == 0 ? "-" : Quantity.bytes(bytes) }
}
