import FrappeModel
import ManifestParsing
import Planning
import Rendering
import StateStore

/// What part of the host a verb converges.
package enum Scope: Sendable, Hashable {
    case host
    /// What belongs to one bench; what benches share must be as it should be already.
    case bench(ObjectName)
    /// Certificates that authorities make, and what names them; the rest may be as it is.
    case certificates

    func covers(_ step: Step) -> Bool {
        switch self {
        case .host: true
        case .bench(let bench): step.bench == bench
        case .certificates:
            switch step.action {
            case .obtainCertificate, .configureSite: true
            default: false
            }
        }
    }
}

/// What a verb that converged prints: what was observed afterwards.
package struct UpReport: Sendable {
    package var plan: Plan
    package var sites: [SiteStatus] = []
    /// How many sites there are, also where they were not read.
    package var siteCount: Int
    /// The benches as they run afterwards; empty where nothing was done.
    package var benches: [BenchHealth] = []
    package var seconds: Double
    /// Directories of benches whose deletion was finished.
    package var kept: [String] = []

    /// Throws when all steps were done and a site does not answer all the same.
    package func requireReadySites() throws {
        let failed = sites.filter { $0.phase == .failed }
        guard let first = failed.first else { return }
        let list = failed.map { "\($0.siteName) (\($0.reason ?? "no answer"))" }.joined(separator: ", ")
        throw OperationError.failed(
            "\(failed.count) of \(sites.count) sites failed: \(list)", next: "frappectl logs \(first.siteName) web")
    }
}

