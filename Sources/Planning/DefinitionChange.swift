import FrappeModel

/// One difference between two definitions of a container, in words, with the manifest fields it may come from.
struct DefinitionChange: Hashable {
    enum Origin: Hashable {
        case image, sites, redis, program, settings
        /// A field below the component's resources, such as `limits.memory`.
        case resources(String)
    }

    let text: String
    let origin: Origin

    /// Paths in the bench's manifest, the likeliest first.
    func fields(of component: Component) -> [String] {
        if component == .mariadb { return databaseFields }
        return switch origin {
        case .image: ["spec.imageConfig.tag", "spec.imageConfig.repository", "spec.frappeVersion"]
        case .resources(let field):
            [
                "spec.componentResources.\(component.manifestKey).\(field)",
                "spec.componentResources.\(component.manifestKey)",
            ]
        case .redis: ["spec.redisConfig"]
        case .sites, .program, .settings: []
        }
    }

    /// Paths in the manifests of a site, of a bench and of the host.
    private var databaseFields: [String] {
        switch origin {
        case .image: ["spec.dbConfig.image", "spec.image", "spec.images.mariadb"]
        case .resources(let field):
            [
                "spec.dbConfig.resources.\(field)", "spec.resources.\(field)", "spec.mariadb.memory",
                "spec.memoryBudget",
            ]
        case .redis: ["spec.mariadb.memory"]
        case .settings: ["spec.myCnf", "spec.myCnfConfigMapKeyRef", "spec.mariadb.myCnf"]
        case .sites, .program: []
        }
    }

    /// Whether it may come from a memory size that no manifest gives.
    var isOfMemory: Bool {
        switch origin {
        case .resources(let field): field.hasSuffix("memory")
        default: false
        }
    }

    static func between(_ old: ContainerDefinition, _ new: ContainerDefinition) -> [DefinitionChange] {
        var changes: [DefinitionChange] = []
        if old.image != new.image {
            changes.append(.init(text: "image \(short(old.image)) -> \(short(new.image))", origin: .image))
        }
        changes += limits(old.limits, new.limits)
        changes += command(old.command ?? [], new.command ?? [])
        if settings(old) != settings(new) {
            changes.append(.init(text: "its settings changed", origin: .settings))
        } else if old.files != new.files || old.aliases != new.aliases {
            changes.append(.init(text: "its sites and names changed", origin: .sites))
        }
        if changes.isEmpty, old != new { changes.append(.init(text: "its definition changed", origin: .program)) }
        return changes
    }

    /// A file of settings, which only database servers have.
    private static func settings(_ definition: ContainerDefinition) -> ContainerDefinition.UploadedFile? {
        definition.files.first { $0.path.hasSuffix(".cnf") && $0.path.hasPrefix("/etc/mysql/") }
    }

    private static func limits(
        _ old: ContainerDefinition.Limits, _ new: ContainerDefinition.Limits
    ) -> [DefinitionChange] {
        var changes: [DefinitionChange] = []
        func compare(_ name: String, _ field: String, _ before: Int?, _ after: Int?, _ show: (Int) -> String) {
            guard before != after else { return }
            let text = "\(name) \(before.map(show) ?? "none") -> \(after.map(show) ?? "none")"
            changes.append(.init(text: text, origin: .resources(field)))
        }
        compare("memory limit", "limits.memory", old.memory, new.memory, Quantity.bytes)
        compare("memory request", "requests.memory", old.memoryReservation, new.memoryReservation, Quantity.bytes)
        compare("CPU limit", "limits.cpu", old.cpu, new.cpu) { "\($0)m" }
        compare("CPU request", "requests.cpu", old.cpuShares, new.cpuShares) { "\(($0 * 1000 + 512) / 1024)m" }
        return changes
    }

    private static func command(_ old: [String], _ new: [String]) -> [DefinitionChange] {
        guard old.count == new.count else { return [.init(text: "its command changed", origin: .program)] }
        return zip(old, new).filter { $0 != $1 && !$0.contains("/run/frappectl/") }.map { before, after in
            let origin: Origin = before.hasPrefix("--workers") ? .resources("limits") : .redis
            guard let name = before.split(separator: "=").first, after.hasPrefix(name), before.contains("=") else {
                return .init(text: "\(before) -> \(after)", origin: origin)
            }
            let value = after.dropFirst(name.count + 1)
            return .init(
                text: "\(name.drop { $0 == "-" }) \(before.dropFirst(name.count + 1)) -> \(value)", origin: origin)
        }
    }

    private static func short(_ image: String) -> String {
        String(image.replacing("sha256:", with: "").prefix(12))
    }
}
