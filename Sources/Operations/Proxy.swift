import CurlTransport
import FrappeModel
import Rendering

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The host's nginx as the verbs use it: what it should serve follows from what runs.
struct Proxy: Sendable {
    let host: HostContext
    let manifests: Manifests
    private(set) var desired: DesiredState

    init(host: HostContext, manifests: Manifests, desired: DesiredState) {
        self.host = host
        self.manifests = manifests
        self.desired = desired
    }

    private var settings: IngressSettings {
        var settings = IngressSettings(
            prefix: host.layout.nginx, logsDirectory: host.layout.logs, rootIdentifier: host.layout.rootID,
            listenAddress: manifests.host.listenAddress, httpPort: manifests.host.httpPort,
            workerUser: IngressSettings.defaultWorkerUser())
        settings.httpsPort = manifests.host.httpsPort
        settings.isSecure = !sources.isEmpty
        settings.trustedProxies = manifests.host.trustedProxies
        settings.snippetsDirectory = host.layout.snippets
        settings.challengeDirectory = host.layout.challenges
        settings.service = service
        settings.inclusion = manifests.host.ingressMode == .include ? inclusion : nil
        return settings
    }

    private var inclusion: IngressInclusion { IngressInclusion(layout: host.layout, host: manifests.host) }

    /// What another mode left: a service, or a file in the distribution's nginx.
    private func endOtherMode() async throws {
        if manifests.host.ingressMode == .own { return try await ingress().leave(inclusion) }
        guard Systemd.isPossible else { return }
        try await IngressService(layout: host.layout, nginx: "/usr/sbin/nginx").remove()
    }

    /// What starts nginx at boot, where the host can do that and the manifest wants it.
    private var service: IngressService? {
        guard manifests.host.isIngressService, Systemd.isPossible else { return nil }
        return try? IngressService(layout: host.layout, nginx: IngressNginx.find(searchPath: "") ?? "/usr/sbin/nginx")
    }

    func serviceDrift() throws -> ServiceDrift? {
        guard let service else { return nil }
        let master = try ingress().masterProcess
        guard let cause = service.drift(master: master) else { return nil }
        return ServiceDrift(
            name: service.name, cause: cause, restarts: master.map { !service.holds($0) } ?? false)
    }

    func installService() async throws {
        let lock = try await host.lock([.ingress: .exclusive])
        defer { lock.keep() }
        try await ingress().installService()
    }

    private var certificates: IngressCertificates { IngressCertificates(host: host) }

    /// Where the certificates of sites come from.
    private var sources: Set<CertificateSource> {
        Set(desired.sites.values.flatMap { site in site.hostNames.compactMap { site.certificate(for: $0) } })
    }

    func ingress() throws -> Ingress {
        let web = WebProbe(host: manifests.host, rootID: host.layout.rootID)
        return try Ingress(settings: settings) { name, path in try await web.get(host: name, path: path) }
    }

    /// Why what nginx serves is not what it should, nil when it is.
    func drift(_ observed: ObservedState) async throws -> String? {
        let ingress = try ingress()
        let differences: [String]
        do {
            let state = try state(
                containers: observed.containers, routed: Set(desired.benches.keys),
                certificates: try certificates.files(of: sources))
            differences = try await ingress.differences(from: state)
        } catch let error as IngressError {
            return "\(error)".split(separator: "\n").first.map(String.init)
        }
        if !ingress.isRunning { return "nginx does not run" }
        if let inclusion = ingress.settings.inclusion, !inclusion.isInPlace { return "\(inclusion.file) differs" }
        guard let first = differences.first else { return await ingress.servingDrift() }
        return differences.count == 1 ? "\(first) differs" : "\(first) and \(differences.count - 1) more files differ"
    }

    /// Whether nginx serves with the certificates that are kept.
    func servesCertificates() async throws -> Bool {
        let ingress = try ingress()
        let paths = try certificates.files(of: sources).values.map(\.certificate.certificateFile)
        guard !paths.isEmpty, ingress.isRunning else { return true }
        let texts = ingress.staging.texts
        guard paths.allSatisfy({ path in texts.values.contains { $0.contains(path) } }) else { return false }
        return await ingress.servingDrift() == nil
    }

    /// Why what nginx serves is not what it should be, the names of certificates' files left aside.
    func driftBesideCertificates(_ observed: ObservedState) async throws -> String? {
        let ingress = try ingress()
        let state = try state(
            containers: observed.containers, routed: Set(desired.benches.keys),
            certificates: try certificates.files(of: sources))
        let changed = try await ingress.differences(from: state)
        guard !changed.isEmpty else { return nil }
        let (wanted, served) = (try ingress.rendered(state), ingress.staging.texts)
        func plain(_ text: String?) -> String? { text?.replacing(/_[0-9a-f]{16}\.(crt|key)/, with: "") }
        return changed.first { plain(wanted[$0]) != plain(served[$0]) }.map { "\($0) differs" }
    }

