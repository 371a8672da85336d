import TestSupport

/// What is stored and what runs, to tell whether anything was touched.
struct Snapshot: Equatable {
    var containers: [String]
    var networks: [String]
    var manifests: [String]
    var sites: JSON
    var lastOperation: JSON

    init(_ installation: Installation) async throws {
        containers = try await installation.containers().map { "\($0.name) \($0.id)" }
        networks = try await installation.networks().map { "\($0.name) \($0.id)" }
        var manifests: [String] = []
        for kind in ["host", "bench", "site", "secret"] {
            manifests.append(try await installation.succeed(["get", kind, "-o", "yaml"]).output)
        }
        self.manifests = manifests
        sites = try await installation.succeed(["site", "list", "--json"]).json()
        lastOperation = try await installation.succeed(["history", "--json", "--limit", "1"]).json()
    }
}
