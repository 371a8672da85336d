import Foundation

/// The verbs that change something, each from a state that the one before it leaves or that is made again.
extension FaultScenario {
    private static let base = "shop.yaml"
    private static let other = "other.yaml"

    /// All of them, in an order in which little has to be made again.
    package static let all: [FaultScenario] = [
        configuration, image, replicas, publicURL, siteNew, siteRename, siteDelete, scale, benchDelete, down, firstUp,
    ]

    /// On an empty root.
    static let firstUp = FaultScenario("first up", verb: ["up", "-f", base], isRepeated: true, steady: nil) { shop in
        try await shop.reset()
        try shop.write(shop.smallManifest, to: base)
    }

    /// Sizes and the environment of what serves, of what works and of what is replaced in its place.
    static let configuration = FaultScenario(
        "changed configuration", verb: ["up", "-f", other], isRepeated: true, steady: "one.localhost"
    ) { shop in
        try await shop.bringUp()
        try shop.write(
            shop.benchManifest(extra: [
                Installation.oneWorker,
                "componentResources:", "  gunicorn: {limits: {memory: 640Mi}}", "  socketio: {limits: {memory: 200Mi}}",
                "  workerShort: {limits: {memory: 300Mi}}", "  scheduler: {limits: {memory: 300Mi}}",
            ]), to: other)
    }

    /// Another image, with assets of another generation, that needs no migration.
    static let image = FaultScenario(
        "changed image", verb: ["up", "-f", other], isRepeated: true, steady: "one.localhost"
    ) { shop in
        try await shop.bringUp()
        try shop.write(
            shop.benchManifest(image: "\(shop.images.benchRepository):assets-b", extra: [Installation.oneWorker]),
            to: other)
    }

    static let replicas = FaultScenario(
        "more replicas", verb: ["up", "-f", other], isRepeated: true, steady: "one.localhost"
    ) { shop in
        try await shop.bringUp()
        try shop.write(
            shop.benchManifest(extra: [
                "componentReplicas: {gunicorn: 2, workerDefault: 0, workerShort: 2, workerLong: 0}"
            ]), to: other)
    }

    /// The public name of a site, which its own configuration follows.
    static let publicURL = FaultScenario(
        "changed domain", verb: ["up", "-f", other], isRepeated: true, steady: "books.example.test"
    ) { shop in
        try await shop.bringUp()
        try shop.write(shop.siteManifest("one.localhost", name: "one", domain: "new.test"), to: other)
    }

    static let scale = FaultScenario(
        "bench scale", verb: ["bench", "scale", "shop", "worker-short", "0"], isRepeated: true, steady: "one.localhost"
    ) { try await $0.bringUp() }

    static let siteNew = FaultScenario(
        "site new", verb: ["site", "new", "six.localhost", "--bench", "shop"], isRepeated: true, steady: "one.localhost"
    ) { try await $0.bringUp() }

    static let siteRename = FaultScenario(
        "site rename", verb: ["site", "rename", "two.localhost", "six.localhost", "--redirect"], isRepeated: true,
        steady: "one.localhost"
    ) { shop in
        // It waits for jobs, which the scheduler queues for each kind of worker.
        try await shop.bringUp(shop.shopManifest)
    }

    static let siteDelete = FaultScenario(
        "delete site", verb: ["delete", "site", "six.localhost", "--yes", "six.localhost"],
        isRepeated: true, steady: "one.localhost"
    ) { shop in
        try await shop.bringUp(keeping: ["six.localhost"])
        try await shop.succeed(["site", "new", "six.localhost", "--bench", "shop"])
    }

    static let benchDelete = FaultScenario(
        "delete bench", verb: ["delete", "bench", "spare", "--yes", "spare"], isRepeated: true, steady: "one.localhost"
    ) { shop in
        try await shop.bringUp(keeping: ["spare"])
        try shop.write(
            shop.benchManifest("spare", extra: [Installation.oneWorker]),
            to: "spare.yaml")
        try await shop.succeed(["up", "-f", "spare.yaml"])
    }

    static let down = FaultScenario("down", verb: ["down"], rerun: ["down"], steady: nil) { try await $0.bringUp() }
}

extension Installation {
    /// Of the three kinds of workers, which are the same to every verb, one.
    fileprivate static let oneWorker = "componentReplicas: {workerDefault: 0, workerLong: 0}"

    fileprivate var smallManifest: String {
        manifests([
            hostManifest, benchManifest(extra: [Self.oneWorker]), siteManifest("one.localhost", name: "one"),
            siteManifest("two.localhost", name: "two", domain: "books.example.test"),
        ])
    }

    /// Bench `shop` with two sites, and nothing else but what is named.
    fileprivate func bringUp(_ manifest: String? = nil, keeping kept: Set<String> = []) async throws {
        let names = try await siteNames()
        if names.contains("six.localhost"), !names.contains("two.localhost") {
            // The same site, back under its first name.
            try await succeed(["site", "rename", "six.localhost", "two.localhost"])
        }
        try write(manifest ?? smallManifest, to: "shop.yaml")
        try await succeed(["up", "-f", "shop.yaml"])
        for site in try await succeed(["site", "list", "--json"]).json().array.compactMap(\.siteName.string)
        where !["one.localhost", "two.localhost"].contains(site) && !kept.contains(site) {
            try await succeed(["delete", "site", site, "--yes", site])
        }
        for bench in try await succeed(["get", "bench", "--json"]).json().array.compactMap(\.metadata.name.string)
        where bench != "shop" && !kept.contains(bench) {
            try await succeed(["delete", "bench", bench, "--yes", bench])
        }
        try forgetArchived()
    }

    fileprivate func siteNames() async throws -> [String] {
        guard FileManager.default.fileExists(atPath: "\(root)/agent/state.sqlite") else { return [] }
        return try await succeed(["site", "list", "--json"]).json().array.compactMap(\.siteName.string)
    }

    /// What is kept of deleted sites grows with every case.
    private func forgetArchived() throws {
        let directory = "\(root)/archived"
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }
}
