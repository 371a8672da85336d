/// Work in a one-shot container, as `jobResources` of a bench sizes it.
package enum Job: String, CaseIterable, Sendable {
    /// Reading an image, making directories, writing the configuration, copying assets.
    case benchInit
    case siteInit
    /// Renaming and deleting a site with its last dump, settings of a site.
    case maintenance
}

/// What a manifest gives a container: bytes, and thousandths of a core; nil for what follows from the host.
package struct GivenResources: Hashable, Sendable {
    package var requestedCPU: Int?
    package var requestedMemory: Int?
    package var limitCPU: Int?
    package var limitMemory: Int?

    package init(requestedCPU: Int? = nil, requestedMemory: Int? = nil, limitCPU: Int? = nil, limitMemory: Int? = nil) {
        self.requestedCPU = requestedCPU
        self.requestedMemory = requestedMemory
        self.limitCPU = limitCPU
        self.limitMemory = limitMemory
    }

    /// These, and where they say nothing the standard, moved as far as needed: a request never exceeds its limit.
    package func completed(by standard: ComponentResources) -> ComponentResources {
        let cpu = requestedCPU ?? min(standard.requestedCPU, limitCPU ?? .max)
        let memory = requestedMemory ?? min(standard.requestedMemory, limitMemory ?? .max)
        return ComponentResources(
            requestedCPU: cpu, requestedMemory: memory, limitCPU: limitCPU ?? max(standard.limitCPU, cpu),
            limitMemory: limitMemory ?? max(standard.limitMemory, memory))
    }
}
