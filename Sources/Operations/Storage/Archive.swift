import FrappeModel
import Rendering

/// Where what was deleted is kept: below the root or, where that is another disk, on the disk that it is on, with a link
/// to it below the root. Nothing is ever copied, so that nothing is ever half there.
struct Archive: Sendable {
    let layout: HostLayout

    /// Moves what is at a path, which becomes whole under the name or stays whole.
    ///
    /// - Returns: where it is found, below the root.
    func keep(_ path: String, as name: String) throws -> String {
        let shelf = try self.shelf(for: HostFiles.parent(of: path))
        let target = "\(shelf)/\(name)"
        try HostFiles.move(path, to: target)
        // What was recorded of it goes next, on another disk perhaps.
        try IngressDisk.sync(shelf)
        FaultPoint.pass("moved into the archive")
        return try link(name, to: target)
    }

    /// What an earlier run moved under this name, its link made where that run did not come to it.
    ///
    /// - Parameter parent: the directory that it was in.
    func kept(_ name: String, from parent: String) throws -> String? {
        for shelf in shelves(for: parent) where HostFiles.kind("\(shelf)/\(name)") != .none {
            return try link(name, to: "\(shelf)/\(name)")
        }
        return nil
    }

    /// The same for all names with an ending.
    func kept(endingWith ending: String, from parent: String) throws -> [String] {
        try shelves(for: parent).filter { $0 != layout.archived }.flatMap { shelf in
            try HostFiles.names(in: shelf).sorted().filter {
                $0.hasSuffix(ending) && HostFiles.kind("\(layout.archived)/\($0)") == .none
            }.map { try link($0, to: "\(shelf)/\($0)") }
        }
    }

    /// The directory to which one rename leads from another one.
    func shelf(for parent: String) throws -> String {
        for shelf in shelves(for: parent) {
            let isNew = HostFiles.kind(shelf) == .none
            try HostFiles.makeDirectory(shelf, mode: 0o700)
            if HostFiles.canMove(from: parent, to: shelf) { return shelf }
            if isNew { HostFiles.removeEmptyDirectory(shelf) }
        }
        throw OperationError.failed(
            "\(parent) is on a disk that is mounted there, and nothing can be kept on it; nothing was deleted",
            next: "mount that disk at \(layout.root)/benches, or give it to a storage class of Host")
    }

    /// Those that are asked, in this order.
    private func shelves(for parent: String) -> [String] {
        let real = HostFiles.resolved(parent) ?? parent
        let own = layout.share(holding: "\(real)/").map { ["\($0.directory)/archived"] } ?? []
        let mounted = ["benches", "databases"].map { "\(layout.root)/\($0)" }.filter {
            parent == $0 || parent.hasPrefix("\($0)/")
        }
        return own + [layout.archived] + mounted.map { "\($0)/.archived" }
    }

    private func link(_ name: String, to target: String) throws -> String {
        let path = "\(layout.archived)/\(name)"
        guard HostFiles.kind(path) == .none else { return path }
        try HostFiles.makeLink(path, to: target)
        try IngressDisk.sync(layout.archived)
        return path
    }
}
