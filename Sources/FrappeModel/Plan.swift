/// What has to be done, in steps that say why and what they cost; the executor carries no decision logic.
package struct Plan: Sendable {
    package var steps: [Step]
    /// Components and sites that are as they should be.
    package var unchangedComponents: Int
    package var unchangedSites: Int
    /// What is on its way and needs nobody, such as a worker that finishes its job.
    package var notes: [String]

    package init(steps: [Step] = [], unchangedComponents: Int = 0, unchangedSites: Int = 0, notes: [String] = []) {
        self.steps = steps
        self.unchangedComponents = unchangedComponents
        self.unchangedSites = unchangedSites
        self.notes = notes
    }

    package var isEmpty: Bool { steps.isEmpty }
    /// Whether an `up` without a deep look would leave some of it undone.
    package var isDeep: Bool { steps.contains(where: \.isDeep) }
}

/// One thing to do.
package struct Step: Hashable, Sendable {
    /// Unique in its plan and stable across runs: `shop/web-1`, `site one.localhost`.
    package var id: String
    package var action: StepAction
    /// The bench it belongs to, nil for what benches share.
    package var bench: ObjectName?
    /// What it is done to, in a person's words.
    package var subject: String
    /// Why, in a person's words.
    package var cause: String
    package var effect: Effect
    /// Steps that must have succeeded before.
    package var needs: Set<String>
    /// Steps that must have ended before, however.
    package var after: Set<String>
    /// Steps that must have succeeded before what it starts can prove itself: it is started without them.
    package var provenAfter: Set<String> = []
    /// Whether only the deep look found it: an `up` without one does not do it.
    package var isDeep = false

    package init(
        id: String, action: StepAction, bench: ObjectName?, subject: String, cause: String, effect: Effect = .none,
        needs: Set<String> = [], after: Set<String> = []
    ) {
        self.id = id
        self.action = action
        self.bench = bench
        self.subject = subject
        self.cause = cause
        self.effect = effect
        self.needs = needs
        self.after = after
    }

    /// What a step costs those who use the bench.
    package enum Effect: String, Codable, Sendable {
        case none
        case restart
        case downtime
        case data
    }
}

/// The kinds of step, each with all that its execution needs.
package enum StepAction: Hashable, Sendable {
    case createNetwork(DesiredNetwork)
    case removeNetwork(ObservedNetwork)
    case prepareDatabase(server: String)
    case prepareBench(ObjectName)
    /// Fails with the trouble: nothing else is done for a bench whose files cannot be reached.
    case requireStorage(StorageTrouble)
    /// Has the kernel bound what its sites write; nil for no bound.
    case limitFiles(ObjectName, bytes: Int?)
    case configureBench(ObjectName)
    case extractAssets(ObjectName)
    /// Create where absent, start, prove.
    case start(DesiredContainer)
    /// Start the new one, prove it; the old one goes in a step of its own.
    case startBeside(DesiredContainer, old: [ObservedContainer])
    /// Stop the old one, start the new one, prove it; the old one comes back where that fails.
    case replace(DesiredContainer, old: [ObservedContainer])
    case attach(NetworkAttachment)
    /// Connects a container to its own network again; one that keeps connections open is restarted, since it would
    /// wait on dead ones.
    case reconnect(DesiredContainer, NetworkAttachment)
    case restart(DesiredContainer)
    /// Leaves a network and joins it again, so that it has its names there.
    case rejoin(DesiredContainer, NetworkAttachment)
    case rename(ObservedContainer, to: String)
    /// Limits and restart policy, while it runs.
    case setLimits(DesiredContainer, of: ObservedContainer)
    /// Settings of a Redis, while it runs.
    case setRedis(DesiredContainer, [String: String])
    case detach(container: ObservedContainer, network: String)
    case remove(ObservedContainer)
    /// Remove it without waiting for what it is at: nothing is left that its work would be for.
    case discard(ObservedContainer)
    /// Tell it to finish its work; a later run removes it.
    case drain(ObservedContainer)
    case createSite(Site)
    /// Write the public URL into the site's own configuration.
    case configureSite(Site)
    /// Makes root's password of a server that runs that of its manifest's Secret.
    case setRootPassword(server: String, DesiredContainer)
    /// Gives the site's own database user what it is to have.
    case grant(Site, database: String, subnet: IPv4Network)
    /// Has statements of the site's own database user end after so many seconds; nil for no bound.
    case limitStatements(Site, database: String, subnet: IPv4Network)
    /// Write keys of ours into the site's own configuration.
    case restoreConfiguration(Site, keys: [String])
    case setMode(path: String, mode: UInt16)
    case route(ObjectName?)
    /// Has the host start the proxy at boot.
    case installService(name: String)
    /// Has the host renew certificates every day, or no longer.
    case scheduleRenewal(RenewalDrift)
    case verifySite(Site)
    /// Has an authority make the certificate of a name.
    case obtainCertificate(CertificateOrder)

    /// Whether somebody elsewhere is asked for something.
    package var isOrder: Bool { if case .obtainCertificate = self { true } else { false } }

    /// The kind's name in the journal and in `--json`.
    package var kind: String {
        switch self {
        case .createNetwork: "create-network"
        case .removeNetwork: "remove-network"
        case .prepareDatabase: "prepare-database"
        case .prepareBench: "prepare-bench"
        case .requireStorage: "require-storage"
        case .limitFiles: "limit-files"
        case .configureBench: "configure-bench"
        case .extractAssets: "extract-assets"
        case .start: "start"
        case .startBeside: "start-beside"
        case .replace: "replace"
        case .attach: "attach"
        case .reconnect: "reconnect"
        case .restart: "restart"
        case .rejoin: "rejoin"
        case .rename: "rename"
        case .setLimits: "set-limits"
        case .setRedis: "set-redis"
        case .detach: "detach"
        case .remove: "remove"
        case .discard: "discard"
        case .drain: "drain"
        case .createSite: "create-site"
        case .configureSite: "configure-site"
        case .setRootPassword: "set-root-password"
        case .grant: "grant"
        case .limitStatements: "limit-statements"
        case .restoreConfiguration: "restore-configuration"
        case .setMode: "set-mode"
        case .route: "route"
        case .installService: "install-service"
        case .scheduleRenewal: "schedule-renewal"
        case .verifySite: "verify-site"
        case .obtainCertificate: "obtain-certificate"
        }
    }
}
