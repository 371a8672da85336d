/// A tar in memory: what goes into containers by upload, and what comes out of them.
package struct TarArchive: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package enum Content: Hashable, Sendable {
            case file([UInt8])
            case directory
            case symbolicLink(target: String)
            case hardLink(target: String)
            /// A device or whatever else, by its type flag.
            case other(UInt8)
        }

        /// Relative, without a slash at its end.
        package let path: String
        package let content: Content
        package let mode: Int
        package let uid: Int
        package let gid: Int
        /// Seconds since 1970.
        package let modified: Int64
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    init(entries: [Entry]) {
        self.entries = entries
    }

    package mutating func addFile(
        _ path: String, _ contents: [UInt8], mode: Int = 0o644, uid: Int = 0, gid: Int = 0, modified: Int64 = 0
    ) {
        add(path, .file(contents), mode, uid, gid, modified)
    }

    package mutating func addFile(
        _ path: String, text: String, mode: Int = 0o644, uid: Int = 0, gid: Int = 0, modified: Int64 = 0
    ) {
        add(path, .file(Array(text.utf8)), mode, uid, gid, modified)
    }

    package mutating func addDirectory(
        _ path: String, mode: Int = 0o755, uid: Int = 0, gid: Int = 0, modified: Int64 = 0
    ) {
        add(path, .directory, mode, uid, gid, modified)
    }

    /// The contents of a regular file; nil when there is none of that path.
    package func contents(of path: String) -> [UInt8]? {
        for case .file(let bytes) in entries.filter({ $0.path == path }).map(\.content) { return bytes }
        return nil
    }

    private mutating func add(
        _ path: String, _ content: Entry.Content, _ mode: Int, _ uid: Int, _ gid: Int, _ modified: Int64
    ) {
        entries.append(Entry(path: path, content: content, mode: mode, uid: uid, gid: gid, modified: modified))
    }
}

/// Why a tar was refused.
package enum TarError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It ends inside an entry.
    case truncated
    /// The header at this offset is not one.
    case badHeader(offset: Int)
    /// The path is absolute, empty, or leads upwards.
    case unsafePath(String)

    package var description: String {
        switch self {
        case .truncated: "the archive ends inside an entry"
        case .badHeader(let offset): "the archive has no valid header at byte \(offset)"
        case .unsafePath(let path): "the archive has the unsafe path '\(path)'"
        }
    }
}

/// Places and sizes of a tar's header.
enum TarLayout {
    static let block = 512
    static let name = 0..<100
    static let mode = 100..<108
    static let uid = 108..<116
    static let gid = 116..<124
    static let size = 124..<136
    static let modified = 136..<148
    static let checksum = 148..<156
    static let type = 156
    static let link = 157..<257
    static let magic = 257..<263
    static let version = 263..<265
    static let prefix = 345..<500

    /// The sum of a header's bytes, with its checksum field read as spaces.
    static func sum(_ header: [UInt8]) -> Int {
        header.reduce(0) { $0 + Int($1) } - header[checksum].reduce(0) { $0 + Int($1) - 0x20 }
    }
}
