import FrappeModel

/// Compares what is to be with what is, and says what to do, why and at what cost; decides everything, does nothing.
package struct Planner: Sendable {
    package let desired: DesiredState
    package let observed: ObservedState
    /// Benches that have a manifest, also those whose image is not resolved yet.
    package let knownBenches: Set<ObjectName>
    /// Where the fields of a manifest were written.
    package let locations: [ManifestKey: [String: SourceLocation]]

    var steps: [Step] = []
    var unchangedComponents = 0
    var unchangedSites = 0
    var notes: [String] = []

    package init(
        desired: DesiredState, observed: ObservedState, knownBenches: Set<ObjectName>,
        locations: [ManifestKey: [String: SourceLocation]] = [:]
    ) {
        self.desired = desired
        self.observed = observed
        self.knownBenches = knownBenches
        self.locations = locations
    }

    package func plan() -> Plan {
        var planner = self
        planner.planNetworks()
        planner.planDatabases()
        for bench in desired.benches.keys.sorted() where observed.storageTroubles[bench] == nil {
            planner.planBench(bench)
        }
        planner.planAttachments()
        planner.planDeep()
        planner.planSites()
        planner.planDepartures()
        planner.planRoutes()
        planner.planPublicURLs()
        planner.planCertificates()
        planner.planRenewal()
        planner.planLogins()
        planner.planStatements()
        planner.planFilesLimits()
        planner.planRootPasswords()
        planner.holdBenches()
        planner.noteCommitment()
        planner.notes += observed.routeNotes
        return Plan(
            steps: planner.steps, unchangedComponents: planner.unchangedComponents,
            unchangedSites: planner.unchangedSites, notes: planner.notes)
    }
}

// What benches share.
extension Planner {
    mutating func planNetworks() {
        for network in desired.networks {
            let existing = observed.networks.first { $0.name == network.name }
            if let existing {
                if !existing.subnets.contains(network.subnet.description) {
                    notes.append(
                        "network \(network.name) has \(existing.subnets.joined(separator: ", ")) instead of "
                            + "\(network.subnet); to give it the recorded subnet: frappectl down, then frappectl up")
                }
                continue
            }
            steps.append(
                Step(
                    id: StepID.network(network.name), action: .createNetwork(network), bench: network.bench,
                    subject: "network \(network.bench?.description ?? "of the database")",
                    cause: "does not exist (\(network.subnet))"))
        }
    }

    mutating func planDatabases() {
        for container in desired.containers where container.identity.component == .mariadb {
            let server = container.identity.instance
            guard !isClosing(server) else { continue }
            if !observed.databaseDirectories.contains(server) {
                steps.append(
                    Step(
                        id: StepID.databaseDirectory(server), action: .prepareDatabase(server: server),
                        bench: container.identity.bench,
                        subject: "data of \(server)", cause: "has no directory yet"))
            }
            planContainer(
                container,
                needs: [StepID.network(container.definition.network ?? ""), StepID.databaseDirectory(server)])
        }
    }
}

extension Planner {
    /// Whether the site whose server it is has its last dump: no verb but `delete` touches the server from then on.
    func isClosing(_ server: String) -> Bool {
        desired.site(ofDatabase: server).flatMap { observed.sitePhases[$0.name]?.closing } == .dumped
    }
}

// One bench.
extension Planner {
    mutating func planBench(_ name: ObjectName) {
        guard let bench = desired.benches[name] else { return }
        let recorded = observed.configured[name]
        if recorded == nil {
            steps.append(
                Step(
                    id: StepID.prepare(name), action: .prepareBench(name), bench: name, subject: "directories",
                    cause: "do not exist yet"))
        }
        if recorded != bench.configurationHash {
            steps.append(
                Step(
                    id: StepID.configure(name), action: .configureBench(name), bench: name, subject: "configuration",
                    cause: recorded == nil ? "is not written yet" : "changed",
                    needs: Set([StepID.prepare(name)]).union(mountedAssets(of: bench))))
        }
        planAssets(bench)
        for container in desired.containers
        where container.identity.bench == name && container.identity.component != .mariadb {
            planContainer(container, needs: needs(of: container))
            if container.identity.component == .web { deferProof(of: container, to: databaseNeeds(of: name)) }
        }
    }

    /// The step that makes what containers of the bench mount, where their image asks for that.
    func mountedAssets(of bench: DesiredBench?) -> Set<String> {
        guard let bench, bench.release.mountsAssets else { return [] }
        return [StepID.assets(bench.release.imageID)]
    }

    mutating func planAssets(_ bench: DesiredBench) {
        let image = bench.release.imageID
        let id = StepID.assets(image)
        guard !observed.extractedAssets.contains(image), !steps.contains(where: { $0.id == id }) else { return }
        steps.append(
            Step(
                id: id, action: .extractAssets(bench.bench.name), bench: bench.bench.name, subject: "assets",
                cause: "of \(bench.release.reference) are not on the host yet"))
    }

    /// What a container of a bench waits for.
    func needs(of container: DesiredContainer) -> Set<String> {
        guard let bench = container.identity.bench else { return [] }
        var needs: Set<String> = [StepID.network(container.definition.network ?? ""), StepID.prepare(bench)]
        if let own = container.ownAttachment { needs.insert(StepID.attach(own)) }
        guard ![.redisCache, .redisQueue].contains(container.identity.component) else { return needs }
        needs.insert(StepID.configure(bench))
        needs.formUnion(mountedAssets(of: desired.benches[bench]))
        guard container.identity.component != .edge else { return needs }
        needs.formUnion([StepID.redis(bench, .redisCache), StepID.redis(bench, .redisQueue)])
        return needs
    }

    /// A web that is started reads its code for seconds, in which its database starts too; it is proven by both.
    private mutating func deferProof(of container: DesiredContainer, to database: Set<String>) {
        let id = StepID.container(container.identity)
        guard let index = steps.firstIndex(where: { $0.id == id }) else { return }
        steps[index].provenAfter = database
    }

    /// The shared servers of a bench: a server of one site's own holds up no other site.
    func databaseNeeds(of bench: ObjectName) -> Set<String> {
        let attachments = desired.attachments.filter { attachment in
            desired.networks.contains { $0.name == attachment.network && $0.bench == bench }
        }
        return Set(attachments.flatMap { [StepID.container($0.container), StepID.attach($0)] })
    }
}
