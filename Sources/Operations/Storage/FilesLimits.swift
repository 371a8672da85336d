import FrappeModel
import Rendering

/// The limits that the kernel puts on what the sites of a bench take in `sites/`, where their file system can do that
/// and we are root. Elsewhere `storageSize` is watched, not enforced.
struct FilesLimits: Sendable {
    let host: HostContext

    /// Of benches that have, or had, a size; none where nothing can be enforced.
    func observe(_ manifests: Manifests) throws -> [ObjectName: FilesLimit] {
        let benches = manifests.benches.values.map { ($0.name, $0.storageSize) }
        return try observe(benches) { manifests.storageClass(of: $0)?.path }
    }

    /// - Parameter place: the directory of the storage class in which a bench is to be made, nil below the root.
    func observe(
        _ benches: [(name: ObjectName, size: Int?)], place: (ObjectName) -> String? = { _ in nil }
    ) throws -> [ObjectName: FilesLimit] {
        let projects = try projects()
        let bounded = benches.filter { $0.size != nil || projects[host.layout.slug($0.name)] != nil }
        guard !bounded.isEmpty else { return [:] }
        let mounts = ProjectDisk.mounts
        var limits: [ObjectName: FilesLimit] = [:]
        for (bench, _) in bounded {
            let found = look(bench, project: projects[host.layout.slug(bench)], mounts)
            limits[bench] = found ?? look(before: bench, in: place(bench), mounts)
        }
        return limits
    }

    /// Nil where the file system cannot, we may not, or somebody else counts these files.
    private func look(_ bench: ObjectName, project: UInt32?, _ mounts: String) -> FilesLimit? {
        let sites = host.layout.sites(of: bench)
        guard let disk = ProjectDisk(holding: sites, mounts: mounts), let current = ProjectDisk.project(of: sites),
            current == 0 || current == project, let usage = disk.usage(of: project ?? 0)
        else { return nil }
        return current == 0 ? FilesLimit(limit: nil, used: 0) : usage
    }

    /// The same before its directory is made.
    private func look(before bench: ObjectName, in place: String?, _ mounts: String) -> FilesLimit? {
        guard HostFiles.kind(host.layout.sites(of: bench)) == .none,
            let parent = [place, "\(host.layout.root)/benches", host.layout.root].compactMap(\.self).first(
                where: HostFiles.isDirectory),
            let disk = ProjectDisk(holding: parent, mounts: mounts), disk.usage(of: 0) != nil
        else { return nil }
        return FilesLimit(limit: nil, used: 0)
    }

    /// Counts the files that are there, unless they are counted, and sets the limit.
    ///
    /// The limit comes last, so that where there is one everything is counted. One that is exceeded already is not set:
    /// the sites could not write a byte.
    ///
    /// - Parameter bytes: nil for no limit.
    func set(_ bench: ObjectName, to bytes: Int?) throws {
        let sites = host.layout.sites(of: bench)
        guard let disk = ProjectDisk(holding: sites), let current = ProjectDisk.project(of: sites) else { return }
        let project = try project(of: bench, on: disk)
        guard current == 0 || current == project, let before = disk.usage(of: project) else { return }
        if current == 0 || before.limit == nil {
            try ProjectDisk.mark(sites, project)
            FaultPoint.pass("counted the files")
        }
        // The next plan tells.
        if disk.usage(of: project)?.exceeds(bytes) == true { return }
        try disk.limit(project, to: bytes)
        FaultPoint.pass("limited the files")
    }

    /// Files that were moved out of a bench count for it no longer; where that cannot be, nothing else is held up.
    func release(_ directory: String, of bench: ObjectName) throws {
        guard try projects()[host.layout.slug(bench)] != nil else { return }
        do { try ProjectDisk.mark(directory, 0) } catch {
            let reason = ErrorWords(error).reason
            host.progress(.warning("what is in \(directory) still counts for bench \(bench): \(reason)"))
        }
    }

    /// Has nothing bounded meanwhile, such as a last dump. Where this is killed, the next `up` sets the limit again.
    func lifted<Result>(of bench: ObjectName, _ work: () async throws -> Result) async throws -> Result {
        guard let project = try projects()[host.layout.slug(bench)],
            let disk = ProjectDisk(holding: host.layout.sites(of: bench)), let limit = disk.usage(of: project)?.limit
        else { return try await work() }
        try disk.limit(project, to: nil)
        defer {
            if disk.usage(of: project)?.exceeds(limit) == false { try? disk.limit(project, to: limit) }
        }
        return try await work()
    }

    /// Before the directory of a bench that was deleted is moved away.
    func lift(_ bench: ObjectName) throws {
        let sites = host.layout.sites(of: bench)
        guard let project = try projects()[host.layout.slug(bench)], let disk = ProjectDisk(holding: sites) else {
            return
        }
        try disk.limit(project, to: nil)
    }

    func forget(_ bench: ObjectName) throws {
        try host.store.removeFacts(.filesProject, keys: [host.layout.slug(bench)])
    }

    private func projects() throws -> [String: UInt32] { try host.store.facts(.filesProject) }

    /// The one that is recorded, or one that nobody uses, recorded before anything counts for it.
    private func project(of bench: ObjectName, on disk: ProjectDisk) throws -> UInt32 {
        let slug = host.layout.slug(bench)
        let known = try projects()
        if let project = known[slug] { return project }
        let taken = Set(known.values)
        // Away from the small numbers that people choose.
        let first = 1 << 30 | StableHash.fnv32("\(host.layout.rootID)/\(slug)") >> 8
        let free = sequence(first: first) { $0 + 1 }.prefix(1000).first { project in
            !taken.contains(project) && disk.usage(of: project) == FilesLimit(limit: nil, used: 0)
        }
        guard let free else {
            throw OperationError.failed(
                "no number for the files of bench \(bench) is free on \(disk.device)",
                next: "repquota -P \(disk.device)")
        }
        try host.store.put([slug: free], topic: .filesProject)
        return free
    }
}
