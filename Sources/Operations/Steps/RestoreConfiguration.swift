import FrappeModel
import Rendering

/// Writes keys of ours into a site's own configuration again; others stay as they are.
struct RestoreConfiguration: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering
    let bench: DesiredBench
    let site: Site

    func write(_ keys: [String], progress: @escaping @Sendable (String) -> Void) async throws {
        guard let record = try host.store.sites()[site.name] else { return }
        var values = SiteConfiguration(record, url: record.publicURL, host.secrets).values
        values["db_host"] = record.databaseServer
        let commands = try keys.map { key in
            guard let value = values[key] else {
                throw StepReason(
                    description: "the value of \(key) is not kept here",
                    next: "put it into sites/\(site.siteName)/site_config.json: frappectl shell \(site.siteName)")
            }
            return BenchCommands.Command(
                shown: "set-config \(key)",
                arguments: ["frappe", "--site", site.siteName, "set-config", key, value])
        }
        let once = OneShot(
            host: host, operation: operation,
            name: host.layout.objectName("once", host.layout.shortID(site.name), "configuration"),
            step: "configuration",
            labels: [Label.bench: site.bench.name, Label.namespace: site.bench.namespace, Label.site: site.siteName])
        // bench writes the file in its place: a container that is at it is never removed.
        _ = try await once.awaitLeftover(output: { _ in })
        let redaction = Redaction(secrets: [host.secrets.text(.databasePassword(of: site.name))].compactMap(\.self))
        let work = BenchCommands(remove: [], commands: commands, marker: nil)
        let code = try await once.run(
            try rendering.commands(of: bench), files: [OneShotInput.path: try OneShotInput.encode(work)],
            output: { progress(redaction($0)) })
        let lines = code == 0 ? [] : await once.lastLines().map { redaction($0) }
        try await once.remove()
        guard code == 0 else {
            throw StepReason(
                description: "set-config of \(keys.joined(separator: ", ")) exited with \(code)", logs: lines,
                next: "mend the cause, then frappectl up --deep")
        }
    }
}
