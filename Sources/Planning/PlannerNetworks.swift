import FrappeModel

// Networks that containers are in.
extension Planner {
    mutating func planAttachments() {
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
        steps.append(
            Step(
                id: StepID.attach(attachment), action: .attach(attachment), bench: bench,
                subject: "network \(bench?.description ?? attachment.network)",
                cause: "\(attachment.container) \(cause)",
                needs: [StepID.network(attachment.network), StepID.container(attachment.container)]))
    }
}

extension Planner {
    func isRecreated(_ identity: ContainerIdentity) -> Bool {
        steps.contains { step in
            if case .replace(let container, _) = step.action { container.identity == identity } else { false }
        }
    }
}
