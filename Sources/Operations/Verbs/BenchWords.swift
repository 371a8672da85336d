import FrappeModel
import ManifestParsing
import StateStore

extension Get {
    /// The status of a bench as the operator words it.
    ///
    /// - Parameter seen: what runs of it; nil where nobody could look, so that nothing is said of it.
    static func status(_ release: Release?, seen: HostStatus.BenchStatus?) -> ManifestValue? {
        guard let release else { return seen == nil ? nil : words(phase: "Pending", "no image was found yet") }
        var status = seen.map(condition) ?? .map([])
        status.set(["installedApps"], to: .list(release.facts.apps.keys.sorted().map { .string($0) }))
        status.set(["initializedImage"], to: .string(release.reference))
        return status
    }

    private static func condition(_ bench: HostStatus.BenchStatus) -> ManifestValue {
        let count = "\(bench.healthy) of \(bench.expected) containers are healthy"
        if bench.components.isEmpty { return words(phase: "Pending", "nothing of it runs") }
        return words(phase: bench.healthy == bench.expected ? "Ready" : "Provisioning", count)
    }

    private static func words(phase: String, _ message: String) -> ManifestValue {
        var status = ManifestValue.map([])
        status.set(["phase"], to: .string(phase))
        var ready = ManifestValue.map([])
        ready.set(["type"], to: .string("Ready"))
        ready.set(["status"], to: .string(phase == "Ready" ? "True" : "False"))
        ready.set(["reason"], to: .string(phase))
        ready.set(["message"], to: .string(message))
        status.set(["conditions"], to: .list([ready]))
        return status
    }
}
