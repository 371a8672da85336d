/// What on the disk nothing needs any more: a function of what was pulled, recorded and is in use.
///
/// Only what this installation itself brought here is ever named: an image that was on the host before, or was built
/// here, is somebody's who may need it.
package struct DiskRetention: Sendable {
    /// An image of the Engine.
    package struct Image: Hashable, Sendable {
        package var id: String
        package var names: [String]
        package var bytes: Int

        package init(id: String, names: [String], bytes: Int) {
            self.id = id
            self.names = names
            self.bytes = bytes
        }
    }

    /// How many releases of a bench can be returned to, beside the one that runs.
    package static let rollbacks = 2

    /// The reference that each image was pulled by, for this installation and for the first time on this host.
    package var pulled: [String: String]
    /// The images of each bench's releases, newest first.
    package var releases: [String: [String]]
    /// Image ids that manifests ask for now, and those of any container of the Engine.
    package var wanted: Set<String>

    package init(pulled: [String: String], releases: [String: [String]], wanted: Set<String>) {
        self.pulled = pulled
        self.releases = releases
        self.wanted = wanted
    }

    /// For which release an image is kept, nil where it is kept for none.
    package func release(ofImage id: String) -> String? {
        for (bench, images) in releases.sorted(by: { $0.key < $1.key }) {
            guard let place = images.prefix(Self.rollbacks + 1).firstIndex(of: id) else { continue }
            return place == 0 ? "bench \(bench)" : "a return of bench \(bench)"
        }
        return nil
    }

    package func isRemovable(_ image: Image) -> Bool {
        guard let reference = pulled[image.id], !wanted.contains(image.id), release(ofImage: image.id) == nil else {
            return false
        }
        // A name beside the one it came by was given by somebody.
        return image.names.allSatisfy { $0 == reference }
    }

    /// - Parameters:
    ///   - directories: names under `assets/`.
    ///   - served: those of them that nginx's configuration names.
    package static func removableAssets(_ directories: some Sequence<String>, served: Set<String>) -> [String] {
        directories.filter { !served.contains($0) }.sorted()
    }
}
