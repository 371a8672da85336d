import FrappeModel
import Glibc
import Rendering

/// The distribution's nginx, which serves other things too and includes one file of ours.
package struct IngressInclusion: Hashable, Sendable {
    /// Its main file.
    package var configuration = "/etc/nginx/nginx.conf"
    /// The file that its `http` block includes, which includes what we render.
    package var file: String
    /// What the file holds.
    package var text: String

    package init(layout: HostLayout, host: HostSettings) {
        configuration = host.includingConfiguration ?? configuration
        file = host.includeFile ?? "/etc/nginx/conf.d/\(layout.objectName("nginx")).conf"
        text = """
            # Written by frappectl for the installation in \(layout.root); `frappectl down` removes it.
            include "\(layout.nginx)/current/\(IngressRendering.includePath)";

            """
    }

    var isInPlace: Bool { IngressDisk.read(file) == Array(text.utf8) }

    /// The master that its pid file names.
    var master: RunningProcess? {
        let id = String(decoding: IngressDisk.read(pidFile) ?? [], as: UTF8.self).filter(\.isNumber)
        guard let process = Int32(id).flatMap(IngressProcesses.process) else { return nil }
        return process.isMaster ? process : nil
    }

    private var pidFile: String { directive("pid") ?? "/run/nginx.pid" }

    /// An nginx configuration without its comments.
    static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n").map { $0.prefix { $0 != "#" } }.joined(separator: "\n")
    }

    /// The value of a directive in the main file.
    private func directive(_ name: String) -> String? {
        let text = String(decoding: IngressDisk.read(configuration) ?? [], as: UTF8.self)
        for statement in Self.withoutComments(text).split(whereSeparator: { ";{}".contains($0) }) {
            let words = statement.split(whereSeparator: \.isWhitespace)
            if words.first == name[...], words.count > 1 { return String(words[1]) }
        }
        return nil
    }

    /// What only its main file can set, where that is less than our own nginx would have.
    package var notes: [String] {
        var notes: [String] = []
        if directive("worker_shutdown_timeout") == nil {
            notes.append(
                "\(configuration) sets no worker_shutdown_timeout: open websockets keep old workers after a reload")
        }
        if let connections = directive("worker_connections").flatMap({ Int($0) }), connections < 4096 {
            notes.append("\(configuration) allows \(connections) worker_connections, two for each request to a site")
        }
        return notes
    }
}

extension Ingress {
    /// Swaps, has the distribution's nginx test its whole configuration with ours in it, reloads it and confirms.
    func serve(_ staged: StagedConfiguration, in inclusion: IngressInclusion) async throws -> IngressOutcome {
        guard geteuid() == 0 else { throw IngressError.inclusionNeedsRoot(file: inclusion.file) }
        try settings.checkWorkersPass()
        guard inclusion.master != nil else {
            throw IngressError.distributionStopped(configuration: inclusion.configuration)
        }
        if ownMaster == nil { try checkPort() }
        let previous = staging.currentGeneration
        try IngressDisk.makeDirectories(settings.logsDirectory)
        try await swap(staged)
        try await include(inclusion, generation: staged.generation, previous: previous)
        try await endOwnMaster()
        let action = try await bringUp(staged.generation, previous: previous)
        let changed = staged.changed.filter { $0 != IngressRendering.generationPath }
        return IngressOutcome(action: action, generation: staged.generation, changed: changed)
    }

    /// Writes the file that is included, and takes everything back where nginx refuses the whole.
    func include(_ inclusion: IngressInclusion, generation: Int, previous: Int?) async throws {
        let before = IngressDisk.read(inclusion.file)
        if !inclusion.isInPlace { try HostFiles.replace(inclusion.file, with: Array(inclusion.text.utf8), mode: 0o644) }
        guard let complaint = try await nginx.complaint(aboutDistribution: inclusion.configuration) else { return }
        let place = IngressComplaint(
            text: complaint, staging: staging, snippets: settings.snippetsDirectory, directory: staging.current)
        let error = try place.keeping(generation)
        try staging.point(at: previous)
        if let before {
            try HostFiles.replace(inclusion.file, with: before, mode: 0o644)
        } else {
            HostFiles.removeFile(inclusion.file)
        }
        throw error
    }

    /// Takes our sites out of the distribution's nginx, which goes on with the rest.
    func leave(_ inclusion: IngressInclusion) async throws {
        guard IngressDisk.exists(inclusion.file) else { return }
        HostFiles.removeFile(inclusion.file)
        guard let master = inclusion.master else { return }
        let before = workers(of: master)
        master.signal(SIGHUP)
        _ = try await Polling.until(within: .seconds(10)) {
            before.allSatisfy { IngressProcesses.process($0).map { $0.isShuttingDown || !$0.isWorker } ?? true }
        }
    }

    /// An nginx of our own that runs from before the mode was changed.
    private func endOwnMaster() async throws {
        guard let own = ownMaster else { return }
        own.signal(SIGQUIT)
        let gone = try await Polling.until(within: .seconds(10)) { !IngressProcesses.isAlive(own.id) }
        if !gone { own.signal(SIGTERM) }
    }
}
