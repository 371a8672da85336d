/// Sizes for the components of a bench, chosen by one word (annotation `frappectl.dev/tier`).
package enum ResourceTier: String, Sendable, CaseIterable {
    case small, medium, large

    /// What it says of web servers and workers; the other components keep their defaults.
    package var resources: [Component: ComponentResources] {
        switch self {
        case .small: Self.resources(web: (200, 256, 500, 512), worker: (100, 128))
        case .medium: Self.resources(web: (500, 512, 1000, 1024), worker: (200, 256))
        case .large: Self.resources(web: (1000, 2048, 2000, 4096), worker: (500, 1024))
        }
    }

    /// CPU in thousandths and memory in MiB. Workers may use twice what they are sure of, and never less than a worker
    /// of that queue needs.
    private static func resources(
        web: (cpu: Int, memory: Int, limitCPU: Int, limitMemory: Int), worker: (cpu: Int, memory: Int)
    ) -> [Component: ComponentResources] {
        var resources: [Component: ComponentResources] = [
            .web: .init(
                requestedCPU: web.cpu, requestedMemory: web.memory << 20, limitCPU: web.limitCPU,
                limitMemory: web.limitMemory << 20)
        ]
        for component in [Component.workerDefault, .workerLong, .workerShort] {
            guard let standard = Component.defaultResources[component] else { continue }
            resources[component] = .init(
                requestedCPU: worker.cpu, requestedMemory: worker.memory << 20,
                limitCPU: max(standard.limitCPU, worker.cpu * 2),
                limitMemory: max(standard.limitMemory, worker.memory << 21))
        }
        return resources
    }
}