/// `up`: makes the host what the manifests say.
package struct Up: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// - Parameters:
    ///   - deep: whether to look, too, at what lists of the Engine do not tell.
    ///   - needsSites: whether the sites are wanted where nothing is to be done.
    package func run(
        files: ManifestFiles = ManifestFiles(), deep: Bool = false, needsSites: Bool = false
    ) async throws -> UpReport {
        let texts = try files.read()
        // Checked before the locks, so that a mistake is told at once.
        if !texts.isEmpty {
            _ = try ManifestSet.merge(stored: try host.store.documents(), files: texts, strict: files.isStrict)
        }
        return try await host.operation(subject: "host", locks: [.host: .exclusive]) { operation in
            if texts.isEmpty, !deep { return try await convergeStored(operation, needsSites: needsSites) }
            let set = try ManifestSet.merge(
                stored: try host.store.documents(), files: texts, strict: files.isStrict)
            for warning in set.warnings + LimitWarnings(set, host).problems {
                host.progress(.warning(warning.line))
            }
            return try await converge(set, operation: operation, deep: deep)
        }
    }

    /// What is stored, with nothing added: most runs find that nothing is to be done, and shall not take long for that.
    private func convergeStored(_ operation: Operation, needsSites: Bool) async throws -> UpReport {
        let start = host.now
        let standstill = Standstill(host: host)
        let memory = needsSites ? nil : standstill.memory()
        async let asking = memory?.lists(host.engine)
        let isSameHere = if let memory { try await standstill.isSame(as: memory) } else { false }
        let known = await asking
        if isSameHere, let report = known.flatMap({ memory?.report($0, seconds: host.now - start) }) { return report }
        let lists = if let known { known } else { try await EngineLists.read(host.engine) }
        let set = try host.storedManifests()
        for warning in set.warnings + LimitWarnings(set, host).problems {
            host.progress(.warning(warning.line))
        }
        let before = try standstill.before(lists, set)
        var report = try await converge(set, operation: operation, lists: lists)
        if report.plan.isEmpty { report.seconds = host.now - start }
        if let before { try standstill.remember(report, before, set) }
        return report
    }

    /// Everything that has to be the case before a manifest may be stored, then the plan and its steps.
    ///
    /// - Parameters:
    ///   - lists: the Engine's, where they were read a moment ago and nothing was done since.
    ///   - orders: whether authorities are asked for what is due.
    func converge(
        _ set: ManifestSet, operation: Operation, scope: Scope = .host, deep: Bool = false, lists: EngineLists? = nil,
        orders isOpen: Bool = true
    ) async throws -> UpReport {
        let start = host.now
        var orders = Orders(areOpen: isOpen)
        var report: UpReport
        do {
            report = try await pass(set, operation, scope, deep: deep, lists: lists, &orders)
            if let rest = try await serveCertificates(operation, scope, &orders) {
                report.plan.steps += rest.plan.steps
                report.plan.notes = rest.plan.notes
                if !rest.sites.isEmpty { (report.sites, report.benches) = (rest.sites, rest.benches) }
                report.seconds = host.now - start
            }
        } catch {
            // What was made is served, whatever else went wrong.
            if orders.wereMade, !Task.isCancelled { _ = try? await routeCertificates(operation, scope, orders) }
            guard case OperationError.steps(let failures) = error else { throw error }
            throw OperationError.steps(orders.refused + failures)
        }
        if scope == .host { try IssuedCertificates(host: host).forgetExpired() }
        if !orders.refused.isEmpty { throw OperationError.steps(orders.refused) }
        return report
    }

    /// What a verb asks authorities for: each name once, and what is refused holds up nothing else.
    private struct Orders {
        var areOpen: Bool
        var asked: Set<String> = []
        /// Whether there is something to serve that a route before did not know.
        var wereMade = false
        var refused: [StepFailure] = []
        /// Whether nginx's files were not as they should be before any was made.
        var hadDrift = false
    }

    /// Once new certificates are there, nginx takes them, and links begin with https.
    ///
    /// - Returns: what was done for it; nil where nothing was to be done.
    private func serveCertificates(
        _ operation: Operation, _ scope: Scope, _ orders: inout Orders
    ) async throws -> UpReport? {
        if scope == .certificates, !orders.wereMade { orders.wereMade = try await hasUnserved() }
        guard orders.wereMade else { return nil }
        (orders.areOpen, orders.wereMade) = (false, false)
        let step = scope == .host ? nil : try await routeCertificates(operation, scope, orders)
        var report = try await pass(try host.storedManifests(), operation, scope, &orders)
        report.plan.steps.insert(contentsOf: [step].compactMap(\.self), at: 0)
        return report
    }

    /// Whether certificates are kept that nginx does not serve yet, as a run leaves it that was killed between the two.
    private func hasUnserved() async throws -> Bool {
        try await looked().proxy.servesCertificates() == false
    }

    private func routeCertificates(_ operation: Operation, _ scope: Scope, _ orders: Orders) async throws -> Step {
        let convergence = try await looked()
        if scope == .certificates, orders.hadDrift,
            let drift = try await convergence.proxy.driftBesideCertificates(convergence.observed)
        {
            throw OperationError.failed(
                "a new certificate is kept and not served: nginx's files wait for other changes (\(drift))",
                next: "frappectl plan, then frappectl up")
        }
        let step = Step(
            id: "route", action: .route(nil), bench: nil, subject: "route", cause: "certificates were made")
        try await operation.step(step.id, kind: step.action.kind, subject: step.subject, cause: step.cause) {
            try await convergence.proxy.route(proven: convergence.provenBenches)
        }
        return step
    }

    private func looked() async throws -> Convergence {
        let set = try host.storedManifests()
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        return try await Convergence.prepare(host: host, set: set, releases: releases)
    }

    private func pass(
        _ set: ManifestSet, _ operation: Operation, _ scope: Scope, deep: Bool = false, lists: EngineLists? = nil,
        _ orders: inout Orders
    ) async throws -> UpReport {
        let start = host.now
        let renames = SiteRename(host)
        if case .bench(let bench) = scope { try renames.refusePending(of: bench) }
        if scope == .host, try await renames.settle(operation) {
            let rest = try ManifestSet.merge(stored: try host.store.documents(), documents: set.changed)
            return try await pass(rest, operation, scope, deep: deep, &orders)
        }
        let set = set.keepingServers(try host.store.sites())
        try refuseMoves(set)
        let departures = BenchDeparture(host: host)
        let departing = scope == .host ? try departures.pending() : []
        let back = departing.intersection(set.manifests.benches.keys)
        var kept = back.isEmpty ? [] : try await pass(try set.without(back), operation, scope, &orders).kept
        let resolution = ImageResolution(
            host: host, manifests: set.manifests, secrets: SecretValues(set, host.secrets))
        var (releases, pending) = try resolution.pinned()
        if !pending.isEmpty {
            releases = try await operation.step(
                "images", kind: "resolve-images", subject: "images", cause: "not pinned yet"
            ) { try await resolution.resolve(pending, releases: releases) }
        }
        try DiskRoom.toConverge(set, releases: releases, scope: scope, host: host).ensure(root: host.layout.root)
        try MissingApps(set: set, releases: releases).refuse()
        let redis = ExternalRedisCheck(host: host, set: set, releases: releases)
        let connected = try redis.changed()
        try await redis.require(connected.keys)
        try await ExternalDatabases(host: host, set: set, releases: releases).check(scope, operation)
        try host.store(set)
        try host.store.put(Dictionary(connected.map { ("\($0.key)", $0.value) }) { $1 }, topic: .redis)
        for bench in pending { try releases[bench.name].map { try host.store.put($0, of: bench.name) } }
        let isUntouched = back.isEmpty && pending.isEmpty
        let convergence = try await Convergence.prepare(
            host: host, set: set, releases: releases, deep: deep, lists: isUntouched ? lists : nil)
        if convergence.observed.routeDrift != nil { orders.hadDrift = true }
        var plan = convergence.plan(scope)
        plan.steps.removeAll { $0.action.isOrder && (!orders.areOpen || orders.asked.contains($0.id)) }
        if !plan.isEmpty {
            // Before it happens; among the notes it is said again.
            if let note = MemoryCommitment(convergence.desired)?.note { host.progress(.warning(note)) }
            host.progress(.planned(plan))
        }
        try await execute(plan, of: convergence, operation, scope, &orders)
        kept += try departing.subtracting(back).sorted().compactMap { try departures.finish($0) }
        if scope == .host, let finished = try await Delete(host).finishSites(operation) {
            let rest = try host.storedManifests()
            var report = try await pass(rest, operation, scope, &orders)
            report.kept = kept + finished
            return report
        }
        if scope == .host { try await sweep(convergence.observed.containers, operation) }
        let sites = convergence.knownSites()
        var report = UpReport(
            plan: plan, sites: sites, siteCount: sites.count, seconds: host.now - start, kept: kept)
        guard !plan.isEmpty else { return report }
        report.sites = try await convergence.observedSites()
        report.benches = try await convergence.health(scope)
        host.progress(.observed(report.benches))
        report.seconds = host.now - start
        return report
    }

    /// Does the plan; that an authority refused something is told in the end.
    private func execute(
        _ plan: Plan, of convergence: Convergence, _ operation: Operation, _ scope: Scope, _ orders: inout Orders
    ) async throws {
        let asked = plan.steps.filter(\.action.isOrder).map(\.id)
        orders.asked.formUnion(asked)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await convergence.execute(plan, operation, scope)) } catch {
            outcome = .failure(error)
        }
        if !asked.isEmpty, try IssuedCertificates(host: host).hasNew(since: convergence.observed.certificates) {
            orders.wereMade = true
        }
        do {
            try outcome.get()
        } catch OperationError.steps(let failures) where Set(failures.map(\.step)).isSubset(of: asked) {
            orders.refused += failures
        }
    }

    /// Takes away one-shots that interrupted runs left, once whatever wanted their results has had them: nobody else is
    /// at work, since this holds the host's lock, but those that only look. One that goes on for long is left to the
    /// next run.
    private func sweep(_ containers: [ObservedContainer], _ operation: Operation) async throws {
        for container in containers where container.isOneShot {
            let step = container.labels[Label.step] ?? container.name
            let maker = container.labels[Label.operation].flatMap { Int64($0) } ?? 0
            guard !OneShot.looks.contains(step), maker == 0 || maker != operation.id,
                let state = try await host.engine.state(of: container.id)
            else { continue }
            let engine = host.engine
            if state.isRunning, step != OneShot.facts,
                try await Polling.limited(to: .seconds(5), { try await engine.exitCode(of: container.id) }) == nil
            {
                continue
            }
            try await operation.step(
                "sweep \(container.name)", kind: "remove", subject: step, cause: "left by a run that was interrupted"
            ) { try await host.engine.removeWhole(container.name) }
        }
    }

    /// A site that exists keeps its name, its bench and its server until a verb changes them; a root stays where it is.
    private func refuseMoves(_ set: ManifestSet) throws {
        let records = try host.store.sites()
        let values = SecretValues(set, host.secrets)
        var problems: [ManifestProblem] = []
        if let declared = ManifestParser.declaredRoot(in: set.documents), declared.path != host.layout.root {
            problems.append(
                ManifestProblem(
                    severity: .error, location: declared.location, path: "spec.root",
                    message: "is \(declared.path), and this command works on \(host.layout.root); "
                        + "run it with --root \(declared.path)"))
        }
        for site in set.manifests.sites.values.sorted(by: { $0.name < $1.name }) {
            guard let record = records[site.name] else { continue }
            let key = ManifestKey(.site, site.name)
            func refuse(_ path: String, _ message: String) {
                let places = [set.locations[key], set.locations[ManifestKey(.bench, site.bench)]]
                let location =
                    places.lazy.compactMap { $0?[path] }.first
                    ?? set.locations[key]?["spec"] ?? SourceLocation(place: "(stored)")
                problems.append(ManifestProblem(severity: .error, location: location, path: path, message: message))
            }
            if record.siteName != site.siteName {
                refuse(
                    "spec.siteName",
                    "the site is called \(record.siteName); write that, or rename it: "
                        + "frappectl site rename \(record.siteName) \(site.siteName)")
            }
            if record.bench != site.bench {
                refuse("spec.benchRef", "is \(record.bench) since the site was made; moving is not built yet")
            }
            if let refusal = try DatabaseMove(record: record, site: site, values: values)?.refusal {
                refuse("spec.dbConfig", refusal)
            }
        }
        problems += try redisMoves(set)
        problems += try StorageCheck(host: host, set: set).problems()
        if !problems.isEmpty { throw OperationError.badManifests(problems, documents: set.documents) }
    }

    /// Jobs wait in the Redis that a bench has: another one would not have them.
    private func redisMoves(_ set: ManifestSet) throws -> [ManifestProblem] {
        let configured = try host.store.facts(.configured, as: String.self)
        let known = try host.store.facts(.redis, as: ExternalRedisRecord.self)
        return set.manifests.benches.values.sorted { $0.name < $1.name }.compactMap { bench in
            let now = known["\(bench.name)"]?.address
            guard configured[host.layout.slug(bench.name)] != nil, now != bench.redis.external?.address else {
                return nil
            }
            let places = set.locations[ManifestKey(.bench, bench.name)]
            let location = places?["spec.redisConfig"] ?? places?["spec"] ?? SourceLocation(place: "(stored)")
            return ManifestProblem(
                severity: .error, location: location, path: "spec.redisConfig",
                message: "jobs of bench \(bench.name) are in \(now ?? "its own Redis"); moving to "
                    + "\(bench.redis.external?.address ?? "one of its own") is not built yet")
        }
    }
}

