import DockerEngine
import FrappeModel
import Rendering

/// `compose`: a bench as a compose file that stands alone. Looks only; nothing of it is a secret.
package struct Compose: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// - Parameters:
    ///   - address: where the file's nginx is to listen; nil for where ours does.
    ///   - port: likewise.
    package func run(_ bench: ObjectName, address: String?, port: Int?) async throws -> String {
        let set = try host.storedManifests()
        let manifests = set.manifests
        let (releases, _) = try ImageResolution(host: host, manifests: manifests).pinned()
        let port = port ?? manifests.host.httpPort
        let sized: [String: Int] = try host.store.facts(.machine)
        let rendering = try DesiredRendering(
            manifests: manifests, releases: releases, layout: host.layout,
            machine: host.machine.sized(before: sized[Convergence.memoryFact]),
            edgeConfiguration: { try Proxy.edgeConfiguration(sites: $0, bench: $1, port: port) })
        var allocations = Allocations(subnets: try host.store.facts(.subnet), ports: try host.store.facts(.port))
        let known = allocations.subnets
        let desired = try rendering.desired(&allocations)
        guard let wanted = desired.benches[bench], allocations.subnets == known else {
            throw OperationError.failed("bench \(bench) was never up: it has no network yet", next: "frappectl up")
        }
        guard wanted.bench.redis.external == nil else {
            throw OperationError.failed(
                "bench \(bench) uses an external Redis, whose login no compose file is to hold",
                next: "frappectl get bench \(bench) -o yaml")
        }
        var file = ComposeFile(desired: desired, bench: wanted, layout: host.layout)
        file.address = address ?? manifests.host.listenAddress
        file.port = port
        file.images = await images(wanted.release)
        file.startInterval = await knowsStartInterval() ? 2 : nil
        file.frontConfiguration = try Proxy.frontConfiguration(
            sites: desired.sites.values.filter { $0.bench == bench }.sorted { $0.siteName < $1.siteName },
            bench: wanted.bench)
        return try file.text()
    }

    /// The digest, which any registry's mirror knows; else the reference while it still names the same image here.
    private func images(_ release: Release) async -> [String: String] {
        if let digest = release.digest { return [release.imageID: digest] }
        let present = try? await host.engine.image(release.reference)
        let isSame = present.map { $0.id == release.imageID } ?? true
        return [release.imageID: isSame ? release.reference : release.imageID]
    }

    private func knowsStartInterval() async -> Bool {
        guard let version = try? await host.engine.client.apiVersion() else { return false }
        return version >= APIVersion(1, 44)
    }
}
