import FrappeModel

// How long a site's statements may last.
extension Planner {
    mutating func planStatements() {
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            guard site.externalDatabase == nil, let record = observed.sitePhases[site.name], record.isServed,
                record.maxStatementSeconds != site.maxStatementSeconds,
                let subnet = desired.networks.first(where: { $0.bench == site.bench })?.subnet
            else { continue }
            func words(_ seconds: Int?) -> String { seconds.map { "\($0) s" } ?? "none" }
            let cause =
                "maxStatementTimeSeconds \(words(record.maxStatementSeconds)) -> \(words(site.maxStatementSeconds))"
            steps.append(
                Step(
                    id: StepID.statements(site),
                    action: .limitStatements(site, database: record.databaseName, subnet: subnet), bench: site.bench,
                    subject: "site \(site.siteName)", cause: cause, needs: databaseNeeds(of: site),
                    after: [StepID.grant(site)]))
        }
    }
}
