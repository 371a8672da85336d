/// Bytes on the disk by directory, as the `measure` container prints them.
struct DiskUsage: Hashable, Sendable {
    /// By path from the root, such as `benches/shop/1/sites`.
    private(set) var bytes: [String: Int] = [:]

    private static let prefix = "/measured/"
    /// Directories below the root in which links to other disks are; those are measured under `NAME-linked`.
    static let linked = ["benches", "archived"]

    init(lines: [String]) {
        for line in lines {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2, let size = Int(parts[0]), parts[1].hasPrefix(Self.prefix) else { continue }
            bytes[Self.plain(parts[1].dropFirst(Self.prefix.count))] = size
        }
    }

    /// The path below the root of what was measured where its link leads.
    private static func plain(_ path: Substring) -> String {
        for folder in linked where path.hasPrefix("\(folder)-linked/") {
            return folder + path.dropFirst("\(folder)-linked".utf8.count)
        }
        return String(path)
    }

    /// Nil for what was not there.
    subscript(path: String) -> Int? { bytes[path] }

    /// Names of the directories directly in one.
    func names(in directory: String) -> [String] {
        bytes.keys.compactMap { path in
            guard path.hasPrefix("\(directory)/") else { return nil }
            let name = path.dropFirst(directory.utf8.count + 1)
            // lost+found and what is kept there are of a disk that is mounted there.
            let isOfDisk = name == "lost+found" || name.hasPrefix(".")
            return name.contains("/") || isOfDisk ? nil : String(name)
        }.sorted()
    }
}
