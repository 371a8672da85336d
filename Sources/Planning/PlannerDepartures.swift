import FrappeModel

// What goes.
extension Planner {
    /// The old containers of a component go once the new one is proven and, where requests reach it, routed.
    mutating func planRemoval(of stale: [ObservedContainer], replacedBy container: DesiredContainer) {
        for old in stale {
            planDeparture(
                of: old, cause: "replaced by \(container.name)", needs: [StepID.container(container.identity)])
        }
    }

    mutating func planDeparture(of old: ObservedContainer, cause: String, needs: Set<String>) {
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
    mutating func planDepartures() {
        let wanted = Set(desired.containers.map(\.identity))
        for old in observed.containers where !old.isOneShot && old.state != .removing {
            guard let identity = old.identity, !wanted.contains(identity) else { continue }
            if let bench = identity.bench, !knownBenches.contains(bench) {
                planDiscard(of: old)
            } else if isLeftAlone(old) {
                noteDraining(old)
            } else if let bench = identity.bench, desired.benches[bench] != nil {
                let cause = identity.component == .mariadb ? "its site was deleted" : "one replica too many"
                planDeparture(of: old, cause: cause, needs: [])
            }
        }
        planNetworkDepartures()
    }

    /// A bench is deleted only when its last site is gone: no job of its workers is worth waiting for.
    private mutating func planDiscard(of old: ObservedContainer) {
        steps.append(
            Step(
                id: "remove \(old.name)", action: .discard(old), bench: old.bench,
                subject: old.identity?.description ?? old.name, cause: "its bench was deleted"))
    }

    mutating func planNetworkDepartures() {
        let wanted = Set(desired.networks.map(\.name))
        for network in observed.networks where !wanted.contains(network.name) {
            guard let bench = network.labels[Label.bench] else { continue }
            let namespace = network.labels[Label.namespace] ?? ObjectName.defaultNamespace
            guard !knownBenches.contains(ObjectName(bench, namespace: namespace)) else { continue }
            let needs = observed.containers.filter { $0.networks.contains(network.name) }.map { member in
                planLeaving(member, network: network)
            }
            steps.append(
                Step(
                    id: "remove network \(network.name)", action: .removeNetwork(network), bench: nil,
                    subject: "network \(bench)", cause: "its bench was deleted", needs: Set(needs)))
        }
    }

    /// The step after which a container is in the network no more: its removal, or that it leaves, as a database does
    /// that other benches use.
    private mutating func planLeaving(_ member: ObservedContainer, network: ObservedNetwork) -> String {
        let removal = "remove \(member.name)"
        guard !steps.contains(where: { $0.id == removal }), !member.isOneShot else { return removal }
        let id = "detach \(member.name) \(network.name)"
        steps.append(
            Step(
                id: id, action: .detach(container: member, network: network.name), bench: nil,
                subject: member.identity?.description ?? member.name, cause: "leaves network \(network.name)"))
        return id
    }
}
