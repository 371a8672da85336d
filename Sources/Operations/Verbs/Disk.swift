import FrappeModel
import Planning
import Rendering

/// `disk`: what takes space, and what of it can go.
package struct Disk: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    package func report() async throws -> DiskReport {
        let convergence = try await convergence()
        let leftovers = try await DiskLeftovers(host: host, convergence: convergence)
        let usage = try await usage(convergence, leftovers)
        if let usage { try remember(usage, convergence.set.manifests) }
        let removable = try await leftovers.removable(usage)
        return DiskReport(
            disks: try await HostDisks(host: host).facts(convergence.set.manifests).map(HostStatus.Disk.init),
            uses: usage.map { DiskUses(layout: host.layout, manifests: convergence.set.manifests, usage: $0).uses }
                ?? [],
            images: images(leftovers), removable: removable, removableBytes: removable.reduce(0) { $0 + $1.bytes },
            isMeasured: usage != nil)
    }

    func convergence() async throws -> Convergence {
        let set = try host.storedManifests()
        let (releases, _) = try ImageResolution(host: host, manifests: set.manifests).pinned()
        return try await Convergence.prepare(host: host, set: set, releases: releases, stores: false)
    }

    private func usage(_ convergence: Convergence, _ leftovers: DiskLeftovers) async throws -> DiskUsage? {
        guard let image = Self.tool(convergence, leftovers) else { return nil }
        return try await DiskMeasure(host: host, rendering: convergence.rendering, image: image).run()
    }

    /// An image that is on this host and has the tools: that of a database server, or a bench's.
    static func tool(_ convergence: Convergence, _ leftovers: DiskLeftovers) -> String? {
        let present = Set(leftovers.images.flatMap { [$0.id] + $0.names })
        let benches = convergence.desired.benches.values.map(\.release.imageID).sorted()
        return ([convergence.set.manifests.host.mariadbImage] + benches).first(where: present.contains)
    }

    /// So that `status` can say it without measuring.
    private func remember(_ usage: DiskUsage, _ manifests: Manifests) throws {
        var measured: [String: MeasuredUsage] = [:]
        for bench in manifests.benches.values where bench.storageSize != nil {
            let bytes = usage["benches/\(host.layout.slug(bench.name))"] ?? 0
            measured["\(bench.name)"] = MeasuredUsage(bytes: bytes, at: host.now)
        }
        try host.store.put(measured, topic: .usage)
    }

    private func images(_ leftovers: DiskLeftovers) -> [DiskReport.Image] {
        let retention = leftovers.retention
        let ours = Set(retention.releases.values.flatMap(\.self)).union(retention.pulled.keys)
        return leftovers.images.filter { ours.contains($0.id) }.map { image in
            let isRemovable = retention.isRemovable(image)
            let reason =
                retention.release(ofImage: image.id)
                ?? (retention.wanted.contains(image.id) ? "a container or a manifest" : "its other names")
            let unpulled = retention.pulled[image.id] == nil ? ", was not pulled by frappectl" : ""
            return DiskReport.Image(
                id: image.id, names: image.names, bytes: image.bytes, keptFor: isRemovable ? nil : reason + unpulled)
        }.sorted { ($1.bytes, $0.id) < ($0.bytes, $1.id) }
    }
}

/// The directories that matter, out of all that were measured.
struct DiskUses: Sendable {
    let layout: HostLayout
    let manifests: Manifests
    let usage: DiskUsage

    /// The largest first.
    var uses: [DiskReport.Use] {
        (benches + databases + named("assets", kind: "assets") + named("archived", kind: "archived") + rest)
            .sorted { ($1.bytes, $0.path) < ($0.bytes, $1.path) }
    }

    private var benches: [DiskReport.Use] {
        manifests.benches.values.flatMap { bench in
            let path = "benches/\(layout.slug(bench.name))"
            let generation = layout.generation(of: bench.name).dropFirst(layout.root.count + 1)
            let sites = manifests.sites.values.filter { $0.bench == bench.name }.map(\.siteName)
            return use("bench", "bench \(bench.name)", path, quota: bench.storageSize)
                + use("logs", "bench \(bench.name)", "\(generation)/logs")
                + use("queue", "bench \(bench.name)", "\(generation)/redis-queue")
                + sites.flatMap { use("files", "site \($0)", "\(generation)/sites/\($0)") }
        }
    }

    private var databases: [DiskReport.Use] {
        usage.names(in: "databases").flatMap { server in
            let site = manifests.sites.values.first { $0.databaseServer == server && $0.dedicatedDatabase != nil }
            let quota = site?.dedicatedDatabase?.storageSize ?? manifests.servers[server]?.sizes.storageSize
            return use("database", "server \(server)", "databases/\(server)", quota: quota)
        }
    }

    private var rest: [DiskReport.Use] {
        var uses = use("backups", "the root", "backups") + use("logs", "nginx", "logs")
        for index in uses.indices where uses[index].kind == "logs" { uses[index].path = layout.logs }
        return uses
    }

    private func named(_ directory: String, kind: String) -> [DiskReport.Use] {
        usage.names(in: directory).flatMap { use(kind, String($0.prefix(48)), "\(directory)/\($0)") }
    }

    private func use(_ kind: String, _ owner: String, _ path: String, quota: Int? = nil) -> [DiskReport.Use] {
        guard let bytes = usage[path] else { return [] }
        let path = "\(layout.root)/\(path)"
        let target = HostFiles.kind(path) == .link ? HostFiles.resolved(path) : nil
        return [.init(kind: kind, owner: owner, path: path, target: target, bytes: bytes, quota: quota)]
    }
}
