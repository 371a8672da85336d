import FrappeModel

/// Compares what is to be with what is, and says what to do, why and at what cost; decides everything, does nothing.
package struct Planner: Sendable {
    package let desired: DesiredState
    package let observed: ObservedState
    /// Benches that have a manifest, also those whose image is not resolved yet.
    package let knownBenches: Set<ObjectName>
    /// Where the fields of a manifest were written.
    package let locations: [ManifestKey: [String: SourceLocation]]

    private var steps: [Step] = []
    private var unchangedComponents = 0
    private var unchangedSites = 0
    private var notes: [String] = []

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
        for bench in desired.benches.keys.sorted() { planner.planBench(bench) }
        planner.planAttachments()
        planner.planSites()
        planner.planDepartures()
        planner.planRoutes()
        return Plan(
            steps: planner.steps, unchangedComponents: planner.unchangedComponents,
            unchangedSites: planner.unchangedSites, notes: planner.notes)
    }
}

// What benches share.
extension Planner {
    private mutating func planNetworks() {
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

    private mutating func planDatabases() {
        for container in desired.containers where container.identity.component == .mariadb {
            let server = container.identity.instance
            if !observed.databaseDirectories.contains(server) {
                steps.append(
                    Step(
                        id: StepID.databaseDirectory(server), action: .prepareDatabase(server: server), bench: nil,
                        subject: "data of \(server)", cause: "has no directory yet"))
            }
            planContainer(
                container,
                needs: [StepID.network(container.definition.network ?? ""), StepID.databaseDirectory(server)])
        }
    }
}

// One bench.
extension Planner {
    private mutating func planBench(_ name: ObjectName) {
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
                    cause: recorded == nil ? "is not written yet" : "changed", needs: [StepID.prepare(name)]))
        }
        planAssets(bench)
        for container in desired.containers where container.identity.bench == name {
            planContainer(container, needs: needs(of: container))
        }
    }

    private mutating func planAssets(_ bench: DesiredBench) {
        let image = bench.release.imageID
        let id = StepID.assets(image)
        guard !observed.extractedAssets.contains(image), !steps.contains(where: { $0.id == id }) else { return }
        steps.append(
            Step(
                id: id, action: .extractAssets(bench.bench.name), bench: bench.bench.name, subject: "assets",
                cause: "of \(bench.release.reference) are not on the host yet"))
    }

    /// What a container of a bench waits for.
    private func needs(of container: DesiredContainer) -> Set<String> {
        guard let bench = container.identity.bench else { return [] }
        var needs: Set<String> = [StepID.network(container.definition.network ?? ""), StepID.prepare(bench)]
        guard ![.redisCache, .redisQueue].contains(container.identity.component) else { return needs }
        needs.insert(StepID.configure(bench))
        guard container.identity.component != .edge else { return needs }
        needs.formUnion([StepID.redis(bench, .redisCache), StepID.redis(bench, .redisQueue)])
        if container.identity.component == .web { needs.formUnion(databaseNeeds(of: bench)) }
        return needs
    }

    private func databaseNeeds(of bench: ObjectName) -> Set<String> {
        let attachments = desired.attachments.filter { attachment in
            desired.networks.contains { $0.name == attachment.network && $0.bench == bench }
        }
        return Set(attachments.flatMap { [StepID.container($0.container), StepID.attach($0)] })
    }
}

// One container.
extension Planner {
    private func existing(_ identity: ContainerIdentity) -> [ObservedContainer] {
        observed.containers.filter { $0.identity == identity && $0.state != .removing }
    }

    private mutating func planContainer(_ container: DesiredContainer, needs: Set<String>) {
        let existing = existing(container.identity)
        let current = existing.first { $0.name == container.name }
        let stale = existing.filter { $0.name != container.name && !isDraining($0) }
        noteDraining(existing, container)
        if let current {
            if let cause = Self.trouble(of: current) {
                let action: StepAction =
                    current.health == .unhealthy ? .replace(container, old: [current]) : .start(container)
                let effect: Step.Effect = current.health == .unhealthy ? .restart : .none
                append(container, action, cause: cause, effect: effect, needs: needs)
            } else {
                unchangedComponents += 1
            }
            planRemoval(of: stale, replacedBy: container)
        } else if let running = stale.first(where: { $0.state == .running }) {
            planReplacement(of: running, stale: stale, by: container, needs: needs)
        } else {
            let cause = stale.isEmpty ? absence(of: container) : "stopped and changed"
            append(container, .start(container), cause: cause, needs: needs)
            planRemoval(of: stale, replacedBy: container)
        }
    }

