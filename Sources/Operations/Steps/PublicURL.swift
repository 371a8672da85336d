import FrappeModel
import Rendering

/// Writes a site's public URL into its own configuration, and records it once that succeeded.
struct PublicURL: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering
    let bench: DesiredBench
    let site: Site

    func write(progress: @escaping @Sendable (String) -> Void) async throws {
        let url = rendering.manifests.publicURL(of: site)
        let once = Self.once(of: site, host: host, operation: operation)
        // bench writes the file in its place: a container that is at it is never removed.
        _ = try await once.awaitLeftover(output: progress)
        let work = BenchCommands(remove: [], commands: [.publicURL(url, of: site.siteName)], marker: nil)
        // Away before the record: with that nothing is planned any more, and nobody would remove it.
        let (code, lines) = try await once.complete(
            try rendering.commands(.maintenance, of: bench), files: [OneShotInput.path: try OneShotInput.encode(work)],
            output: progress)
        guard code == 0 else {
            throw StepReason(
                description: "set-config host_name \(url) exited with \(code)", logs: lines,
                next: "mend the cause, then frappectl up")
        }
        FaultPoint.pass("written public URL")
        try record(url)
    }

    private func record(_ url: String) throws {
        guard var record = try host.store.sites()[site.name] else { return }
        record.publicURL = url
        try host.store.put(record)
    }

    /// What a run left that died at it; a site that goes takes it along.
    static func removeLeftover(of site: Site, host: HostContext, operation: Int64) async throws {
        let once = once(of: site, host: host, operation: operation)
        _ = try await once.awaitLeftover(output: { _ in })
        try await once.remove()
    }

    private static func once(of site: Site, host: HostContext, operation: Int64) -> OneShot {
        OneShot(
            host: host, operation: operation,
            name: host.layout.objectName("once", host.layout.shortID(site.name), "public-url"), step: "public-url",
            labels: [Label.bench: site.bench.name, Label.namespace: site.bench.namespace, Label.site: site.siteName])
    }
}
