import FoundationEssentials
import FrappeModel

// Certificates that authorities make.
extension Planner {
    /// One after the other, once what asks for each name reaches this host's nginx.
    mutating func planCertificates() {
        var last: String?
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            noteUnrenewed(site)
            let isMade = steps.contains { $0.id == StepID.site(site) }
            guard isMade || observed.sitePhases[site.name]?.isServed == true else { continue }
            for order in site.certificateOrders {
                let record = observed.certificates[order.name] ?? CertificateRecord()
                guard let cause = record.cause(for: order.account, at: observed.now) else {
                    noteObstacle(order, record)
                    continue
                }
                noteOverdue(order, record)
                let routes: Set = [StepID.route(site.bench), StepID.hostRoute]
                // A name that has one is reached already, whatever becomes of a change.
                let needs = record.issued == nil ? routes.union([StepID.site(site)]) : []
                let id = StepID.certificate(order.name)
                steps.append(
                    Step(
                        id: id, action: .obtainCertificate(order), bench: site.bench,
                        subject: "certificate \(order.name)", cause: cause, needs: needs,
                        after: routes.union([StepID.verify(site), StepID.configure(site)] + (last.map { [$0] } ?? []))))
                last = id
            }
        }
    }

    /// One that nobody tried to renew in days, as where no cron does it.
    private mutating func noteOverdue(_ order: CertificateOrder, _ record: CertificateRecord) {
        guard let issued = record.issued, issued.server == order.account.server, record.failure == nil,
            observed.now >= issued.renewal + 3 * 86_400
        else { return }
        notes.append(
            "the certificate of \(order.name) waits to be renewed since \(Self.time(issued.renewal)), and nothing did it; "
                + "next: frappectl up, and let cron run frappectl certificate renew once a day")
    }

    /// What renews them every day.
    mutating func planRenewal() {
        guard let drift = observed.renewalDrift else { return }
        steps.append(
            Step(
                id: StepID.renewal, action: .scheduleRenewal(drift), bench: nil, subject: "renewal", cause: drift.cause)
        )
    }

    private mutating func noteObstacle(_ order: CertificateOrder, _ record: CertificateRecord) {
        guard let failure = record.obstacle(for: order.account, at: observed.now),
            record.need(for: order.account, at: observed.now) != nil
        else { return }
        notes.append(
            "there is no new certificate for \(order.name): \(failure.reason); up tries again after "
                + "\(Self.time(failure.retry)), and frappectl certificate renew \(order.name) at once")
    }

    /// Those that are served and that nobody is to renew.
    private mutating func noteUnrenewed(_ site: Site) {
        for name in site.issuedNames.sorted() where site.certificateRequest(for: name)?.account == nil {
            guard let issued = observed.certificates[name]?.issued, observed.now >= issued.renewal else { continue }
            notes.append(
                "the certificate of \(name) is valid until \(Self.time(issued.until)), and Host has no account to renew it "
                    + "with; next: frappectl explain Host.spec.acmeAccounts")
        }
    }

    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }
}