    private mutating func planReplacement(
        of running: ObservedContainer, stale: [ObservedContainer], by container: DesiredContainer, needs: Set<String>
    ) {
        let cause = change(from: running, to: container)
        switch container.definition.replacement {
        case .startFirst:
            append(container, .startBeside(container, old: stale), cause: cause, needs: needs)
            planRemoval(of: stale, replacedBy: container)
        case .stopFirst:
            let effect: Step.Effect = container.identity.component == .scheduler ? .restart : .downtime
            append(container, .replace(container, old: stale), cause: cause, effect: effect, needs: needs)
        }
    }

    private mutating func append(
        _ container: DesiredContainer, _ action: StepAction, cause: String, effect: Step.Effect = .none,
        needs: Set<String>
    ) {
        steps.append(
            Step(
                id: StepID.container(container.identity), action: action, bench: container.identity.bench,
                subject: container.identity.description, cause: cause, effect: effect, needs: needs))
    }

    /// Told to finish its job and still at it.
    private func isDraining(_ container: ObservedContainer) -> Bool {
        observed.draining.contains(container.id) && container.state == .running
    }

    private mutating func noteDraining(_ existing: [ObservedContainer], _ container: DesiredContainer) {
        for old in existing where isDraining(old) {
            notes.append("\(old.name) finishes its job and goes by itself")
        }
    }

    /// Why a container that should run as it is does not, nil when all is well.
    static func trouble(of container: ObservedContainer) -> String? {
        switch container.state {
        case .running:
            switch container.health {
            case .healthy, .none: nil
            case .starting: "is not proven healthy yet"
            case .unhealthy: "is unhealthy"
            }
        case .created: "was created but never started"
        case .exited, .dead: "is not running (\(container.status))"
        case .paused: "is paused"
        case .restarting: "keeps restarting (\(container.status))"
        case .removing: "is being removed"
        }
    }

    /// Why a container that is not there should be: told with the field that asks for a second replica.
    private func absence(of container: DesiredContainer) -> String {
        let identity = container.identity
        guard let bench = identity.bench, identity.component.isScalable, identity.instance != "1" else {
            return "is missing"
        }
        let field = "componentReplicas.\(identity.component.manifestKey)"
        let count = desired.benches[bench]?.bench.replicas[identity.component] ?? 1
        let place = locations[ManifestKey(.bench, bench)]?["spec.\(field)"].map { " (\($0.file):\($0.line))" } ?? ""
        return "\(field) is \(count)\(place)"
    }

    private func change(from old: ObservedContainer, to new: DesiredContainer) -> String {
        guard let hash = old.definitionHash, let before = observed.definitions[hash] else {
            return "its definition changed"
        }
        let changes = DefinitionChange.between(before, new.definition)
        guard let bench = new.identity.bench, let first = changes.first else {
            return changes.first?.text ?? "its definition changed"
        }
        let fields = locations[ManifestKey(.bench, bench)] ?? [:]
        let place = first.fields(of: new.identity.component).lazy.compactMap { field in
            fields[field] ?? fields.first { $0.key.hasPrefix(field + ".") }?.value
        }.first
        let text = changes.map(\.text).joined(separator: ", ")
        return place.map { "\(text) (\($0.file):\($0.line))" } ?? text
    }
}

// What goes.
extension Planner {
    /// The old containers of a component go once the new one is proven and, where requests reach it, routed.
    private mutating func planRemoval(of stale: [ObservedContainer], replacedBy container: DesiredContainer) {
        for old in stale {
            planDeparture(
                of: old, cause: "replaced by \(container.name)", needs: [StepID.container(container.identity)])
        }
    }

    private mutating func planDeparture(of old: ObservedContainer, cause: String, needs: Set<String>) {
        var needs = needs
        let component = old.identity?.component
        if let bench = old.bench, component == .web || component == .socketio, desired.benches[bench] != nil {
            needs.insert(StepID.route(bench))
        }
        let drains = component?.isWorker == true && old.state == .running
        steps.append(
            Step(
                id: "remove \(old.name)", action: drains ? .drain(old) : .remove(old), bench: old.bench,
                subject: old.identity?.description ?? old.name, cause: cause, needs: needs))
    }

    /// Containers and networks that no manifest asks for any more.
    private mutating func planDepartures() {
        let wanted = Set(desired.containers.map(\.identity))
        for old in observed.containers where !old.isOneShot && old.state != .removing {
            guard let identity = old.identity, !wanted.contains(identity) else { continue }
            if isDraining(old) {
                notes.append("\(old.name) finishes its job and goes by itself")
            } else if let bench = identity.bench, desired.benches[bench] != nil {
                planDeparture(of: old, cause: "one replica too many", needs: [])
            } else if let bench = identity.bench, !knownBenches.contains(bench) {
                planDeparture(of: old, cause: "its bench was deleted", needs: [])
            }
        }
        planNetworkDepartures()
    }

