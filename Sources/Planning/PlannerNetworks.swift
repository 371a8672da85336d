import FrappeModel

// Networks that containers are in.
extension Planner {
    mutating func planAttachments() {
        for attachment in desired.attachments { planAttachment(attachment, cause: "is not connected yet") }
        for container in desired.containers {
            guard let own = container.ownAttachment, let current = current(of: container),
                !current.networks.contains(own.network), !isRecreated(container.identity)
            else { continue }
            steps.append(
                Step(
                    id: StepID.attach(own), action: .reconnect(container, own), bench: container.identity.bench,
                    subject: "network \(container.identity.bench?.description ?? own.network)",
                    cause: "\(container.identity) was detached outside frappectl",
                    effect: container.identity.component.keepsConnections ? .restart : .none,
                    needs: [StepID.network(own.network)]))
        }
        planRestarts()
    }

    /// What waits on a redis-queue that was cut off would go on waiting on a dead connection.
    private mutating func planRestarts() {
        let cutOff = steps.filter { step in
            if case .reconnect(let container, _) = step.action {
                container.identity.component == .redisQueue
            } else {
                false
            }
        }
        for step in cutOff {
            for container in desired.containers
            where container.identity.bench == step.bench && container.identity.component.keepsConnections
                && current(of: container)?.state == .running && !isTouched(container)
            {
                steps.append(
                    Step(
                        id: "restart \(StepID.container(container.identity))", action: .restart(container),
                        bench: step.bench, subject: container.identity.description,
                        cause: "its connection to redis-queue is dead", effect: .restart, needs: [step.id]))
            }
        }
    }

    private func isTouched(_ container: DesiredContainer) -> Bool {
        steps.contains { step in
            switch step.action {
            case .start(let other), .startBeside(let other, _), .replace(let other, _), .reconnect(let other, _):
                other.identity == container.identity
            default: false
            }
        }
    }

    func current(of container: DesiredContainer) -> ObservedContainer? {
        observed.containers.first { $0.name == container.name }
    }

    mutating func planAttachment(_ attachment: NetworkAttachment, cause: String) {
        let container = desired.containers.first { $0.identity == attachment.container }
        if let existing = container.flatMap({ current(of: $0) }), existing.networks.contains(attachment.network),
            !isRecreated(attachment.container)
        {
            return
        }
        let bench = desired.networks.first { $0.name == attachment.network }?.bench
        // One that is there is connected before it is proven: without its network it cannot be.
        let isThere = container.flatMap { current(of: $0) } != nil && !isRecreated(attachment.container)
        var needs: Set<String> = [StepID.network(attachment.network)]
        if !isThere { needs.insert(StepID.container(attachment.container)) }
        steps.append(
            Step(
                id: StepID.attach(attachment), action: .attach(attachment), bench: bench,
                subject: "network \(bench?.description ?? attachment.network)",
                cause: "\(attachment.container) \(cause)",
                needs: needs))
    }
}

extension Planner {
    func isRecreated(_ identity: ContainerIdentity) -> Bool {
        steps.contains { step in
            if case .replace(let container, _) = step.action { container.identity == identity } else { false }
        }
    }
}

extension DesiredContainer {
    /// Its place in the network it is created in.
    var ownAttachment: NetworkAttachment? {
        definition.network.map { NetworkAttachment(container: identity, network: $0, aliases: definition.aliases) }
    }
}
