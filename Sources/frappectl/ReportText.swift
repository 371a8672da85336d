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
            Terminal.output("nothing is stored yet; next: frappectl init, then frappectl up -f frappe.yaml")
        } else if plan.isEmpty, !report.kept.isEmpty {
            Terminal.output("done: a deletion that was interrupted is finished")
        } else if plan.isEmpty {
            let took = report.seconds < 1 ? "\(Int(report.seconds * 1000)) ms" : Quantity.duration(report.seconds)
            Terminal.output(
                "nothing to do (\(PlanText.counts(plan.unchangedComponents, report.siteCount)), \(took))")
        } else {
            printObserved()
        }
        for path in report.kept { Terminal.output("kept: \(path)") }
        for note in plan.notes { Terminal.output("  \(TextWidth.plain(note))") }
    }

    /// Benches, unless the tree above has them; sites with their URLs, and the way in.
    private func printObserved() {
        if Terminal.showsTreeAbove {
            Terminal.output("")
        } else {
            Terminal.output(
                "done: \(Quantity.count(report.plan.steps.count, "step")) in \(Quantity.duration(report.seconds))")
            if !report.benches.isEmpty { Terminal.output(Table.text(report.benches.map(row))) }
        }
        if !report.sites.isEmpty { Terminal.output(Table.text(report.sites.map(row))) }
        if let first = report.sites.first(where: { $0.phase == .ready }) {
            Terminal.output("log in: frappectl site login \(first.siteName)")
        }
    }

    private func row(_ bench: BenchHealth) -> [String] {
        let sites = Quantity.count(bench.sites, "site")
        return ["\(bench.name) (\(bench.tag), \(sites))", "\(bench.healthy) of \(bench.expected) healthy"]
    }

    private func row(_ site: SiteStatus) -> [String] {
        [site.siteName, site.url, site.phase.rawValue, site.reason ?? ""]
    }
}
