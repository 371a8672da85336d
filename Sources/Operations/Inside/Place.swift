import FrappeModel
import ManifestParsing

/// Where a command is to run: a bench, perhaps a site of it, and a container that runs.
struct Place: Sendable {
    let bench: ObjectName
    let site: Site?
    let container: ObservedContainer
}

/// Finds benches and sites by the names that people use.
struct Places: Sendable {
    let host: HostContext
    let manifests: Manifests

    init(_ host: HostContext) throws {
        self.host = host
        manifests = try host.storedManifests().manifests
    }

    /// A bench by its name, a site by its name, object or domain; without a name the only bench.
    func find(_ name: String?) throws -> (bench: ObjectName, site: Site?) {
        guard let name else { return (try host.bench(nil, option: nil), nil) }
        if let bench = manifests.benches.keys.first(where: { $0.description == name }) { return (bench, nil) }
        if let site = site(named: name) { return (site.bench, site) }
        let known = manifests.benches.keys.map(\.description).sorted() + sites.map(\.siteName)
        throw OperationError.failed(
            "there is no bench or site \(SafeText.plain(name, limit: 80)).\(Suggestion.hint(for: name, among: known))"
                + (known.isEmpty ? "" : " There is: \(known.joined(separator: ", "))"),
            next: known.isEmpty ? "frappectl init, then frappectl up -f FILE" : "frappectl status")
    }

    /// A site by its name, object or domain; without a name the only site.
    func site(_ name: String?) throws -> Site {
        if let name, let site = site(named: name) { return site }
        let known = sites.map(\.siteName).joined(separator: ", ")
        if name == nil, let only = sites.first, sites.count == 1 { return only }
        if let name {
            throw OperationError.unknown("site", name, known: sites.map(\.siteName))
        }
        guard !sites.isEmpty else {
            throw OperationError.failed("there is no site yet", next: "frappectl site new NAME")
        }
        throw OperationError.usage("name the site, one of: \(known)")
    }

    private var sites: [Site] { manifests.sites.values.sorted { $0.siteName < $1.siteName } }

    private func site(named name: String) -> Site? {
        sites.first { $0.siteName == name } ?? sites.first { $0.name.description == name || $0.publicName == name }
    }
}

extension Places {
    /// The container to run something in: of the component, or the one that serves best for work on the bench.
    func place(_ name: String?, _ choice: ComponentChoice?) async throws -> Place {
        let (bench, site) = try find(name)
        return try await place(bench, site, choice)
    }

    func place(_ bench: ObjectName, _ site: Site?, _ choice: ComponentChoice?) async throws -> Place {
        let all = try await host.engine.containers()
        let server = site?.databaseServer ?? Site.defaultDatabaseServer
        let here = all.filter { container in
            guard let identity = container.identity else { return false }
            return identity.bench == bench || choice?.component == .mariadb && identity.instance == server
        }
        guard let container = Self.best(here, choice) else { throw Self.nothingRuns(bench, choice, here) }
        return Place(bench: bench, site: site, container: container)
    }

    /// Components that have the whole bench in them, the most fitting first.
    private static let ofTheBench: [Component] = [.web, .workerDefault, .workerShort, .workerLong, .scheduler]

    /// Healthy before others, then by component and number.
    private static func best(_ containers: [ObservedContainer], _ choice: ComponentChoice?) -> ObservedContainer? {
        let ranked = containers.compactMap { container -> (rank: [Int], container: ObservedContainer)? in
            guard container.state == .running, let identity = container.identity else { return nil }
            if let choice, !choice.contains(identity) { return nil }
            guard let place = choice == nil ? ofTheBench.firstIndex(of: identity.component) : 0 else { return nil }
            return ([container.health == .healthy ? 0 : 1, place, Int(identity.instance) ?? 0], container)
        }
        return ranked.min { $0.rank.lexicographicallyPrecedes($1.rank) }?.container
    }

    private static func nothingRuns(
        _ bench: ObjectName, _ choice: ComponentChoice?, _ here: [ObservedContainer]
    ) -> OperationError {
        let running = here.filter { $0.state == .running }.compactMap { $0.identity?.description }.sorted()
        guard let choice, !running.isEmpty else {
            return .failed("bench \(bench) does not run", next: "frappectl up, then frappectl status")
        }
        return .failed(
            "\(choice) of bench \(bench) does not run; what does: \(running.joined(separator: ", "))",
            next: "frappectl status")
    }
}
