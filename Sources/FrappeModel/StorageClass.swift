/// A directory of the host, mostly a disk of its own, in which benches may have their files.
package struct StorageClass: Hashable, Sendable {
    /// What benches name to have their files below the root.
    package static let rootName = "default"

    package var name: String
    /// Absolute, without a slash at its end.
    package var path: String

    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}

extension Manifests {
    /// The class that a bench has its files in; nil for the root, also where no class of this host is meant.
    package func storageClass(of bench: ObjectName) -> StorageClass? {
        guard let name = benches[bench]?.storageClassName else { return nil }
        return host.storageClasses.first { $0.name == name }
    }
}

/// What the kernel lets the sites of a bench write, in bytes.
package struct FilesLimit: Hashable, Sendable {
    /// Nil for no limit.
    package var limit: Int?
    /// 0 as long as nothing is counted.
    package var used: Int

    package init(limit: Int?, used: Int) {
        self.limit = limit
        self.used = used
    }

    /// Whether the limit is to be set: one that is exceeded already is not.
    ///
    /// - Parameter size: nil for no limit.
    package func isToBecome(_ size: Int?) -> Bool {
        limit != size.map(Self.counted) && !exceeds(size)
    }

    /// Whether more is there than a size lets in; never more than no limit.
    package func exceeds(_ size: Int?) -> Bool { size.map { used > Self.counted($0) } ?? false }

    /// The kernel counts in KiB.
    private static func counted(_ bytes: Int) -> Int { (bytes + 1023) / 1024 * 1024 }
}

/// Why the files of a bench cannot be reached: nothing is made and nothing is started then.
package struct StorageTrouble: Hashable, Sendable {
    package var reason: String
    /// The command that mends it.
    package var next: String

    package init(reason: String, next: String) {
        self.reason = reason
        self.next = next
    }

    package var words: String { "\(reason); next: \(next)" }
}
