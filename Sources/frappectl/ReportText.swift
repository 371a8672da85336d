import FrappeModel
import Operations

/// What a verb that converged prints.
struct ReportText {
    let report: UpReport
    let host: HostContext
    let json: Bool

    init(_ report: UpReport, host: HostContext, json: Bool) {
        self.report = report
        self.host = host
        self.json = json
    }

    private struct Answer: Encodable {
        var changed: Bool
        var seconds: Double
        var plan: PlanAnswer
        var sites: [SiteStatus]
    }

    func print() throws {
        let plan = report.plan
        if json {
            let answer = Answer(
                changed: !plan.isEmpty, seconds: report.seconds, plan: PlanAnswer(plan), sites: report.sites)
            return try JSONOutput.print(answer)
        }
        if plan.isEmpty, plan.unchangedComponents == 0 {
            Swift.print("nothing is stored yet; next: frappectl init, then frappectl up -f frappe.yaml")
        } else if plan.isEmpty, !report.kept.isEmpty {
            Swift.print("done: a deletion that was interrupted is finished")
        } else if plan.isEmpty {
            let took = report.seconds < 1 ? "\(Int(report.seconds * 1000)) ms" : Quantity.duration(report.seconds)
            Swift.print("nothing to do (\(plan.unchangedComponents) components, \(report.siteCount) sites, \(took))")
        } else {
            printObserved()
        }
        for path in report.kept { Swift.print("kept: \(path)") }
        for note in plan.notes { Swift.print("  \(note)") }
    }

    /// Benches, unless the tree above has them; sites with their URLs, and the way in.
    private func printObserved() {
        if Terminal.showsTreeAbove {
            Swift.print("")
        } else {
            Swift.print("done: \(report.plan.steps.count) steps in \(Quantity.duration(report.seconds))")
            if !report.benches.isEmpty { Swift.print(Table.text(report.benches.map(row))) }
        }
        if !report.sites.isEmpty { Swift.print(Table.text(report.sites.map(row))) }
        if let first = report.sites.first(where: { $0.phase == .ready }) {
            Swift.print("log in: frappectl site login \(first.siteName)")
        }
    }

    private func row(_ bench: BenchHealth) -> [String] {
        let sites = "\(bench.sites) \(bench.sites == 1 ? "site" : "sites")"
        return ["\(bench.name) (\(bench.tag), \(sites))", "\(bench.healthy) of \(bench.expected) healthy"]
    }

    private func row(_ site: SiteStatus) -> [String] {
        [site.siteName, site.url, site.phase.rawValue, site.reason ?? ""]
    }
}
