import FrappeModel

/// A site as a person sees it.
package struct SiteStatus: Sendable, Codable, Hashable {
    package var name: String
    package var namespace: String
    package var bench: String
    package var siteName: String
    package var url: String
    package var resolvedDomain: String
    package var domainSource: String
    /// Whether nginx serves it; one without is reached by its own containers alone.
    package var routed: Bool
    package var databaseName: String?
    package var databaseServer: String
    /// `shared`, `dedicated` or `external`.
    package var databaseMode: String
    package var phase: SitePhase
    package var reason: String?

    init(site: Site, record: SiteRecord?, manifests: Manifests) {
        name = site.name.name
        namespace = site.name.namespace
        bench = site.bench.description
        siteName = site.siteName
        url = manifests.publicURL(of: site)
        resolvedDomain = site.publicName
        domainSource = (site.domains.contains(where: \.isPrimary) ? .explicit : site.domainSource).rawValue
        routed = site.ingress.isEnabled
        databaseName = record?.databaseName
        databaseServer = record?.databaseServer ?? site.databaseServer
        databaseMode = DatabaseMode(server: databaseServer).rawValue
        phase = record?.phase ?? .pending
        reason = record?.reason
    }
}

/// Asks sites for their own pages, through nginx, application and database.
struct SiteProbe: Sendable {
    let host: HostContext
    let manifests: Manifests

    /// What is wrong with a site's answers, nil when they are right.
    ///
    /// `ping` answers even where an installed app is missing from the image; the login page does not.
    func trouble(_ site: Site, timeout: Duration = .seconds(10)) async -> String? {
        for path in ["/api/method/ping", "/login"] {
            do {
                let status = try await status(of: site, path: path, timeout: timeout)
                guard status < 400 else { return "\(path) answers \(status)" }
            } catch {
                return "\(path) is not answered: \(error)"
            }
        }
        return nil
    }

    private func status(of site: Site, path: String, timeout: Duration) async throws -> Int {
        let web = WebProbe(host: manifests.host, rootID: host.layout.rootID)
        guard !site.ingress.isEnabled else {
            return try await web.get(host: site.publicName, path: path, timeout: timeout).status
        }
        let directory = host.layout.run(of: site.bench)
        let sockets = DiskLook(layout: host.layout).sockets(of: site.bench).map { "\(directory)/\($0)" }
        // A container that died leaves its socket.
        for socket in sockets.dropLast() {
            if let status = try? await web.get(site: site, path: path, socket: socket, timeout: timeout) {
                return status
            }
        }
        return try await web.get(site: site, path: path, socket: sockets.last ?? directory, timeout: timeout)
    }

    func waitUntilReady(_ site: Site) async -> String? {
        let deadline = ContinuousClock.now + .seconds(30)
        var pause = Duration.milliseconds(50)
        while let trouble = await trouble(site) {
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return trouble }
            try? await ContinuousClock().sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
        return nil
    }

    /// Every site with the phase its pages prove.
    func statuses() async throws -> [SiteStatus] {
        let records = try host.store.sites()
        let sites = manifests.sites.values.sorted { $0.siteName < $1.siteName }
        return await withTaskGroup(of: SiteStatus.self) { group in
            var waiting = sites[...]
            var result: [SiteStatus] = []
            func add() {
                guard let site = waiting.popFirst() else { return }
                group.addTask { await status(site, record: records[site.name]) }
            }
            // A few at a time: each is a request to the application.
            for _ in 0..<8 { add() }
            while let status = await group.next() {
                result.append(status)
                add()
            }
            return result.sorted { $0.siteName < $1.siteName }
        }
    }

    private func status(_ site: Site, record: SiteRecord?) async -> SiteStatus {
        var status = SiteStatus(site: site, record: record, manifests: manifests)
        guard record?.created == true else { return status }
        let trouble = await trouble(site)
        status.phase = trouble == nil ? .ready : .failed
        status.reason = trouble
        return status
    }
}
