import FrappeModel

// One container.
extension Planner {
    func existing(_ identity: ContainerIdentity) -> [ObservedContainer] {
        observed.containers.filter { $0.identity == identity && $0.state != .removing }
    }

    mutating func planContainer(_ container: DesiredContainer, needs: Set<String>) {
        let existing = existing(container.identity)
        let found = existing.first { $0.name == container.name } ?? renamed(container, among: existing)
        // As it will be called when later steps find it.
        var current = found
        current?.name = container.name
        let stale = existing.filter { $0.id != found?.id && !isLeftAlone($0) }
        for old in existing where isLeftAlone(old) { noteDraining(old) }
        if let current, isDraining(current) {
            // It is wanted again, and goes all the same: what works in its place goes on until it can be started anew.
            unchangedComponents += 1
            if !isLeftAlone(current) { noteDraining(current) }
        } else if let current, let found {
            let needs = needs.union(planName(of: found, as: container))
            if current.state != .running, let holder = observed.lostPorts[container.name] {
                append(
                    container, .replace(container, old: [current]), cause: portCause(container, holder), needs: needs)
            } else if let cause = Self.trouble(of: current) {
                // What is cut off from its network is connected and asked again before it is judged.
                let isDetached = container.ownAttachment.map { !current.networks.contains($0.network) } ?? false
                let isReplaced = current.health == .unhealthy && !isDetached
                append(
                    container, isReplaced ? .replace(container, old: [current]) : .start(container), cause: cause,
                    effect: isReplaced ? .restart : .none, needs: needs)
            } else if observed.withoutSocket.contains(found.name) {
                append(
                    container, .restart(container), cause: "its socket was removed", effect: .restart, needs: needs)
            } else if found.name == container.name {
                unchangedComponents += 1
            }
            planRemoval(of: stale, replacedBy: container)
        } else if let running = stale.first(where: { $0.state == .running }) {
            planReplacement(of: running, stale: stale, by: container, needs: needs)
        } else {
            var cause = stale.isEmpty ? absence(of: container) : "stopped and changed"
            if let holder = observed.lostPorts[container.name] { cause += "; \(portCause(container, holder))" }
            append(container, .start(container), cause: cause, needs: needs)
            planRemoval(of: stale, replacedBy: container)
        }
    }

    /// One that is what it should be under another name.
    private func renamed(_ container: DesiredContainer, among existing: [ObservedContainer]) -> ObservedContainer? {
        existing.first { $0.definitionHash == container.definitionHash && !isDraining($0) }
    }

    /// Its name back, where somebody renamed it; what the next step of it needs.
    private mutating func planName(of current: ObservedContainer, as container: DesiredContainer) -> Set<String> {
        guard current.name != container.name else { return [] }
        let id = StepID.rename(container.identity)
        steps.append(
            Step(
                id: id, action: .rename(current, to: container.name), bench: container.identity.bench,
                subject: container.identity.description, cause: "was renamed to \(current.name) outside frappectl"))
        return [id]
    }

    private func portCause(_ container: DesiredContainer, _ holder: String) -> String {
        "\(holder), so it gets \(container.definition.publishedPorts.map(\.host).joined(separator: ", "))"
    }

    mutating func planReplacement(
        of running: ObservedContainer, stale: [ObservedContainer], by container: DesiredContainer, needs: Set<String>
    ) {
        var cause = change(from: running, to: container)
        if let holder = observed.lostPorts[container.name] { cause += "; \(portCause(container, holder))" }
        switch container.definition.replacement {
        case .startFirst:
            append(container, .startBeside(container, old: stale), cause: cause, needs: needs)
            planRemoval(of: stale, replacedBy: container)
        case .stopFirst:
            let effect: Step.Effect = container.identity.component == .scheduler ? .restart : .downtime
            append(container, .replace(container, old: stale), cause: cause, effect: effect, needs: needs)
        }
    }

    mutating func append(
        _ container: DesiredContainer, _ action: StepAction, cause: String, effect: Step.Effect = .none,
        needs: Set<String>
    ) {
        steps.append(
            Step(
                id: StepID.container(container.identity), action: action, bench: container.identity.bench,
                subject: container.identity.description, cause: cause, effect: effect, needs: needs))
    }

    /// Told to finish its job and still at it.
    func isDraining(_ container: ObservedContainer) -> Bool {
        observed.draining.contains(container.id) && container.state == .running
    }

    /// Told to go and at a job that is longer than any run waits.
    func isLeftAlone(_ container: ObservedContainer) -> Bool {
        isDraining(container) && !observed.justTold.contains(container.id)
    }

    mutating func noteDraining(_ container: ObservedContainer) {
        notes.append("\(container.name) finishes its job and goes by itself")
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
    func absence(of container: DesiredContainer) -> String {
        let identity = container.identity
        guard let bench = identity.bench, identity.component.isScalable, identity.instance != "1" else {
            return "is missing"
        }
        let field = "componentReplicas.\(identity.component.manifestKey)"
        let count = desired.benches[bench]?.bench.replicas[identity.component] ?? 1
        let place = locations[ManifestKey(.bench, bench)]?["spec.\(field)"].map { " (\($0.lineText))" } ?? ""
        return "\(field) is \(count)\(place)"
    }

    func change(from old: ObservedContainer, to new: DesiredContainer) -> String {
        guard let hash = old.definitionHash, let before = observed.definitions[hash] else {
            return "its definition changed"
        }
        let changes = DefinitionChange.between(before, new.definition)
        guard let first = changes.first else { return "its definition changed" }
        let paths = first.fields(of: new.identity.component)
        let place = documents(of: new.identity).lazy.compactMap { document in
            paths.lazy.compactMap { locations[document]?[$0] }.first
        }.first
        let text = changes.map(\.text).joined(separator: ", ")
        if let place { return "\(text) (\(place.lineText))" }
        guard first.isOfMemory, let budget = desired.memoryBudget else { return text }
        return "\(text) (follows the host's memory budget of \(Quantity.bytes(budget)))"
    }

    /// The manifests that may say something about a container, the nearest first.
    private func documents(of identity: ContainerIdentity) -> [ManifestKey] {
        let site = identity.component == .mariadb ? desired.site(ofDatabase: identity.instance) : nil
        return [
            site.map { ManifestKey(.site, $0.name) }, identity.bench.map { ManifestKey(.bench, $0) },
            identity.component == .mariadb
                ? locations.keys.first { $0.kind == .server && $0.object.name == identity.instance } : nil,
            locations.keys.first { $0.kind == .host },
        ].compactMap(\.self)
    }
}
