import Foundation
import FrappeModel

/// Takes a bench out that was deleted. Recorded with the removal of its manifest, so that a run that is killed on the way is
/// finished by the next `up`, also when that is to make a bench of the same name.
struct BenchDeparture: Sendable {
    let host: HostContext

    /// Benches whose manifests are gone and whose directories and releases may not be.
    func pending() throws -> Set<ObjectName> {
        Set(try host.store.facts(.departing, as: ObjectName.self).values)
    }

    /// Once nothing of the bench runs: its directory is moved, never removed, since logs and what people put there
    /// stay readable; then what was recorded of it goes.
    ///
    /// A link goes alone: the files stay on the disk of their storage class, under a name that no other bench gets.
    ///
    /// - Returns: where the directory is now; nil where there was none.
    func finish(_ bench: ObjectName) throws -> String? {
        try BenchStorage(host: host).forget(bench)
        try FilesLimits(host: host).lift(bench)
        let kept = try archive(bench)
        try FilesLimits(host: host).forget(bench)
        try host.store.removeReleases(of: bench)
        try host.store.removeFacts(.configured, keys: [host.layout.slug(bench)])
        try host.store.removeFacts(.redis, keys: ["\(bench)"])
        try host.store.removeFacts(.departing, keys: ["\(bench)"])
        return kept
    }

    /// Fails beforehand where the directory cannot be moved.
    func refuseMountPoint(_ bench: ObjectName) throws(OperationError) {
        let directory = host.layout.benchDirectory(bench)
        guard HostFiles.isMountPoint(directory) else { return }
        throw .failed(
            "a disk is mounted at \(directory), so that it cannot be moved to archived/; nothing was deleted",
            next: "frappectl down, umount \(directory) (the files stay on that disk), then this command again")
    }

    private func archive(_ bench: ObjectName) throws -> String? {
        let directory = host.layout.benchDirectory(bench)
        let archive = Archive(layout: host.layout)
        let ending = "-bench-\(host.layout.slug(bench))"
        guard [.directory, .link].contains(HostFiles.kind(directory)) else {
            return try archive.kept(endingWith: ending, from: "\(host.layout.root)/benches").last
        }
        return try archive.keep(directory, as: Delete.stamp(host.now) + ending)
    }
}

extension ManifestSet {
    /// The rest, without some benches and their sites.
    func without(_ benches: Set<ObjectName>) throws(OperationError) -> ManifestSet {
        var gone = Set(benches.map { ManifestKey(.bench, $0) })
        for site in manifests.sites.values where benches.contains(site.bench) {
            gone.insert(ManifestKey(.site, site.name))
        }
        return try .merge(
            stored: documents.filter { !gone.contains($0.key) }, documents: changed.filter { !gone.contains($0.key) })
    }
}
