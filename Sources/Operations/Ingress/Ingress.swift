import FrappeModel
import Glibc
import Rendering

/// What applying a configuration came to.
package struct IngressOutcome: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable { case unchanged, started, reloaded }

    package var action: Action
    package var generation: Int
    /// Files that differ from what was served before, without the one that holds the generation.
    package var changed: [String]
}

/// An nginx master of our own: its configuration is written beside the served one, tested whole, swapped and confirmed.
///
/// Callers hold the host's lock. Nothing here keeps state: a run that was killed is taken up by the next one.
package struct Ingress: Sendable {
    /// Asks nginx at its listening address; the answer's status and body.
    package typealias Probe = @Sendable (_ host: String, _ path: String) async throws -> (status: Int, body: String)

    let settings: IngressSettings
    let nginx: IngressNginx
    let staging: IngressStaging
    let probe: Probe

    package init(settings: IngressSettings, probe: @escaping Probe) throws {
        guard let executable = settings.executable ?? IngressNginx.find(searchPath: settings.searchPath) else {
            throw IngressError.nginxMissing
        }
        self.settings = settings
        nginx = IngressNginx(executable: executable, prefix: settings.prefix)
        staging = IngressStaging(prefix: settings.prefix)
        self.probe = probe
    }

    /// Makes nginx serve the state; does nothing when it does already. The state's generation is set here.
    package func apply(_ state: IngressState) async throws -> IngressOutcome {
        let state = next(state)
        let files = try IngressRendering.files(state)
        let changed = try await differences(files)
        guard changed.isEmpty else { return try await serve(try await stage(files, generation: state.generation)) }
        try makeLogDirectories(for: files)
        return try await resume()
    }

    /// Changes a few files of what is served: the way for one site among thousands. Nil removes a file.
    package func apply(changes: [String: String?], state: IngressState) async throws -> IngressOutcome {
        let state = next(state)
        var changes = changes
        changes[IngressRendering.generationPath] = .some(try IngressRendering.generation(state))
        return try await serve(try await stage(changes: changes, generation: state.generation))
    }

    /// The state as it is served next; who we are and where we listen is the settings' to say.
    private func next(_ state: IngressState) -> IngressState {
        var state = state
        state.generation = staging.nextGeneration
        state.rootIdentifier = settings.rootIdentifier
        state.listenAddress = settings.listenAddress
        state.httpPort = settings.httpPort
        state.workerUser = settings.workerUser
        state.logsDirectory = settings.logsDirectory
        state.httpsPort = settings.httpsPort
        state.trustedProxies = settings.trustedProxies
        state.challengeDirectory = settings.challengeDirectory
        state.includedFrom = settings.inclusion == nil ? nil : staging.current
        state.snippetsDirectory = settings.snippetsDirectory ?? ""
        return state
    }

    /// What would be served of the state.
    func rendered(_ state: IngressState) throws -> [String: String] { try IngressRendering.files(next(state)) }

    /// Files whose text on disk is not the one given, the generation left aside: what drifted or is to change.
    package func differences(from state: IngressState) async throws -> [String] {
        try await differences(try rendered(state))
    }

    package func differences(_ files: [String: String]) async throws -> [String] {
        let staging = staging
        let paths = try await IngressDisk.offPool { staging.differences(files, complete: true) }
        return paths.filter { $0 != IngressRendering.generationPath }
    }

    package var nextGeneration: Int { staging.nextGeneration }

    package func stage(_ files: [String: String], generation: Int) async throws -> StagedConfiguration {
        let staging = staging
        try makeLogDirectories(for: files)
        return try await IngressDisk.offPool { try staging.stage(files, generation: generation) }
    }

    package func stage(changes: [String: String?], generation: Int) async throws -> StagedConfiguration {
        let staging = staging
        return try await IngressDisk.offPool { try staging.stage(changes: changes, generation: generation) }
    }

    /// Tests, swaps, starts or reloads, and confirms. When anything fails, what was served is served on.
    package func serve(_ staged: StagedConfiguration) async throws -> IngressOutcome {
        if let inclusion = settings.inclusion { return try await serve(staged, in: inclusion) }
        try await test(staged)
        try settings.checkWorkersPass()
        try await endOrphans()
        try checkPort()
        let previous = staging.currentGeneration
        FaultPoint.pass("proxy staged")
        try await swap(staged)
        FaultPoint.pass("proxy swapped")
        let action = try await bringUp(staged.generation, previous: previous)
        let changed = staged.changed.filter { $0 != IngressRendering.generationPath }
        return IngressOutcome(action: action, generation: staged.generation, changed: changed)
    }

    /// Has nginx read the whole staged configuration; what it refuses is kept for reading.
    package func test(_ staged: StagedConfiguration) async throws {
        try IngressDisk.makeDirectories(settings.logsDirectory)
        guard let complaint = try await nginx.complaint(about: "\(staged.directory)/nginx.conf") else { return }
        if IngressPort(address: settings.listenAddress, port: settings.httpPort).isForbidden {
            throw IngressError.portForbidden(port: settings.httpPort)
        }
        try staging.keepFailed()
        throw IngressComplaint(text: complaint, staging: staging, snippets: settings.snippetsDirectory).error
    }

    package func swap(_ staged: StagedConfiguration) async throws {
        let staging = staging
        try await IngressDisk.offPool { try staging.swap(staged) }
    }

    private func makeLogDirectories(for files: [String: String]) throws {
        for directory in IngressRendering.logDirectories(in: files) {
            try IngressDisk.makeDirectories("\(settings.logsDirectory)/\(directory)")
        }
    }

    /// Nothing changed on disk: makes sure that it is also what is served.
    private func resume() async throws -> IngressOutcome {
        let generation = staging.currentGeneration ?? 0
        let isIncluded = settings.inclusion?.isInPlace ?? true
        if isIncluded, master != nil, await servedGeneration() == generation {
            try staging.clean()
            return IngressOutcome(action: .unchanged, generation: generation, changed: [])
        }
        try settings.checkWorkersPass()
        try await endOrphans()
        try checkPort()
        if let inclusion = settings.inclusion {
            try await include(inclusion, generation: generation, previous: generation)
        }
        let action = try await bringUp(generation, previous: generation)
        return IngressOutcome(action: action, generation: generation, changed: [])
    }

    /// Starts or reloads nginx with `current`, which goes back to the previous generation when that fails.
    package func bringUp(_ generation: Int, previous: Int?) async throws -> IngressOutcome.Action {
        let reload = try await startOrReload(previous: previous)
        FaultPoint.pass("proxy told")
        do {
            try await confirm(generation, after: reload)
        } catch {
            try await takeBack(to: previous)
            throw error
        }
        try staging.clean()
        return reload.process == nil ? .started : .reloaded
    }

    /// What could not be confirmed is served no longer; without a generation before it, nothing is.
    private func takeBack(to previous: Int?) async throws {
        try staging.point(at: previous)
        if staging.currentGeneration == nil { return try await stop() }
        master?.signal(SIGHUP)
    }

    private func startOrReload(previous: Int?) async throws -> IngressReload {
        let logged = IngressDisk.size(settings.errorLog)
        if let master {
            let reload = IngressReload(process: master.id, workers: workers(of: master), logged: logged)
            master.signal(SIGHUP)
            return reload
        }
        if let inclusion = settings.inclusion {
            throw IngressError.distributionStopped(configuration: inclusion.configuration)
        }
        if let service = settings.service, service.isInstalled {
            try await service.start()
            return IngressReload(process: nil, workers: [], logged: logged)
        }
        if let complaint = try await nginx.start(configuration: "\(staging.current)/nginx.conf") {
            try staging.point(at: previous)
            throw IngressError.startFailed(output: complaint)
        }
        return IngressReload(process: nil, workers: [], logged: logged)
    }
}
