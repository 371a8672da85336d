import FrappeModel
import Planning
import Rendering

/// Looks for what nothing needs any more.
struct DiskLeftovers: Sendable {
    let host: HostContext
    let convergence: Convergence
    let images: [DiskRetention.Image]
    let retention: DiskRetention

    init(host: HostContext, convergence: Convergence) async throws {
        self.host = host
        self.convergence = convergence
        let list = try await host.engine.imageList()
        images = list.map { DiskRetention.Image(id: $0.id, names: $0.tags, bytes: Int(clamping: $0.size)) }
        var releases: [String: [String]] = [:]
        for bench in convergence.set.manifests.benches.keys {
            releases["\(bench)"] = try host.store.images(of: bench)
        }
        let named = Set(convergence.desired.containers.map(\.definition.image))
        let wanted = list.filter { named.contains($0.id) || !named.isDisjoint(with: $0.tags + $0.digests) }.map(\.id)
        retention = DiskRetention(
            pulled: try host.store.facts(.pulledImage), releases: releases,
            wanted: try await host.engine.imagesInUse().union(wanted))
    }

    func removable(_ usage: DiskUsage?) async throws -> [DiskReport.Removable] {
        images.filter(retention.isRemovable).map { image in
            DiskReport.Removable(
                kind: .image, name: image.id, bytes: image.bytes,
                reason: "\(retention.pulled[image.id] ?? "") was pulled for a release that nobody returns to")
        } + assets(usage) + (try await containers())
    }

    private func assets(_ usage: DiskUsage?) -> [DiskReport.Removable] {
        let served = convergence.desired.benches.values.flatMap { bench in
            Proxy.assets(of: bench.bench.name, release: bench.release, host: host)
        }
        // A bench whose image is not known yet, or a copy that is being made: nothing is certain then.
        guard convergence.desired.benches.count == convergence.set.manifests.benches.count else { return [] }
        let directories = HostFiles.names(in: host.layout.assets).filter {
            HostFiles.kind("\(host.layout.assets)/\($0)") == .directory
        }
        let names = Set(served.compactMap { $0.split(separator: "/").last.map(String.init) })
        return DiskRetention.removableAssets(directories, served: names).map { name in
            DiskReport.Removable(
                kind: .assets, name: "\(host.layout.assets)/\(name)", bytes: usage?["assets/\(name)"] ?? 0,
                reason: name.hasSuffix(".partial") ? "a copy that was never finished" : "no release is served from it")
        }
    }

    /// One-shot containers that ended an hour ago and whose result nobody waits for.
    private func containers() async throws -> [DiskReport.Removable] {
        let unfinished = Set(try host.store.sites().values.filter { !$0.created || $0.closing != nil }.map(\.siteName))
        var found: [DiskReport.Removable] = []
        for container in convergence.observed.containers
        where container.isOneShot && [.exited, .dead].contains(container.state) {
            if let site = container.labels[Label.site], unfinished.contains(site) { continue }
            guard let ended = try await host.engine.state(of: container.id)?.finishedAt, host.now - ended > 3600 else {
                continue
            }
            let what = container.labels[Label.step] ?? "one-shot"
            found.append(.init(kind: .container, name: container.name, bytes: 0, reason: "\(what) ended long ago"))
        }
        return found.sorted { $0.name < $1.name }
    }
}
