import FrappeModel

// Sites.
extension Planner {
    mutating func planSites() {
        var lastOfBench: [ObjectName: String] = [:]
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            guard let cause = causeToCreate(site) else {
                if causeToConfigure(site) == nil { unchangedSites += 1 }
                continue
            }
            let id = StepID.site(site)
            let needs = databaseNeeds(of: site).union([
                StepID.prepare(site.bench), StepID.configure(site.bench), StepID.network(siteNetwork(site)),
                StepID.redis(site.bench, .redisCache), StepID.redis(site.bench, .redisQueue),
            ])
            steps.append(
                Step(
                    id: id, action: .createSite(site), bench: site.bench, subject: "site \(site.siteName)",
                    cause: cause,
                    needs: needs, after: lastOfBench[site.bench].map { [$0] } ?? []))
            lastOfBench[site.bench] = id
        }
    }

    /// The site's own server, or the shared ones of its bench.
    func databaseNeeds(of site: Site) -> Set<String> {
        guard site.externalDatabase == nil else { return [] }
        guard site.dedicatedDatabase != nil else { return databaseNeeds(of: site.bench) }
        let server = ContainerIdentity(bench: site.bench, component: .mariadb, instance: site.databaseServer)
        return [StepID.container(server)]
    }

    func siteNetwork(_ site: Site) -> String {
        desired.networks.first { $0.bench == site.bench }?.name ?? ""
    }

    mutating func causeToCreate(_ site: Site) -> String? {
        let exists = observed.siteDirectories[site.bench]?.contains(site.siteName) == true
        let record = observed.sitePhases[site.name]
        if record?.closing != nil {
            notes.append(
                "the deletion of \(site.siteName) was interrupted; frappectl up finishes it")
            return nil
        }
        if let renaming = record?.renaming {
            notes.append(
                "the rename of \(site.siteName) to \(renaming.newName) was interrupted; frappectl up finishes or undoes it"
            )
            return nil
        }
        switch record?.phase {
        case .provisioning where record?.created == true, .failed where record?.created == true:
            return "has not answered since it was made"
        case .ready:
            if !exists, observed.configured[site.bench] != nil {
                notes.append(
                    "site \(site.siteName) was ready and its directory is missing: nothing is done to its database; "
                        + "put the directory back, or frappectl delete site \(site.name)")
            }
            return nil
        case .provisioning: return "its creation was interrupted"
        case .failed: return "its creation failed before"
        case .pending, nil: return exists ? "is on the disk and not recorded" : "does not exist"
        }
    }
}

// The proxy.
extension Planner {
    mutating func planRoutes() {
        planService()
        var routed = false
        for name in desired.benches.keys.sorted() {
            let reached = steps.filter { $0.bench == name && Self.changesRoute($0) }
            guard !reached.isEmpty else { continue }
            routed = true
            planRoute(name, because: reached)
        }
        if !routed, let drift = observed.routeDrift {
            steps.append(Step(id: StepID.hostRoute, action: .route(nil), bench: nil, subject: "route", cause: drift))
        }
        guard observed.serviceDrift != nil else { return }
        for index in steps.indices {
            if case .route = steps[index].action { steps[index].after.insert(StepID.service) }
        }
    }

    private mutating func planService() {
        guard let drift = observed.serviceDrift else { return }
        steps.append(
            Step(
                id: StepID.service, action: .installService(name: drift.name), bench: nil, subject: "service",
                cause: drift.cause, effect: drift.restarts ? .downtime : .none))
    }

    mutating func planRoute(_ name: ObjectName, because reached: [Step]) {
        let sites = reached.filter { if case .createSite = $0.action { true } else { false } }
        let containers = Set(reached.map(\.id)).subtracting(sites.map(\.id)).union(restarts(of: name))
        steps.append(
            Step(
                id: StepID.route(name), action: .route(name), bench: name, subject: "route",
                cause: sites.isEmpty ? "its upstreams change" : "its sites change",
                needs: containers.filter { !$0.hasPrefix("remove ") }, after: Set(sites.map(\.id))))
        for step in sites {
            guard case .createSite(let site) = step.action else { continue }
            steps.append(
                Step(
                    id: StepID.verify(site), action: .verifySite(site), bench: name,
                    subject: "site \(site.siteName)",
                    cause: "is to answer", needs: [StepID.route(name), step.id]))
        }
    }

    /// Those that are away for a moment, and that it may lead to.
    private func restarts(of bench: ObjectName) -> [String] {
        steps.filter { step in
            guard case .restart(let container) = step.action, step.bench == bench else { return false }
            return [.web, .socketio].contains(container.identity.component)
        }.map(\.id)
    }

    static func changesRoute(_ step: Step) -> Bool {
        switch step.action {
        case .start(let container), .startBeside(let container, _), .replace(let container, _):
            [.web, .socketio].contains(container.identity.component)
        case .remove(let old), .rename(let old, _): [.web, .socketio].contains(old.identity?.component)
        case .createSite, .extractAssets: true
        default: false
        }
    }
}
