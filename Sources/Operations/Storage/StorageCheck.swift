import FrappeModel
import ManifestParsing

/// What manifests may not say about storage, given what is on the disks: the files of a bench stay where they are.
struct StorageCheck: Sendable {
    let host: HostContext
    let set: ManifestSet

    private static let moving = "moving a bench's files comes with backups"

    func problems() throws -> [ManifestProblem] {
        let places = try host.store.facts(.benchPlace, as: BenchPlace.self)
        let departing = try BenchDeparture(host: host).pending()
        let benches = set.manifests.benches.keys.sorted().filter { !departing.contains($0) }
        let ofBenches = benches.compactMap { bench in
            refusal(of: bench, places[host.layout.slug(bench)]).map {
                problem(ManifestKey(.bench, bench), at: "spec.storageClassName", $0)
            }
        }
        return try directories() + ofBenches
    }

    func refuse() throws {
        let problems = try problems()
        if !problems.isEmpty { throw OperationError.badManifests(problems, documents: set.documents) }
    }

    /// Of classes that are told now and hold nothing yet: a disk in use may be away, and others go on.
    private func directories() throws -> [ManifestProblem] {
        guard let key = set.changed.first(where: { $0.key.kind == .host })?.key else { return [] }
        let known = try host.store.facts(.storageDisk, as: String.self)
        return set.manifests.host.storageClasses.enumerated().compactMap { index, storage in
            guard known[storage.path] == nil,
                let trouble = StorageDirectory(path: storage.path, root: host.layout.root).trouble
            else { return nil }
            return problem(key, at: "spec.storageClasses[\(index)].path", trouble.words)
        }
    }

    /// Why the manifest of a bench cannot have its storage class; nil where it can.
    private func refusal(of bench: ObjectName, _ place: BenchPlace?) -> String? {
        let storage = set.manifests.storageClass(of: bench)
        let path = host.layout.benchDirectory(bench)
        if let place, place.isLinked { return storage?.path == place.path ? nil : leaving(place, bench, for: storage) }
        guard storage != nil else { return nil }
        switch HostFiles.kind(path) {
        case .directory:
            return "the files of bench \(bench) are below the root, at \(path); \(Self.moving). "
                + "Leave storageClassName out"
        case .link where IngressDisk.linkTarget(path) != place?.directory:
            return "\(path) is a link that frappectl did not make; leave storageClassName out"
        default: return nil
        }
    }

    private func leaving(_ place: BenchPlace, _ bench: ObjectName, for storage: StorageClass?) -> String {
        let known = set.manifests.host.storageClasses.contains { $0.path == place.path }
        let remedy =
            known
            ? "Write storageClassName: \(name(at: place.path) ?? place.className)"
            : "Keep storage class \(place.className) with path \(place.path) in Host"
        return "the files of bench \(bench) are on storage class \(place.className), at \(place.directory); "
            + "\(Self.moving). \(remedy)"
    }

    private func name(at path: String) -> String? {
        set.manifests.host.storageClasses.first { $0.path == path }?.name
    }

    private func problem(_ key: ManifestKey, at path: String, _ message: String) -> ManifestProblem {
        let places = set.locations[key]
        let location = places?[path] ?? places?["spec"] ?? SourceLocation(place: "(stored)")
        return ManifestProblem(severity: .error, location: location, path: path, message: message)
    }
}