    /// Renders from what runs now, tests, swaps, reloads and confirms.
    ///
    /// - Parameter bench: the one whose containers of this plan are proven; nil for all benches.
    func route(_ bench: ObjectName?) async throws {
        try await route(proven: bench.map { [$0] } ?? Set(desired.benches.keys))
    }

    /// - Parameter proven: benches whose containers of this plan are proven; of others the Engine's word counts.
    func route(proven: Set<ObjectName>) async throws {
        let lock = try await host.lock([.ingress: .exclusive])
        defer { lock.keep() }
        // Another command may have had one made since the plan was.
        let records = try IssuedCertificates(host: host).records()
        var current = self
        current.desired.sites = desired.sites.mapValues { $0.serving(records) }
        try await current.serve(proven)
    }

    private func serve(_ proven: Set<ObjectName>) async throws {
        let containers = try await host.engine.containers()
        let files = try certificates.files(of: sources)
        let state = try state(containers: containers, routed: proven, certificates: files)
        try certificates.write(files)
        try await endOtherMode()
        do {
            _ = try await ingress().apply(state)
        } catch let error as IngressError {
            throw certificateTrouble(error) ?? error
        }
        certificates.removeAll(besides: files)
    }

    /// A certificate that nginx refuses, with where it is from and the sites instead of the file.
    private func certificateTrouble(_ error: IngressError) -> StepReason? {
        guard case .refusedConfiguration(let message, _, _) = error,
            let source = certificates.source(blamedIn: message, among: sources)
        else { return nil }
        let sites = desired.sites.values.filter { site in
            site.hostNames.contains { site.certificate(for: $0) == source }
        }.map(\.siteName).sorted()
        return StepReason(
            description: "\(source.words) (\(sites.joined(separator: ", "))) is refused, "
                + "and what was served before is still served: \(message)",
            next: source.remedy)
    }

    /// - Parameter routed: benches whose containers of this plan are proven, so that they may be routed to although
    ///   the Engine's own probe has not run yet.
    private func state(
        containers: [ObservedContainer], routed: Set<ObjectName>, certificates: [CertificateSource: CertificateFiles]
    ) throws -> IngressState {
        let benches = desired.benches.values.sorted { $0.bench.name < $1.bench.name }
        let records = try host.store.sites()
        let sites = desired.sites.values.sorted { $0.siteName < $1.siteName }.filter {
            records[$0.name]?.isServed == true && $0.ingress.isEnabled
        }
        var state = IngressState(
            rootIdentifier: host.layout.rootID, logsDirectory: host.layout.logs,
            benches: benches.map { self.bench($0, containers: containers, routed: routed.contains($0.bench.name)) },
            sites: sites.map { self.site($0, isAway: records[$0.name]?.renaming != nil, certificates) })
        state.snippets = try snippets.read()
        return state
    }

    private var snippets: IngressSnippets {
        IngressSnippets(
            directory: host.layout.snippets, benches: Set(desired.benches.keys.map(Self.identifier)),
            sites: Set(desired.sites.values.map(\.siteName)))
    }

    /// What deserves a look and keeps nothing from being served.
    var notes: [String] {
        snippets.strays().map { "\($0) is for no bench or site there is: nothing of it is served" }
            + (manifests.host.ingressMode == .include ? inclusion.notes : [])
    }

    private func site(
        _ site: Site, isAway: Bool, _ certificates: [CertificateSource: CertificateFiles]
    ) -> IngressSite {
        let redirected = site.redirectedNames
        var result = IngressSite(
            siteName: site.siteName, hostNames: site.hostNames.filter { !redirected.contains($0) },
            bench: Self.identifier(site.bench), condition: isAway ? .maintenance : .serving)
        result.redirectedNames = redirected
        result.canonicalName = site.publicName
        result.settings = site.ingress
        for name in site.hostNames {
            if let source = site.certificate(for: name) {
                result.certificates[name] = certificates[source]?.certificate
            }
        }
        return result
    }

