import FrappeModel

// Logins of databases that others run, where the Secret says something else than the site was given.
extension Planner {
    mutating func planLogins() {
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            let id = StepID.siteConfiguration(site)
            guard let keys = observed.changedLogins[site.name], let secret = site.externalDatabase?.secret,
                !steps.contains(where: { $0.id == id && !$0.isDeep })
            else { continue }
            // What the deep look found of the same file is in its own step, which writes the same values.
            let found = steps.first { $0.id == id }
            steps.removeAll { $0.id == id }
            steps.append(
                Step(
                    id: id, action: .restoreConfiguration(site, keys: Self.union(keys, found)), bench: site.bench,
                    subject: "site \(site.siteName)", cause: "the login in Secret \(secret) changed",
                    needs: [StepID.prepare(site.bench), StepID.network(siteNetwork(site))],
                    after: [StepID.configure(site.bench), StepID.configure(site), StepID.verify(site)]))
        }
    }

    private static func union(_ keys: [String], _ step: Step?) -> [String] {
        guard case .restoreConfiguration(_, let others)? = step?.action else { return keys.sorted() }
        return Set(keys).union(others).sorted()
    }
}
