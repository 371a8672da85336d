/// Where a bench image keeps its assets, in the three ways that published images have had.
package enum ImageAssets: String, Hashable, Codable, Sendable {
    /// Until 2026-04-20: in `sites/assets`, of which the image declares a volume: every container gets a copy.
    case ownVolume
    /// Until 2026-04-30: in `sites/assets`, which the directory of a bench covers.
    case inSites
    /// Beside `sites`, and the image's entrypoint links to them.
    case linked

    /// Tells them apart by what an inspection of the image says.
    package init(volumes: [String], entrypoint: [String]) {
        self = volumes.contains(Self.path) ? .ownVolume : entrypoint.isEmpty ? .inSites : .linked
    }

    /// Where containers look for assets.
    package static let path = "/home/frappe/frappe-bench/sites/assets"
    /// What `path` links to, in every bench, so that releases of different kinds run beside each other.
    package static let linkTarget = "/home/frappe/frappe-bench/assets"

    /// Whether containers get the copy of the assets that the host serves.
    package var isMounted: Bool { self != .linked }
}

extension Release {
    /// Whether containers of this release get the host's copy of the image's assets.
    package var mountsAssets: Bool { facts.assets?.isMounted == true }
}
