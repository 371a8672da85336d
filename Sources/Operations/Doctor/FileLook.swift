import Diagnosis
import FrappeModel
import Glibc
import Rendering

/// Owners and modes of what is under the root.
struct FileLook: Sendable {
    /// Who owns what containers write.
    static let containerUser: UInt32 = 1000

    let layout: HostLayout
    let manifests: Manifests
    /// Benches and database servers whose directories were made.
    let benches: [ObjectName]
    let databases: [String]

    func troubles() -> [PathFacts] {
        passage() + directories() + secrets() + foreign() + data()
    }

    /// Each directory on the way to what nginx's workers serve lets them through.
    private func passage() -> [PathFacts] {
        guard let user = IngressSettings.defaultWorkerUser(), let account = getpwnam(user)?.pointee else { return [] }
        let served =
            [layout.nginx, layout.assets] + benches.map { layout.run(of: $0) }
            + benches.flatMap { bench in
                let generation = layout.generation(of: bench)
                return [generation, HostFiles.resolved(generation) ?? generation]
            }
        var seen: Set<String> = []
        return served.flatMap { path in
            var directory = ""
            return path.split(separator: "/").compactMap { part -> PathFacts? in
                directory += "/\(part)"
                guard seen.insert(directory).inserted, let status = Self.status(directory) else { return nil }
                let bit: mode_t =
                    status.st_uid == account.pw_uid ? 0o100 : status.st_gid == account.pw_gid ? 0o010 : 0o001
                return status.st_mode & bit != 0 ? nil : PathFacts(path: directory, trouble: .blocks(user: user))
            }
        }
    }

    private func directories() -> [PathFacts] {
        Root.directories.compactMap { name, mode -> PathFacts? in
            guard let status = Self.status("\(layout.root)/\(name)") else { return nil }
            return self.mode(of: "\(layout.root)/\(name)", status, shouldBe: mode, isSecret: mode == 0o700)
        }
    }

    func secrets() -> [PathFacts] {
        let files = IngressDisk.files(below: layout.secrets).map { "\(layout.secrets)/\($0)" }
        return (files.sorted() + [layout.stateDatabase]).compactMap { path -> PathFacts? in
            guard let status = Self.status(path) else { return nil }
            return mode(of: path, status, shouldBe: 0o600, isSecret: true)
        }
    }

    /// What another account made there, with sudo for example, is closed to the one that owns the rest.
    private func foreign() -> [PathFacts] {
        guard let owner = Self.status(layout.agent)?.st_uid else { return [] }
        let own = ["secrets", "locks", "nginx", "logs", "state.sqlite"].map { "\(layout.agent)/\($0)" }
        let secrets = IngressDisk.files(below: layout.secrets).sorted().map { "\(layout.secrets)/\($0)" }
        return (own + secrets).compactMap { path -> PathFacts? in
            guard let status = Self.status(path), status.st_uid != owner else { return nil }
            return PathFacts(path: path, trouble: .owner(is: status.st_uid, shouldBe: owner))
        }
    }

    /// A mode that gives others nothing more than it should is as good.
    private func mode(of path: String, _ status: stat, shouldBe: UInt16, isSecret: Bool) -> PathFacts? {
        let mode = UInt16(status.st_mode & 0o777)
        guard isSecret ? mode & ~shouldBe != 0 : mode != shouldBe else { return nil }
        return PathFacts(path: path, isSecret: isSecret, trouble: .mode(is: mode, shouldBe: shouldBe))
    }

    private func data() -> [PathFacts] {
        let ofBenches = benches.flatMap { bench in
            ["sites", "logs", "redis-queue"].map { "\(layout.generation(of: bench))/\($0)" }
        }
        return (ofBenches + databases.map { layout.database($0) }).compactMap { path -> PathFacts? in
            guard let status = Self.status(path) else {
                return access(path, F_OK) != 0 && errno == ENOENT ? PathFacts(path: path, trouble: .missing) : nil
            }
            guard status.st_uid != Self.containerUser else { return nil }
            return PathFacts(path: path, trouble: .owner(is: status.st_uid, shouldBe: Self.containerUser))
        }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}
