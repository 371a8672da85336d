/// A MariaDB server that one site has for itself.
package struct DedicatedDatabase: Hashable, Sendable {
    /// Nil for the host's.
    package var image: String?
    /// Bytes that its data should stay below: more is told, not prevented.
    package var storageSize: Int?
    package var resources = GivenResources()

    package init() {}

    /// The server's name: of its container, its directory and in its bench's network.
    ///
    /// No label and no DNS name has an underscore, so it is never the name of a shared server or of a site.
    /// - Parameter isTaken: whether the plain one is that of a site that had this name before.
    package static func serverName(siteName: String, object: ObjectName, isTaken: Bool = false) -> String {
        guard siteName.count > longest || isTaken else { return siteName + suffix }
        let start = siteName.prefix(longest - 9).reversed().drop { $0 == "." || $0 == "-" }.reversed()
        return String(start) + "_" + StableHash.hex(StableHash.fnv32("\(object.namespace)/\(object.name)")) + suffix
    }

    /// Whether a server of this name belongs to one site.
    package static func owns(_ server: String) -> Bool { server.hasSuffix(suffix) }

    private static let suffix = "_db"
    /// Every label of the name stays below the 63 bytes that DNS has for one.
    private static let longest = 50
}
