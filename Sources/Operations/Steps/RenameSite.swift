import ComposeTemplates
import FrappeModel
import Rendering

/// Gives a site another name: away, moved once nothing is at work on it, recorded, back.
///
/// The record says what is meant from before the first effect until after the last; the directory's name on the disk says
/// how far it came. A run that was interrupted is undone while the directory has its old name, and finished after that.
struct RenameSite: Sendable {
    let host: HostContext
    let operation: Operation
    let convergence: Convergence
    /// As it is recorded, with what it is to become.
    let record: SiteRecord
    let renaming: SiteRecord.Renaming

    /// - Parameter drain: seconds in which jobs and requests may end.
    func run(drain: Int) async throws {
        do {
            try await step("close", "nothing new is to reach it") {
                try await convergence.proxy.route(nil)
                try await act("close", on: record.siteName)
            }
            try await step("move", "once no job and no request is at work on it") { try await move(drain) }
        } catch {
            // Where that cannot be done now, the next run does it.
            if !isMoved { do { try await undo() } catch {} }
            throw error
        }
        try await finish()
    }

    /// Goes on from where an earlier run stopped.
    func settle() async throws {
        // What works in there is never removed: it may be about to rename the directory.
        _ = try await once.awaitLeftover(output: { _ in })
        if record.siteName == renaming.newName || isMoved { try await finish() } else { try await undo() }
    }

    private var isMoved: Bool { has(renaming.newName) && !has(record.siteName) }

    private func has(_ siteName: String) -> Bool {
        HostFiles.kind("\(host.layout.sites(of: record.bench))/\(siteName)") == .directory
    }

    /// Records the new name with the manifests that say it, all or none, and brings the site back.
    private func finish() async throws {
        var record = record
        if record.siteName != renaming.newName {
            FaultPoint.pass("moved site")
            let change = try renaming.change(of: record.object, in: try host.store.documents())
            record.renamedFrom = record.siteName
            record.siteName = renaming.newName
            try host.store.put(record, documents: change.documents, removing: change.removed)
            FaultPoint.pass("recorded new name")
        }
        try await step("open", "it has its new name") {
            try await act("open", on: record.siteName, former: record.renamedFrom)
        }
        record.renaming = nil
        try host.store.put(record)
    }

    private func undo() async throws {
        try await step("open", "it keeps its name") { try await act("open", on: record.siteName) }
        var settled = record
        settled.renaming = nil
        try host.store.put(settled)
        try await convergence.proxy.route(nil)
    }

    private func step(_ kind: String, _ cause: String, _ work: () async throws -> Void) async throws {
        let subject = "site \(record.siteName)"
        host.progress(.preparing(subject: subject, text: "\(kind): \(cause)"))
        try await operation.step(
            "\(kind) \(record.siteName)", kind: "site-\(kind)", subject: subject, cause: cause, work)
    }

    private func move(_ drain: Int) async throws {
        let work = Work(action: "move", site: record.siteName, to: renaming.newName, seconds: drain)
        let (code, lines) = try await outcome(of: work)
        guard code != 0 else { return }
        guard code == Self.busy else { throw Self.failure("move", code, lines) }
        throw StepReason(
            description: "\(lines.last ?? "it is at work"), still after \(drain) s; it keeps its name",
            next: idleWorker.map {
                "no \($0) runs: frappectl bench scale \(record.bench) \($0) 1, then the same command again"
            }
                ?? "the same command again, with more time: --drain \(max(drain * 4, 1800))")
    }

    /// A kind of worker that the bench has none of: its jobs wait for ever.
    private var idleWorker: String? {
        let replicas = convergence.desired.benches[record.bench]?.bench.replicas ?? [:]
        return Component.allCases.first { $0.isWorker && replicas[$0] == 0 }?.rawValue
    }

    private func act(_ action: String, on siteName: String, former: String? = nil) async throws {
        let (code, lines) = try await outcome(of: Work(action: action, site: siteName, former: former))
        guard code == 0 else { throw Self.failure(action, code, lines) }
    }

    private static func failure(_ action: String, _ code: Int, _ lines: [String]) -> StepReason {
        StepReason(
            description: "\(action) exited with \(code)", logs: lines,
            next: "mend what these lines tell, then frappectl up, which finishes or undoes it")
    }

    /// What the script ends with where the site stays at work.
    private static let busy = 3

    /// What `rename.py` reads.
    private struct Work: Encodable {
        var action: String
        var site: String
        var to: String?
        /// Its name before.
        var former: String?
        var seconds: Int?
    }

    private func outcome(of work: Work) async throws -> (code: Int, lines: [String]) {
        guard let bench = convergence.desired.benches[record.bench] else {
            throw StepReason(description: "bench \(record.bench) was never up: its image is not known yet")
        }
        var definition = try convergence.rendering.commands(.maintenance, of: bench)
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-u", "-c", ComposeTemplate.rename]
        let subject = "site \(record.siteName)"
        let (code, lines) = try await once.complete(
            definition, files: [OneShotInput.path: try OneShotInput.encode(work)],
            output: { [host] in host.progress(.preparing(subject: subject, text: TerminalText.plain($0))) })
        return (code, lines.map { TerminalText.plain($0) })
    }

    private var once: OneShot {
        OneShot(
            host: host, operation: operation.id,
            name: host.layout.objectName("once", host.layout.shortID(record.object), "rename-site"),
            step: "rename-site",
            labels: [
                Label.bench: record.bench.name, Label.namespace: record.bench.namespace, Label.site: record.siteName,
            ])
    }
}
