import ComposeTemplates
import DockerEngine
import FoundationEssentials
import FrappeModel
import Rendering
import StateStore

/// Pins the image of each bench: once a release has it, a tag that moves does not move it.
struct ImageResolution: Sendable {
    let host: HostContext
    let manifests: Manifests
    /// With values that are not stored yet; nil where nothing is pulled.
    var secrets: SecretValues?

    /// The release of each bench that has one, and the benches whose image is to be found or has changed.
    func pinned() throws -> (releases: [ObjectName: Release], pending: [Bench]) {
        let releases = try host.store.releases()
        let benches = manifests.benches.values.sorted { $0.name < $1.name }
        let pending = benches.filter { releases[$0.name]?.reference != $0.image.reference }
        return (releases.filter { manifests.benches[$0.key] != nil }, pending)
    }

    /// Finds or pulls the images of `pending`, reads what they contain, and refuses what cannot run.
    func resolve(_ pending: [Bench], releases: [ObjectName: Release]) async throws -> [ObjectName: Release] {
        var releases = releases
        var problems: [String] = []
        for bench in pending {
            let (id, digest) = try await image(for: bench)
            let facts = try await facts(of: id, bench: bench)
            let old = releases[bench.name]
            if let refusal = try Self.cacheRefusal(of: bench, facts: facts)
                ?? old.flatMap({ try refusal(of: bench, old: $0, facts: facts) })
            {
                problems.append(refusal)
                continue
            }
            let number = old.map { $0.imageID == id ? $0.number : $0.number + 1 } ?? 1
            releases[bench.name] = Release(
                number: number, reference: bench.image.reference, imageID: id, digest: digest, facts: facts)
        }
        guard problems.isEmpty else { throw OperationError.failed(problems.joined(separator: "\n"), next: nil) }
        return releases
    }

    /// Frappe 16 follows the keys of its cache by client tracking, which DragonFly does not offer.
    private static func cacheRefusal(of bench: Bench, facts: ImageFacts) throws -> String? {
        guard bench.redis.flavour == .dragonfly, let version = facts.apps["frappe"],
            let major = version.split(separator: ".").first.flatMap({ Int($0) }), major > 15
        else { return nil }
        return """
            bench \(bench.name): DragonFly cannot be the cache of Frappe \(version), which needs client tracking
              next: set spec.redisConfig.type to redis or valkey, then frappectl up -f FILE
            """
    }

    /// A bench with sites does not change to an image that needs a migration until updates exist.
    private func refusal(of bench: Bench, old: Release, facts: ImageFacts) throws -> String? {
        guard let why = old.facts.migrationNeeded(for: facts) else { return nil }
        let sites = try host.store.sites().values.filter { $0.bench == bench.name }.map(\.siteName).sorted()
        guard !sites.isEmpty else { return nil }
        return """
            bench \(bench.name): \(bench.image.reference) needs a migration of \(sites.joined(separator: ", ")): \(why)
              updates with migration are not built yet; release \(old.number) (\(old.reference)) stays, nothing was changed
              next: set spec.imageConfig back to \(old.reference), then frappectl up -f FILE
            """
    }

    private func image(for bench: Bench) async throws -> (id: String, digest: String?) {
        let reference = bench.image.reference
        let subject = "image \(reference)"
        let present = bench.image.pullPolicy == .always ? nil : try await host.engine.image(reference)
        if let present { return present }
        guard bench.image.pullPolicy != .never else {
            throw OperationError.failed(
                "\(subject) is not on this host, and pullPolicy is Never",
                next: "docker pull \(reference), or build it; then frappectl up")
        }
        let logins = try RegistryLogins(bench.pullSecrets, secrets ?? SecretValues(kept: host.secrets))
        return try await ImagePull(host: host).pull(
            reference, credentials: logins.credentials(for: reference),
            next:
                "docker pull \(reference) tells more; mend spec.imageConfig of bench \(bench.name), then frappectl up -f FILE"
        )
    }

