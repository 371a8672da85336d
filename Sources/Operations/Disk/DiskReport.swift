/// What takes space, and what of it can go; in bytes.
package struct DiskReport: Codable, Sendable {
    /// A directory of ours.
    package struct Use: Codable, Sendable, Hashable {
        /// `files`, `logs`, `queue`, `database`, `assets`, `archived`, `backups`, `journal`.
        package var kind: String
        /// Whose it is: a bench, a site, a server, or the name of what was archived.
        package var owner: String
        package var path: String
        /// Where it is, if `path` is a link to another disk.
        package var target: String?
        package var bytes: Int
        /// What it should stay below, where a manifest says so.
        package var quota: Int?
    }

    /// An image that containers of ours are made of, or were.
    package struct Image: Codable, Sendable, Hashable {
        package var id: String
        package var names: [String]
        package var bytes: Int
        /// Why it is kept; nil where it can go.
        package var keptFor: String?
    }

    package struct Removable: Codable, Sendable, Hashable {
        package enum Kind: String, Codable, Sendable { case image, assets, container }

        package var kind: Kind
        /// Id of an image, path of a directory, name of a container.
        package var name: String
        package var bytes: Int
        package var reason: String
    }

    package var disks: [HostStatus.Disk]
    package var uses: [Use]
    package var images: [Image]
    package var removable: [Removable]
    package var removableBytes: Int
    /// False where no image is here that could measure directories: `uses` is empty then.
    package var isMeasured: Bool
}