    private mutating func planNetworkDepartures() {
        let wanted = Set(desired.networks.map(\.name))
        for network in observed.networks where !wanted.contains(network.name) {
            guard let bench = network.labels[Label.bench] else { continue }
            let namespace = network.labels[Label.namespace] ?? ObjectName.defaultNamespace
            guard !knownBenches.contains(ObjectName(bench, namespace: namespace)) else { continue }
            let needs = observed.containers.filter { $0.networks.contains(network.name) }.map { "remove \($0.name)" }
            steps.append(
                Step(
                    id: "remove network \(network.name)", action: .removeNetwork(network), bench: nil,
                    subject: "network \(bench)", cause: "its bench was deleted", needs: Set(needs)))
        }
    }
}

// Networks that containers are in.
extension Planner {
    private mutating func planAttachments() {
        for attachment in desired.attachments { planAttachment(attachment, cause: "is not connected yet") }
        for container in desired.containers {
            guard let network = container.definition.network, let current = current(of: container),
                current.state == .running, !current.networks.contains(network)
            else { continue }
            planAttachment(
                NetworkAttachment(
                    container: container.identity, network: network, aliases: container.definition.aliases),
                cause: "was detached outside frappectl")
        }
    }

    private func current(of container: DesiredContainer) -> ObservedContainer? {
        observed.containers.first { $0.name == container.name }
    }

    private mutating func planAttachment(_ attachment: NetworkAttachment, cause: String) {
        let container = desired.containers.first { $0.identity == attachment.container }
        if let existing = container.flatMap({ current(of: $0) }), existing.networks.contains(attachment.network),
            !isRecreated(attachment.container)
        {
            return
        }
        let bench = desired.networks.first { $0.name == attachment.network }?.bench
        steps.append(
            Step(
                id: StepID.attach(attachment), action: .attach(attachment), bench: bench,
                subject: "network \(bench?.description ?? attachment.network)",
                cause: "\(attachment.container) \(cause)",
                needs: [StepID.network(attachment.network), StepID.container(attachment.container)]))
    }
}

extension Planner {
    private func isRecreated(_ identity: ContainerIdentity) -> Bool {
        steps.contains { step in
            if case .replace(let container, _) = step.action { container.identity == identity } else { false }
        }
    }
}

// Sites.
extension Planner {
    private mutating func planSites() {
        var lastOfBench: [ObjectName: String] = [:]
        for site in desired.sites.values.sorted(by: { $0.siteName < $1.siteName }) {
            guard let cause = causeToCreate(site) else {
                unchangedSites += 1
                continue
            }
            let id = StepID.site(site)
            let needs = databaseNeeds(of: site.bench).union([
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

    private func siteNetwork(_ site: Site) -> String {
        desired.networks.first { $0.bench == site.bench }?.name ?? ""
    }

    private mutating func causeToCreate(_ site: Site) -> String? {
        let exists = observed.siteDirectories[site.bench]?.contains(site.siteName) == true
        let record = observed.sitePhases[site.name]
        if record?.closing != nil {
            notes.append(
                "the deletion of \(site.siteName) was interrupted; finish it: frappectl delete site \(site.siteName)")
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
    private mutating func planRoutes() {
        var routed = false
        for name in desired.benches.keys.sorted() {
            let reached = steps.filter { $0.bench == name && Self.changesRoute($0) }
            guard !reached.isEmpty else { continue }
            routed = true
            planRoute(name, because: reached)
        }
        if !routed, let drift = observed.routeDrift {
            steps.append(Step(id: "route", action: .route(nil), bench: nil, subject: "route", cause: drift))
        }
    }

    private mutating func planRoute(_ name: ObjectName, because reached: [Step]) {
        let sites = reached.filter { if case .createSite = $0.action { true } else { false } }
        let containers = Set(reached.map(\.id)).subtracting(sites.map(\.id))
        steps.append(
            Step(
                id: StepID.route(name), action: .route(name), bench: name, subject: "route",
                cause: sites.isEmpty ? "its upstreams change" : "its sites change",
                needs: containers.filter { !$0.hasPrefix("remove ") }, after: Set(sites.map(\.id))))
        for step in sites {
            guard case .createSite(let site) = step.action else { continue }
            steps.append(
                Step(
                    id: "verify \(site.siteName)", action: .verifySite(site), bench: name,
                    subject: "site \(site.siteName)",
                    cause: "is to answer", needs: [StepID.route(name), step.id]))
        }
    }

    private static func changesRoute(_ step: Step) -> Bool {
        switch step.action {
        case .start(let container), .startBeside(let container, _), .replace(let container, _):
            [.web, .socketio].contains(container.identity.component)
        case .remove(let old): [.web, .socketio].contains(old.identity?.component)
        case .createSite, .extractAssets: true
        default: false
        }
    }
}
