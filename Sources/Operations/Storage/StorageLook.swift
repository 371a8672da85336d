import FrappeModel
import Rendering

/// Whether the files of benches can be reached: a disk that is not mounted must never be taken for a bench that is new.
struct StorageLook: Sendable {
    let layout: HostLayout
    /// By the name of the bench's directory.
    let places: [String: BenchPlace]
    /// Directories of storage classes that hold something of this installation.
    let disks: Set<String>
    /// Names of directories of benches that were made whole once.
    let configured: Set<String>
    /// Those of benches that have sites.
    let inhabited: Set<String>

    /// What is wrong with the files of a bench; nil where they are there, or can be made.
    ///
    /// - Parameter storage: where they are to be made.
    func trouble(of bench: ObjectName, on storage: StorageClass?) -> StorageTrouble? {
        let slug = layout.slug(bench)
        let path = layout.benchDirectory(bench)
        switch HostFiles.kind(path) {
        case .link: return trouble(ofLink: path, slug, bench)
        case .none:
            if let place = places[slug], place.isLinked { return missingLink(path, to: place) }
            return absence(of: path, slug, bench) ?? storage.flatMap { trouble(of: $0, for: bench) }
        default: return absence(of: path, slug, bench)
        }
    }

    private func trouble(ofLink path: String, _ slug: String, _ bench: ObjectName) -> StorageTrouble? {
        let target = IngressDisk.linkTarget(path) ?? ""
        guard !HostFiles.isDirectory(path) else { return emptiness(of: path, target, slug, bench) }
        if let share = layout.share(holding: target), !HostFiles.isDirectory(share.directory) {
            return notMounted(share.disk, "the files of bench \(bench) are there")
        }
        return StorageTrouble(
            reason: "the files of bench \(bench) are missing: \(path) leads to \(target), which is not there",
            next: "mount its disk, or put the directory back from a backup; then frappectl up")
    }

    private func emptiness(of path: String, _ target: String, _ slug: String, _ bench: ObjectName) -> StorageTrouble? {
        guard configured.contains(slug) else { return nil }
        return lack("\(target), to which \(path) leads,", bench)
    }

    /// Somebody may have mounted a disk below the root by hand.
    private func absence(of path: String, _ slug: String, _ bench: ObjectName) -> StorageTrouble? {
        inhabited.contains(slug) ? lack(path, bench) : nil
    }

    private func lack(_ place: String, _ bench: ObjectName) -> StorageTrouble? {
        guard !HostFiles.isDirectory(layout.sites(of: bench)) else { return nil }
        return StorageTrouble(
            reason: "the files of bench \(bench) are missing: \(place) has no 1/sites",
            next: "mount its disk, or put the directory back from a backup; then frappectl up")
    }

    private func missingLink(_ path: String, to place: BenchPlace) -> StorageTrouble {
        StorageTrouble(
            reason: "the link \(path) is missing; the files that it led to are those of \(place.directory)",
            next: "mount the disk of \(layout.root)/benches, or where it has none: ln -s \(place.directory) \(path); "
                + "then frappectl up")
    }

    private func trouble(of storage: StorageClass, for bench: ObjectName) -> StorageTrouble? {
        if disks.contains(storage.path), !HostFiles.isDirectory(layout.share(on: storage.path)) {
            return notMounted(storage.path, "bench \(bench) is to be made there")
        }
        return StorageDirectory(path: storage.path, root: layout.root).trouble.map {
            StorageTrouble(
                reason: "bench \(bench) cannot be made on storage class \(storage.name): \($0.reason)", next: $0.next)
        }
    }

    private func notMounted(_ disk: String, _ what: String) -> StorageTrouble {
        StorageTrouble(
            reason: "the disk of \(disk) is not mounted: there is no \(layout.share(on: disk)), and \(what)",
            next: "mount \(disk), then frappectl up")
    }
}

extension StorageLook {
    init(_ host: HostContext) throws {
        self.init(
            layout: host.layout, places: try host.store.facts(.benchPlace),
            disks: Set(try host.store.facts(.storageDisk, as: String.self).keys),
            configured: Set(try host.store.facts(.configured, as: String.self).keys),
            inhabited: Self.inhabited(try host.store.sites().values, host.layout))
    }

    /// Those of interrupted works whose bench can be reached; the plan tells of the others.
    static func reachable<Work>(
        _ works: [Work], _ host: HostContext, bench: (Work) -> ObjectName
    ) throws -> [Work] {
        guard !works.isEmpty else { return [] }
        let look = try StorageLook(host)
        return works.filter { look.trouble(of: bench($0), on: nil) == nil }
    }

    static func inhabited(_ sites: some Sequence<SiteRecord>, _ layout: HostLayout) -> Set<String> {
        Set(sites.filter(\.created).map { layout.slug($0.bench) })
    }

    /// Of benches that have a manifest, those whose files cannot be reached.
    func troubles(_ manifests: Manifests) -> [ObjectName: StorageTrouble] {
        var troubles: [ObjectName: StorageTrouble] = [:]
        for bench in manifests.benches.keys {
            troubles[bench] = trouble(of: bench, on: manifests.storageClass(of: bench))
        }
        return troubles
    }
}
