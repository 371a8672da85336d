import Glibc

/// What ran before a reload or a start, to tell when it has taken effect.
struct IngressReload: Sendable {
    /// The master that was told to reload; nil after a start.
    var process: Int32?
    /// The workers that still served the configuration before.
    var workers: Set<Int32>
    /// Length of the error log at that moment.
    var logged: Int
}

extension RunningProcess {
    func signal(_ number: Int32) { kill(id, number) }
}

extension Ingress {
    /// Our master: the process that the pid file names if it is one, else found by its title.
    var master: RunningProcess? {
        if let inclusion = settings.inclusion { return inclusion.master }
        return ownMaster
    }

    var ownMaster: RunningProcess? {
        let text = String(decoding: IngressDisk.read("\(settings.prefix)/nginx.pid") ?? [], as: UTF8.self)
        if let id = Int32(text.filter(\.isNumber)), let process = IngressProcesses.process(id), isOurs(process) {
            return process
        }
        return IngressProcesses.all().first(where: isOurs)
    }

    package var isRunning: Bool { master != nil }

    package var masterProcess: Int32? { master?.id }

    private func isOurs(_ process: RunningProcess) -> Bool {
        process.owner == geteuid() && process.isMaster
            && process.title.contains(nginx.titlePart)
    }

    func workers(of master: RunningProcess) -> Set<Int32> {
        Set(IngressProcesses.all().filter { $0.parent == master.id && $0.isWorker && !$0.isShuttingDown }.map(\.id))
    }

    /// Workers that write our error log, whoever their master is or was.
    private var ownWorkers: [RunningProcess] {
        IngressProcesses.all().filter { $0.isWorker && IngressProcesses.holds($0.id, file: settings.errorLog) }
    }

    /// Workers whose master was killed go on listening, so that no new one could start: they are told to finish.
    func endOrphans() async throws {
        guard master == nil, settings.inclusion == nil else { return }
        let orphans = ownWorkers.filter { !$0.isShuttingDown }
        for number in [SIGQUIT, SIGKILL] {
            orphans.forEach { $0.signal(number) }
            let ended = try await Polling.until(within: .seconds(5)) {
                orphans.allSatisfy { IngressProcesses.process($0.id)?.isShuttingDown ?? true }
            }
            if ended { return }
        }
    }

    /// Fails with the name of the program that listens where we are to listen.
    func checkPort() throws {
        let addresses = settings.listenAddress == "::" ? ["0.0.0.0", "::"] : [settings.listenAddress]
        for address in addresses {
            for port in settings.ports {
                if let owner = IngressPort(address: address, port: port).owner(besides: master?.id) {
                    throw IngressError.portTaken(address: address, port: port, by: owner)
                }
            }
        }
    }

    /// Lets requests end, up to `grace`, then ends them; returns when no process of ours is left.
    package func stop(grace: Duration = .seconds(10)) async throws {
        if let inclusion = settings.inclusion { return try await leave(inclusion) }
        if let service = settings.service, let master, service.holds(master.id) { try await service.stop() }
        // The master first: it would replace workers that end before it knows.
        var family = [master].compactMap(\.self) + ownWorkers
        for (number, time) in [(SIGQUIT, grace), (SIGTERM, .seconds(5)), (SIGKILL, .seconds(5))] {
            family.forEach { $0.signal(number) }
            let gone = try await Polling.until(within: time) { [family] in
                family.allSatisfy { !IngressProcesses.isAlive($0.id) }
            }
            if gone { return }
            family = family.filter { IngressProcesses.isAlive($0.id) }
        }
        throw IngressError.notStopped(processes: family.map(\.id))
    }

    /// Has systemd start nginx from now on; one that runs already is started anew, which takes a moment.
    package func installService() async throws {
        guard let service = settings.service else { return }
        try await service.install()
        guard let master, !service.holds(master.id), let generation = staging.currentGeneration else { return }
        let logged = IngressDisk.size(settings.errorLog)
        try await stop(grace: .seconds(3))
        try await service.start()
        try await confirm(generation, after: IngressReload(process: nil, workers: [], logged: logged))
    }
}
