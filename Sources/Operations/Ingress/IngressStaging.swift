import FrappeModel

/// A complete configuration that is written but not served yet.
package struct StagedConfiguration: Sendable {
    package var generation: Int
    package var directory: String
    /// Paths that differ from what is served, removed ones included.
    package var changed: [String]
}

/// The directories of configurations under the prefix.
///
///     current -> generations/12
///     generations/12/, generations/11/, ...
///     staging/    being written or tested
///     failed/     what nginx refused last
struct IngressStaging: Sendable {
    var prefix: String
    static let kept = 3

    var current: String { "\(prefix)/current" }
    var staging: String { "\(prefix)/staging" }
    var failed: String { "\(prefix)/failed" }
    private var generations: String { "\(prefix)/generations" }

    /// The generation that `current` points at.
    var currentGeneration: Int? {
        guard let target = IngressDisk.linkTarget(current), target.hasPrefix("generations/") else { return nil }
        return Int(target.dropFirst("generations/".count))
    }

    var nextGeneration: Int { ((numbers + [currentGeneration ?? 0]).max() ?? 0) + 1 }

    private var numbers: [Int] { IngressDisk.list(generations).compactMap { Int($0) }.sorted() }

    private func directory(_ generation: Int) -> String { "\(generations)/\(generation)" }

    /// Where a master finds its files: relative to the prefix, 0711 so that its workers can pass.
    func prepare() throws(IngressError) {
        try IngressDisk.makeDirectories(prefix)
        for name in ["temp", "generations"] { try IngressDisk.makeDirectory("\(prefix)/\(name)") }
    }

    /// Paths whose text is not what `current` holds; edits by others show here too.
    func differences(_ files: [String: String], complete: Bool) -> [String] {
        let present = complete ? IngressDisk.files(below: current) : []
        let removed = present.filter { files[$0] == nil }
        let changed = files.filter { IngressDisk.read("\(current)/\($0.key)") != Array($0.value.utf8) }.keys
        return (removed + changed).sorted()
    }

    /// Every file that `current` holds, by path.
    var texts: [String: String] {
        let files = IngressDisk.files(below: current).map { path in
            (path, String(decoding: IngressDisk.read("\(current)/\(path)") ?? [], as: UTF8.self))
        }
        return Dictionary(files) { $1 }
    }

    /// Of every file that `current` holds, and of which generation that is.
    func add(to fingerprint: inout Fingerprint) {
        fingerprint.add(currentGeneration ?? 0)
        let paths = IngressDisk.files(below: current).sorted()
        fingerprint.add(paths)
        for path in paths { fingerprint.add(IngressDisk.read("\(current)/\(path)") ?? []) }
    }

    /// Writes everything anew; what is the same as in `current` is linked.
    func stage(_ files: [String: String], generation: Int) throws(IngressError) -> StagedConfiguration {
        try begin()
        var written: [String] = []
        var directories: Set<String> = [staging]
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            try makeParents(of: path, made: &directories)
            if try !linked(path, bytes: Array(text.utf8)) { written.append(path) }
        }
        let removed = IngressDisk.files(below: current).filter { files[$0] == nil }
        try sync(written, directories)
        return StagedConfiguration(generation: generation, directory: staging, changed: (written + removed).sorted())
    }

    /// Takes `current` as it is, apart from the files given; nil removes one.
    func stage(changes: [String: String?], generation: Int) throws(IngressError) -> StagedConfiguration {
        try begin()
        var directories: Set<String> = [staging]
        for path in IngressDisk.files(below: current) where changes[path] == nil {
            try makeParents(of: path, made: &directories)
            try IngressDisk.link("\(current)/\(path)", as: "\(staging)/\(path)")
        }
        var written: [String] = []
        for (path, text) in changes {
            guard let text else { continue }
            try makeParents(of: path, made: &directories)
            try IngressDisk.write(Array(text.utf8), to: "\(staging)/\(path)")
            written.append(path)
        }
        try sync(written, directories)
        return StagedConfiguration(generation: generation, directory: staging, changed: changes.keys.sorted())
    }

    /// Makes the staged configuration the one that nginx reads next.
    func swap(_ staged: StagedConfiguration) throws(IngressError) {
        let target = directory(staged.generation)
        try IngressDisk.remove(target)
        try IngressDisk.rename(staged.directory, to: target)
        FaultPoint.pass("proxy renamed")
        try IngressDisk.sync(generations)
        try point(at: staged.generation)
    }

    /// Points `current` at a generation that is there; nil takes `current` away.
    func point(at generation: Int?) throws(IngressError) {
        if let generation, IngressDisk.exists(directory(generation)) {
            try IngressDisk.pointLink(current, at: "generations/\(generation)")
        } else {
            try IngressDisk.remove(current)
        }
        try IngressDisk.sync(prefix)
    }

    /// Moves what nginx refused out of the way, for reading.
    func keepFailed() throws(IngressError) {
        try IngressDisk.remove(failed)
        try IngressDisk.rename(staging, to: failed)
    }

    /// The same for a generation that was swapped in already.
    func keepFailed(_ generation: Int) throws(IngressError) {
        try IngressDisk.remove(failed)
        try IngressDisk.rename(directory(generation), to: failed)
    }

    /// Removes what interrupted runs left, and all but the newest generations; the current one always stays.
    func clean() throws(IngressError) {
        try IngressDisk.remove(staging)
        try IngressDisk.remove("\(current).new")
        let current = currentGeneration
        for number in numbers.filter({ $0 != current }).dropLast(Self.kept - 1) {
            try IngressDisk.remove(directory(number))
        }
    }

    private func begin() throws(IngressError) {
        try prepare()
        try IngressDisk.remove(staging)
        try IngressDisk.makeDirectory(staging)
    }

    private func linked(_ path: String, bytes: [UInt8]) throws(IngressError) -> Bool {
        if IngressDisk.read("\(current)/\(path)") == bytes {
            try IngressDisk.link("\(current)/\(path)", as: "\(staging)/\(path)")
            return true
        }
        try IngressDisk.write(bytes, to: "\(staging)/\(path)")
        return false
    }

    private func makeParents(of path: String, made: inout Set<String>) throws(IngressError) {
        var directory = staging
        for component in path.split(separator: "/").dropLast() {
            directory += "/\(component)"
            if made.insert(directory).inserted { try IngressDisk.makeDirectory(directory) }
        }
    }

    /// What was linked is on the disk already.
    private func sync(_ written: [String], _ directories: Set<String>) throws(IngressError) {
        try IngressDisk.sync(written.map { "\(staging)/\($0)" })
        for directory in directories { try IngressDisk.sync(directory) }
    }
}
