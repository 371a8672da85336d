import FrappeModel
import Rendering

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Room that work is known to take on a disk, looked at before the work begins.
///
/// Work that fills the disk on its way loses nothing either, and is harder to understand.
struct DiskRoom: Sendable {
    /// What some work writes at least.
    struct Need: Hashable, Sendable {
        var what: String
        /// A directory on the disk in question; it need not be there yet.
        var path: String
        var bytes: Int
    }

    /// What any change writes: the log of the state database grows to 4 MiB before it is written back.
    static let change = 4 << 20
    /// What MariaDB 10.11 writes before it has any database: 150 MB, most of it the log of InnoDB.
    static let databaseServer = 160 << 20
    /// Some two hundred tables of the framework alone, each a file of at least 64 KiB, and the log of their making.
    static let site = 32 << 20
    /// Bundles of the framework and one app.
    static let assets = 32 << 20
    /// What SQLite needs to be opened at all: its shared memory and the first pages of its log.
    static let state = 512 << 10

    var needs: [Need]
    /// Free bytes where a path is; replaced by tests.
    var free: @Sendable (String) -> Int = { HostMachine.disk($0).free }
    /// The disk that a path is on; nil where it cannot be told.
    var device: @Sendable (String) -> UInt64? = { DiskRoom.deviceNumber(of: $0) }

    /// Fails with the disk that is too small, what is needed there, and what is free.
    func ensure(root: String) throws(OperationError) {
        guard let shortage else { return }
        throw .failed(
            "\(shortage); nothing was begun",
            next: "df -h \(root); make room (du -xh --max-depth 2 \(root) | sort -h), then the same command again")
    }

    /// The first disk without the room, in words; nil where there is enough.
    var shortage: String? {
        var disks: [(device: UInt64, needs: [Need])] = []
        for need in needs {
            guard let device = device(need.path) else { continue }
            if let known = disks.firstIndex(where: { $0.device == device }) {
                disks[known].needs.append(need)
            } else {
                disks.append((device, [need]))
            }
        }
        return disks.lazy.compactMap { words($0.needs) }.first
    }

    private func words(_ needs: [Need]) -> String? {
        let needed = needs.reduce(0) { $0 + $1.bytes }
        guard let path = Self.nearest(needs[0].path) else { return nil }
        let free = free(path)
        guard free < needed else { return nil }
        let parts = needs.map { "\($0.what) \(Quantity.bytes($0.bytes))" }.joined(separator: ", ")
        return "the disk of \(path) has \(Quantity.bytes(free)) free, and at least \(Quantity.bytes(needed)) are needed"
            + " (\(parts))"
    }

    private static func deviceNumber(of path: String) -> UInt64? {
        guard let path = nearest(path) else { return nil }
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_dev) : nil
    }

    /// The path, or the directory above it that is there.
    private static func nearest(_ path: String) -> String? {
        var path = path
        while HostFiles.kind(path) == .none {
            guard let slash = path.lastIndex(of: "/"), path != "/" else { return nil }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    /// Fails where not even the state database can be opened.
    ///
    /// What is free for everybody says little where root works, who may use what is kept back: the room is asked for.
    static func ensureState(root: String) throws(OperationError) {
        guard HostFiles.kind(root) == .directory, HostMachine.disk(root).free < 32 * state else { return }
        // O_TMPFILE, whose macro is not imported: a file without a name.
        let nameless: Int32 = 0o20_000_000 | O_DIRECTORY
        let file = open(root, nameless | O_RDWR | O_CLOEXEC, 0o600)
        let reason = file < 0 ? errno : posix_fallocate(file, 0, off_t(state))
        if file >= 0 { close(file) }
        guard reason == ENOSPC || reason == EDQUOT else { return }
        throw .failed(
            "the disk of \(root) is full: the state cannot be opened; nothing was begun, and what serves is left alone",
            next: "df -h \(root); make room (du -xh --max-depth 2 \(root) | sort -h), then the same command again")
    }
}

extension DiskRoom {
    /// What any change takes.
    static func toChange(_ host: HostContext) -> DiskRoom {
        DiskRoom(needs: [Need(what: "the journal", path: host.layout.root, bytes: change)])
    }

    /// What is to be made that is not there: servers, sites and assets.
    static func toConverge(
        _ set: ManifestSet, releases: [ObjectName: Release], scope: Scope, host: HostContext
    ) throws -> DiskRoom {
        let records = try host.store.sites()
        var needs: [Need] = []
        let sites = set.manifests.sites.values.filter { scope.covers(bench: $0.bench) }
        for server in Set(sites.map(\.databaseServer)).sorted() where !ExternalDatabase.owns(server) {
            let path = host.layout.database(server)
            if HostFiles.kind(path) == .none {
                needs.append(Need(what: "database server \(server)", path: path, bytes: databaseServer))
            }
        }
        for site in sites.sorted(by: { $0.siteName < $1.siteName }) where records[site.name]?.created != true {
            needs.append(
                Need(
                    what: "site \(site.siteName)",
                    path: site.externalDatabase == nil
                        ? host.layout.databaseDirectory(site.databaseServer) : host.layout.sites(of: site.bench),
                    bytes: site.externalDatabase == nil ? self.site : change))
        }
        for (bench, release) in releases.sorted(by: { $0.key < $1.key }) where scope.covers(bench: bench) {
            let path = host.layout.assets(imageID: release.imageID)
            if HostFiles.kind(path) == .none {
                needs.append(Need(what: "assets of bench \(bench)", path: path, bytes: assets))
            }
        }
        let isChange = !needs.isEmpty || !set.changed.isEmpty
        return isChange ? DiskRoom(needs: needs + toChange(host).needs) : DiskRoom(needs: [])
    }
}

extension Scope {
    func covers(bench: ObjectName) -> Bool {
        switch self {
        case .host: true
        case .bench(let own): own == bench
        case .certificates: false
        }
    }
}
