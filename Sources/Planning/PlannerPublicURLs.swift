import FrappeModel

// The public URL in a site's own configuration, which links in mails and printed documents begin with.
extension Planner {
    /// After the routes, so that a name serves before anything leads to it.
    mutating func planPublicURLs() {
        var lastOfBench: [ObjectName: String] = [:]
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            guard let cause = causeToConfigure(site) else { continue }
            let id = StepID.configure(site)
            steps.append(
                Step(
                    id: id, action: .configureSite(site), bench: site.bench, subject: "site \(site.siteName)",
                    cause: cause,
                    needs: [
                        StepID.prepare(site.bench), StepID.configure(site.bench), StepID.network(siteNetwork(site)),
                        StepID.redis(site.bench, .redisCache), StepID.redis(site.bench, .redisQueue),
                        StepID.route(site.bench), StepID.hostRoute,
                    ],
                    // A proof writes the site's record, too.
                    after: Set([StepID.verify(site)]).union(lastOfBench[site.bench].map { [$0] } ?? [])))
            lastOfBench[site.bench] = id
        }
    }

    /// A site that is still to be made gets its URL then.
    func causeToConfigure(_ site: Site) -> String? {
        guard let record = observed.sitePhases[site.name], record.isServed,
            observed.siteDirectories[site.bench]?.contains(site.siteName) == true,
            let url = desired.publicURLs[site.name], url != record.publicURL
        else { return nil }
        guard let old = record.publicURL else { return "it is not known whether its public URL is \(url)" }
        return "its public URL \(old) -> \(url)"
    }
}