    /// What an image contains, read once for each image id by running it without a network.
    private func facts(of id: String, bench: Bench) async throws -> ImageFacts {
        let known = try host.store.facts(.imageFacts, as: ImageFacts.self)
        if let facts = known[id] { return facts }
        host.progress(.preparing(subject: "image \(bench.image.reference)", text: "reading what it contains"))
        var facts = try await probe(id, bench: bench)
        facts.assets = try await host.engine.assets(ofImage: id)
        try host.store.put([id: facts], topic: .imageFacts)
        return facts
    }

    private func probe(_ id: String, bench: Bench) async throws -> ImageFacts {
        let empty = ImageFacts(apps: [:], schema: [:], newSiteSkipsDatabase: true)
        let release = Release(number: 0, reference: bench.image.reference, imageID: id, digest: nil, facts: empty)
        let rendering = try DesiredRendering(
            manifests: manifests, releases: [:], layout: host.layout, machine: host.machine,
            edgeConfiguration: { _, _ in "" })
        var definition = try rendering.oneShot("facts", for: .benchInit, bench: bench, release: release)
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-c", ComposeTemplate.facts]
        let image = String(id.suffix(12))
        let once = OneShot(
            host: host, operation: 0, name: host.layout.objectName("once", image, OneShot.facts), step: OneShot.facts)
        let code = try await once.run(definition)
        let lines = await once.lastLines(50)
        try await once.remove()
        guard code == 0, let last = lines.last,
            let facts = try? JSONDecoder().decode(ImageFacts.self, from: Data(last.utf8))
        else {
            throw OperationError.failed(
                "\(bench.image.reference) is not a bench image that frappectl understands:\n"
                    + lines.suffix(8).map { "    | \($0)" }.joined(separator: "\n"),
                next: "name a bench image in spec.imageConfig (frappectl explain FrappeBench.spec.imageConfig), "
                    + "then frappectl up -f FILE")
        }
        return facts
    }
}

/// Brings images to this host, with progress in bytes.
struct ImagePull: Sendable {
    let host: HostContext

    func pull(
        _ reference: String, credentials: RegistryCredentials? = nil, next: String
    ) async throws -> (id: String, digest: String?) {
        let subject = "image \(reference)"
        let before = Set(try await host.engine.imageList().map(\.id))
        do {
            try await host.engine.pull(reference, credentials: credentials) {
                host.progress(.preparing(subject: subject, text: $0))
            }
        } catch let error as EngineError {
            throw OperationError.failed("\(subject) cannot be pulled: \(error)", next: next)
        }
        guard let pulled = try await host.engine.image(reference) else {
            throw OperationError.failed("\(subject) was pulled and is not there", next: next)
        }
        // What was here before is somebody else's too, and never cleaned up by us.
        if !before.contains(pulled.id) { try host.store.put([pulled.id: reference], topic: .pulledImage) }
        return pulled
    }

    /// Pulls those of the images that are not here; one known by its id comes back by its digest.
    ///
    /// - Parameters:
    ///   - digests: the RepoDigest of an image id, where it was pulled once.
    ///   - pullSecrets: those of all benches: one that names a registry names it for all that is pulled from there.
    func ensure(
        _ images: Set<String>, digests: [String: String], pullSecrets: [ObjectName], operation: Operation
    ) async throws {
        for image in images.sorted() where try await host.engine.image(image) == nil {
            guard let reference = image.hasPrefix("sha256:") ? digests[image] : image else {
                throw OperationError.failed(
                    "the image \(image) was removed from this host, and was built here, not pulled",
                    next: "build it again, or name another image in spec.imageConfig; then frappectl up -f FILE")
            }
            try await operation.step(
                "image \(reference)", kind: "pull-image", subject: "image \(reference)", cause: "is not on this host"
            ) {
                let logins = try RegistryLogins(pullSecrets, SecretValues(kept: host.secrets))
                _ = try await pull(
                    reference, credentials: logins.credentials(for: reference),
                    next: "docker pull \(reference) tells more; mend its name (frappectl explain Host.spec.images), "
                        + "then frappectl up -f FILE")
            }
        }
    }
}
