import FrappeModel

/// How many containers of a bench are as they should be.
package struct BenchHealth: Codable, Sendable, Hashable {
    package var name: ObjectName
    /// The tag of its image, or what names it.
    package var tag: String
    package var sites: Int
    package var healthy: Int
    package var expected: Int

    package init(name: ObjectName, tag: String, sites: Int, healthy: Int, expected: Int) {
        self.name = name
        self.tag = tag
        self.sites = sites
        self.healthy = healthy
        self.expected = expected
    }
}

extension Convergence {
    /// The benches of a scope as they run now; one call of the Engine.
    func health(_ scope: Scope) async throws -> [BenchHealth] {
        let running = try await host.engine.containers()
        let benches = set.manifests.benches.values.filter { scope == .host || scope == .bench($0.name) }
        return benches.sorted { $0.name < $1.name }.map { bench in
            let wanted = Set(desired.containers.filter { $0.identity.bench == bench.name }.map(\.name))
            return BenchHealth(
                name: bench.name, tag: Self.tag(of: bench.image.reference),
                sites: set.manifests.sites.values.count { $0.bench == bench.name },
                healthy: running.count { wanted.contains($0.name) && $0.works }, expected: wanted.count)
        }
    }

    private static func tag(of reference: String) -> String {
        let last = reference.split(separator: "/").last ?? ""
        return last.split(separator: ":").last.map(String.init) ?? reference
    }
}

extension ObservedContainer {
    /// Whether it runs and nothing says that it fails.
    var works: Bool { state == .running && health != .unhealthy }
}