    private func bench(_ bench: DesiredBench, containers: [ObservedContainer], routed: Bool) -> IngressBench {
        let name = bench.bench.name
        let web = live(.web, of: name, among: containers, routed: routed)
        let socketio = live(.socketio, of: name, among: containers, routed: routed)
        let sockets = web.compactMap { container -> UpstreamAddress? in
            guard let identity = container.identity, let hash = container.definitionHash else { return nil }
            return .socket("\(host.layout.run(of: name))/\(HostLayout.socketFile(identity, hash: hash))")
        }
        let ports = (try? host.store.facts(.port, as: Int.self)) ?? [:]
        return IngressBench(
            id: Self.identifier(name), sitesDirectory: host.layout.sites(of: name),
            assetsDirectories: assets(of: bench),
            web: sockets.sorted { "\($0)" < "\($1)" },
            socketio: socketio.compactMap { ports[$0.name].map { .port($0) } }.sorted { "\($0)" < "\($1)" },
            condition: sockets.isEmpty ? .stopped : .serving)
    }

    /// Those of the release and of the ones before it: pages loaded before a change still ask for their own.
    private func assets(of bench: DesiredBench) -> [String] {
        Self.assets(of: bench.bench.name, release: bench.release, host: host)
    }

    static func assets(of bench: ObjectName, release: Release, host: HostContext) -> [String] {
        let earlier = (try? host.store.images(of: bench)) ?? []
        let current = host.layout.assets(imageID: release.imageID)
        let others = earlier.map { host.layout.assets(imageID: $0) }.filter {
            $0 != current && HostFiles.kind($0) == .directory
        }
        return [current] + others.prefix(2)
    }

    /// The containers that requests may go to: those of the plan once proven, else those the Engine finds healthy,
    /// else whatever runs.
    private func live(
        _ component: Component, of bench: ObjectName, among containers: [ObservedContainer], routed: Bool
    ) -> [ObservedContainer] {
        let running = containers.filter {
            $0.state == .running && $0.identity?.component == component && $0.bench == bench
        }
        let wanted = Set(desired.containers.map(\.name))
        let proven = running.filter { wanted.contains($0.name) && (routed || $0.health == .healthy) }
        if !proven.isEmpty { return proven }
        let healthy = running.filter { $0.health == .healthy }
        return healthy.isEmpty ? running : healthy
    }

    /// A bench as nginx's files name it.
    static func identifier(_ bench: ObjectName) -> String {
        bench.namespace == ObjectName.defaultNamespace ? bench.name : "\(bench.namespace)--\(bench.name)"
    }

    static func edgeConfiguration(sites: [Site], bench: Bench, port: Int) throws -> String {
        try IngressEdge.configuration(EdgeState(sites: edgeSites(sites, of: bench), ports: [80, port]))
    }

    /// Of an nginx in a bench's network that people reach, where nothing stands before it.
    static func frontConfiguration(sites: [Site], bench: Bench) throws -> String {
        var state = EdgeState(sites: edgeSites(sites, of: bench))
        state.isPublic = true
        return try IngressEdge.configuration(state)
    }

    private static func edgeSites(_ sites: [Site], of bench: Bench) -> [IngressSite] {
        sites.map { IngressSite(siteName: $0.siteName, hostNames: $0.hostNames, bench: identifier(bench.name)) }
    }

    /// Nothing serves any more, and nothing will at the next boot.
    func stop() async throws {
        try await ingress().stop()
        try await service?.remove()
    }
}

extension HostContext {
    /// The group of nginx's workers, where they run as another user than we do.
    var proxyGroup: UInt32? {
        guard let user = IngressSettings.defaultWorkerUser(), let entry = getpwnam(user) else { return nil }
        return entry.pointee.pw_gid
    }
}

/// Requests to our own nginx, as a browser would make them.
struct WebProbe: Sendable {
    let host: HostSettings
    let rootID: String

    /// The same without nginx, at a socket of a web container.
    func get(site: Site, path: String, socket: String, timeout: Duration) async throws -> Int {
        let client = HTTPClient(.unix(socket))
        defer { client.shutDown() }
        let headers: HTTPHeaders = [
            "Host": site.publicName, "X-Frappe-Site-Name": site.siteName, "Connection": "close",
        ]
        return try await client.send(HTTPRequest(.get, path, headers: headers, timeout: timeout)).status
    }

    /// One connection for each request: one that is kept could still belong to workers that are going.
    func get(host name: String, path: String, timeout: Duration = .seconds(10)) async throws -> (
        status: Int, body: String
    ) {
        let address = ["0.0.0.0", "::"].contains(host.listenAddress) ? "127.0.0.1" : host.listenAddress
        let client = HTTPClient(.tcp(host: address, port: host.httpPort, tls: false))
        defer { client.shutDown() }
        let request = HTTPRequest(
            .get, path, headers: ["Host": name, "Connection": "close", "X-Frappectl-Probe": rootID],
            timeout: timeout)
        let response = try await client.send(request)
        return (response.status, response.text)
    }
}