/// `plan`: what `up` would do, with nothing done.
package struct PlanVerb: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package func run(files: ManifestFiles) async throws -> (plan: Plan, warnings: [ManifestProblem]) {
        let set = try ManifestSet.merge(
            stored: try host.store.documents(), files: try files.read(), strict: files.isStrict)
        try StorageCheck(host: host, set: set).refuse()
        let (pinned, pending) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        var releases = pinned
        var unread: Set<ObjectName> = []
        var notes: [String] = []
        for bench in pending {
            let old = releases[bench.name]
            let image = try await host.engine.image(bench.image.reference)
            let known = try host.store.facts(.imageFacts, as: ImageFacts.self)
            let read = image.flatMap { known[$0.id] }
            if read == nil { unread.insert(bench.name) }
            let facts = read ?? old?.facts
            releases[bench.name] = Release(
                number: (old?.number ?? 0) + 1, reference: bench.image.reference,
                imageID: image?.id ?? bench.image.reference, digest: image?.digest,
                facts: facts ?? ImageFacts(apps: [:], schema: [:], newSiteSkipsDatabase: true))
            if image == nil { notes.append("image \(bench.image.reference) is pulled first") }
        }
        try MissingApps(set: set, releases: releases.filter { !unread.contains($0.key) }).refuse()
        let convergence = try await Convergence.prepare(
            host: host, set: set, releases: releases, stores: false, deep: true)
        var plan = convergence.plan
        let room = try DiskRoom.toConverge(set, releases: releases, scope: .host, host: host)
        plan.notes = notes + [room.shortage].compactMap(\.self) + plan.notes
        return (plan, set.warnings + LimitWarnings(set, host).problems)
    }
}

extension LimitWarnings {
    init(_ set: ManifestSet, _ host: HostContext) {
        self.init(
            manifests: set.manifests, locations: set.locations, told: Set(set.changed.map(\.key)),
            machine: host.machine)
    }
}
