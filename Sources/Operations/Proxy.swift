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
    let desired: DesiredState

    private var settings: IngressSettings {
        IngressSettings(
            prefix: host.layout.nginx, logsDirectory: host.layout.logs, rootIdentifier: host.layout.rootID,
            listenAddress: manifests.host.listenAddress, httpPort: manifests.host.httpPort,
            workerUser: IngressSettings.defaultWorkerUser())
    }

    func ingress() throws -> Ingress {
        let web = WebProbe(host: manifests.host)
        return try Ingress(settings: settings) { name, path in try await web.get(host: name, path: path) }
    }

    /// Why what nginx serves is not what it should, nil when it is.
    func drift(_ observed: ObservedState) async throws -> String? {
        let ingress = try ingress()
        let files = try IngressRendering.files(
            state(containers: observed.containers, routed: Set(desired.benches.keys)))
        let differences = try await ingress.differences(files)
        if !ingress.isRunning { return "nginx does not run" }
        guard let first = differences.first else { return nil }
        return differences.count == 1 ? "\(first) differs" : "\(first) and \(differences.count - 1) more files differ"
    }

    /// Renders from what runs now, tests, swaps, reloads and confirms.
    func route(_ bench: ObjectName?) async throws {
        let lock = try await host.lock([.ingress: .exclusive])
        defer { lock.keep() }
        let containers = try await host.engine.containers()
        let routed = bench.map { [$0] } ?? Set(desired.benches.keys)
        _ = try await ingress().apply(state(containers: containers, routed: routed))
    }

    /// - Parameter routed: benches whose containers of this plan are proven, so that they may be routed to although
    ///   the Engine's own probe has not run yet.
    private func state(containers: [ObservedContainer], routed: Set<ObjectName>) throws -> IngressState {
        let benches = desired.benches.values.sorted { $0.bench.name < $1.bench.name }
        let records = try host.store.sites()
        let sites = desired.sites.values.sorted { $0.siteName < $1.siteName }.filter {
            records[$0.name]?.isServed == true
        }
        return IngressState(
            rootIdentifier: host.layout.rootID, listenAddress: manifests.host.listenAddress,
            httpPort: manifests.host.httpPort, workerUser: settings.workerUser, logsDirectory: host.layout.logs,
            benches: benches.map { self.bench($0, containers: containers, routed: routed.contains($0.bench.name)) },
            sites: sites.map { site in
                IngressSite(
                    siteName: site.siteName,
                    hostNames: site.hostNames,
                    bench: Self.identifier(site.bench))
            })
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
        let earlier = (try? host.store.images(of: bench.bench.name)) ?? []
        let current = host.layout.assets(imageID: bench.release.imageID)
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

    func stop() async throws { try await ingress().stop() }
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

    /// One connection for each request: one that is kept could still belong to workers that are going.
    func get(host name: String, path: String, timeout: Duration = .seconds(10)) async throws -> (
        status: Int, body: String
    ) {
        let address = host.listenAddress == "0.0.0.0" ? "127.0.0.1" : host.listenAddress
        let client = HTTPClient(.tcp(host: address, port: host.httpPort, tls: false))
        defer { client.shutDown() }
        let request = HTTPRequest(.get, path, headers: ["Host": name, "Connection": "close"], timeout: timeout)
        let response = try await client.send(request)
        return (response.status, response.text)
    }
}
