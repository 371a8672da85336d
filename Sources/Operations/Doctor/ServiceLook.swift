import CurlTransport
import Diagnosis
import DockerEngine
import FrappeModel
import Rendering
import Subprocess
import SystemPackage

/// What is to serve: images, containers, networks, nginx, sites.
struct ServiceLook: Sendable {
    let engine: EngineLook
    let state: StateLook

    private var ours: [ContainerSummary] {
        guard let rootID = state.contents?.rootID else { return [] }
        return engine.containers.filter { $0.labels[Label.root] == rootID }
    }

    var anythingRuns: Bool { ours.contains { $0.state == .running } }

    func images() -> [ImageNeed] {
        guard engine.answers, let contents = state.contents else { return [] }
        let ids = Set(engine.images.map(\.id))
        let benches = state.manifests.benches.values.filter { contents.releases[$0.name] != nil }
            .sorted { $0.name < $1.name }
        var needs = benches.compactMap { bench -> ImageNeed? in
            guard let release = contents.releases[bench.name] else { return nil }
            return ImageNeed(
                reference: release.reference, user: "bench \(bench.name)", isPresent: ids.contains(release.imageID),
                isPullable: release.digest != nil)
        }
        guard !needs.isEmpty else { return [] }
        let host = state.manifests.host
        let own = state.manifests.sites.values.compactMap(\.dedicatedDatabase?.image)
        for image in Set(own + [host.mariadbImage]).sorted() { needs.append(service(image, "the database server")) }
        let redis = benches.filter { $0.redis.external == nil }.flatMap { bench in
            [Component.redisCache, .redisQueue].map { bench.redis.image(of: $0, redis: host.redisImage) }
        }
        for image in Set(redis).sorted() { needs.append(service(image, "Redis")) }
        return needs
    }

    private func service(_ reference: String, _ user: String) -> ImageNeed {
        let names = Set(engine.images.flatMap { $0.tags + $0.digests + [$0.id] })
        return ImageNeed(
            reference: reference, user: user, isPresent: names.contains(Self.familiar(reference)), isPullable: true)
    }

    /// The name under which the Engine lists an image.
    private static func familiar(_ reference: String) -> String {
        var name = reference
        for prefix in ["docker.io/", "library/"] where name.hasPrefix(prefix) {
            name = String(name.dropFirst(prefix.count))
        }
        let last = name.split(separator: "/").last ?? ""
        return last.contains(":") || last.contains("@") ? name : "\(name):latest"
    }

    func containers() -> [ContainerFacts] {
        ours.compactMap { summary in
            let container = ObservedContainer(summary)
            guard let identity = container.identity else { return nil }
            return ContainerFacts(
                name: container.name, bench: identity.bench.map { "\($0)" }, component: identity.component.rawValue,
                state: container.state.rawValue, health: container.health.rawValue,
                status: TerminalText.plain(container.status))
        }
    }

    func subnets() -> SubnetFacts? {
        guard state.tellsSettings else { return nil }
        let rootID = state.contents?.rootID
        let networks = engine.networks.map { network in
            SubnetFacts.EngineNetwork(
                name: network.name, subnets: network.subnets.compactMap { IPv4Network($0.subnet) },
                isOurs: rootID != nil && network.labels[Label.root] == rootID)
        }
        var wanted: Set<String> = []
        for container in ours {
            guard let layout = state.layout, let identity = ObservedContainer(container).identity else { continue }
            wanted.insert(
                identity.bench.map { layout.network(of: $0) } ?? layout.network(ofDatabase: identity.instance))
        }
        return SubnetFacts(
            range: state.manifests.host.subnets, recorded: state.contents?.subnets ?? [:],
            networks: engine.answers ? networks : nil, routes: HostNetwork.routes(), wanted: wanted)
    }

    func nginx(within limit: Duration, isRunning: Bool) async -> NginxFacts {
        guard let path = IngressNginx.find(searchPath: "") else { return NginxFacts(path: nil, version: nil) }
        let output = await Bounded.calling(limit) {
            try await Subprocess.run(
                .path(FilePath(path)), arguments: ["-v"], output: .discarded, error: .string(limit: 4096)
            ).standardError
        }
        let version = (output ?? "").split(separator: "/").last?.prefix { $0.isNumber || $0 == "." }
        var facts = NginxFacts(path: path, version: version.flatMap { $0.isEmpty ? nil : String($0) })
        facts.isMissed = anythingRuns && !isRunning
        return facts
    }

    /// Names whose certificates an authority is to make.
    var orderedNames: [String] {
        state.manifests.sites.values.flatMap { $0.certificateOrders.map(\.name) }.sorted()
    }

    /// The sites' own pages; at most twenty are asked, so that a host of hundreds is not slowed down.
    func sites(within limit: Duration) async -> [SiteFacts] {
        let created = Set((state.contents?.sites ?? []).filter(\.isServed).map(\.object))
        let sites = state.manifests.sites.values.filter { created.contains($0.name) }.sorted {
            $0.siteName < $1.siteName
        }
        let probe = WebProbe(host: state.manifests.host, rootID: state.contents?.rootID ?? "")
        return await withTaskGroup(of: SiteFacts.self) { group in
            for site in sites.prefix(20) {
                group.addTask { await look(at: site, by: probe, within: limit) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.siteName < $1.siteName }
        }
    }

    private func look(at site: Site, by probe: WebProbe, within limit: Duration) async -> SiteFacts {
        var facts = SiteFacts(siteName: site.siteName, bench: "\(site.bench)", trouble: nil)
        do {
            let answer = try await probe.get(host: site.publicName, path: "/api/method/ping", timeout: limit)
            if answer.status >= 400 { facts.trouble = "/api/method/ping answers \(answer.status)" }
        } catch {
            facts.trouble = "/api/method/ping is not answered: \(error)"
            if let error = error as? TransportError, case .timedOut = error { facts.isSlow = true }
        }
        return facts
    }
}
