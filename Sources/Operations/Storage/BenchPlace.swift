import FrappeModel
import Rendering

/// Where the files of a bench are on the disk of a storage class, recorded before anything is made there.
struct BenchPlace: Hashable, Codable, Sendable {
    /// The class by which it was chosen.
    var className: String
    /// The directory of that class.
    var path: String
    /// The bench's own, which no other bench ever had.
    var directory: String
    /// Whether the link to it was made: from then on it holds the bench, and is never made again.
    var isLinked = false
}

/// Makes the directory of a bench, below the root or on the disk of its storage class with a link below the root.
struct BenchStorage: Sendable {
    let host: HostContext

    private var layout: HostLayout { host.layout }

    func make(_ bench: ObjectName, on storage: StorageClass?) throws {
        if let trouble = try StorageLook(host).trouble(of: bench, on: storage) {
            throw StepReason(description: trouble.reason, next: trouble.next)
        }
        let link = layout.benchDirectory(bench)
        if HostFiles.kind(link) == .link { return try confirm(bench) }
        guard let storage, HostFiles.kind(link) == .none else {
            return try HostFiles.makeDirectory(link, mode: 0o711)
        }
        try makeShare(storage)
        let place = try place(of: bench, on: storage)
        try HostFiles.makeDirectory(place.directory, mode: 0o711)
        try IngressDisk.sync(layout.share(on: storage.path) + "/benches")
        FaultPoint.pass("made directory on a storage class")
        try HostFiles.makeLink(link, to: place.directory)
        try IngressDisk.sync("\(layout.root)/benches")
        FaultPoint.pass("linked directory on a storage class")
        try confirm(bench)
    }

    /// What a killed run made before it came to the link is empty, and goes; what is recorded of the place goes too.
    func forget(_ bench: ObjectName) throws {
        let slug = layout.slug(bench)
        guard let place = try host.store.facts(.benchPlace, as: BenchPlace.self)[slug] else { return }
        if !place.isLinked, HostFiles.kind(layout.benchDirectory(bench)) == .none {
            HostFiles.removeEmptyDirectory(place.directory)
        }
        try host.store.removeFacts(.benchPlace, keys: [slug])
    }

    /// Below the class's own directory nothing but these, so that one look tells whether the disk is mounted.
    private func makeShare(_ storage: StorageClass) throws {
        let share = layout.share(on: storage.path)
        try HostFiles.makeDirectory(share, mode: 0o711)
        try HostFiles.makeDirectory("\(share)/benches", mode: 0o711)
        try HostFiles.makeDirectory("\(share)/archived", mode: 0o700)
        try IngressDisk.sync(storage.path)
        FaultPoint.pass("made a storage class's directory")
        try host.store.put([storage.path: storage.name], topic: .storageDisk)
    }

    /// The one that a killed run chose, or a new one.
    private func place(of bench: ObjectName, on storage: StorageClass) throws -> BenchPlace {
        let slug = layout.slug(bench)
        if let chosen = try host.store.facts(.benchPlace, as: BenchPlace.self)[slug] {
            if chosen.path == storage.path { return chosen }
            try forget(bench)
        }
        let directory = "\(layout.share(on: storage.path))/benches/\(slug)-\(Delete.stamp(host.now))"
        let names = sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? directory : "\(directory)-\($0)" }
        let free = names.first { HostFiles.kind($0) == .none } ?? directory
        let place = BenchPlace(className: storage.name, path: storage.path, directory: free)
        try host.store.put([slug: place], topic: .benchPlace)
        return place
    }

    private func confirm(_ bench: ObjectName) throws {
        let slug = layout.slug(bench)
        guard var place = try host.store.facts(.benchPlace, as: BenchPlace.self)[slug], !place.isLinked else { return }
        place.isLinked = true
        try host.store.put([slug: place], topic: .benchPlace)
    }
}
