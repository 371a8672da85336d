import Foundation
import Subprocess

/// A small file system that a test fills up: a file that is mounted where an installation's root is to be.
package struct SmallDisk: Sendable {
    private let file: String
    private let directory: String

    private var ballast: String { "\(directory)/ballast" }

    /// - Parameters:
    ///   - size: MiB.
    ///   - boundsProjects: whether it has quotas of projects in force, which not every kernel knows.
    package static func mount(at directory: String, size: Int, boundsProjects: Bool = false) async throws -> SmallDisk {
        let disk = SmallDisk(file: "\(directory).disk", directory: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try await run("truncate", ["--size=\(size)M", disk.file])
        try await run(
            "mkfs.ext4",
            ["-q", "-b", "4096", "-m", "0"] + (boundsProjects ? ["-O", "quota,project"] : []) + [disk.file])
        try await run("mount", ["-o", boundsProjects ? "loop,prjquota" : "loop", disk.file, directory])
        return disk
    }

    /// Whether this kernel knows quotas of projects.
    package static func canBoundProjects() async -> Bool {
        let directory = "/tmp/frappectl-test-\(UUID().uuidString)"
        defer {
            unlink("\(directory).disk")
            rmdir(directory)
        }
        guard let disk = try? await mount(at: directory, size: 16, boundsProjects: true) else { return false }
        try? await disk.unmount()
        return true
    }

    /// Takes all room but so many MiB; with 0 not a byte is left.
    package func fill(leaving rest: Int) throws {
        var facts = statvfs()
        guard statvfs(directory, &facts) == 0 else { throw TestFailure("no disk at \(directory)") }
        let file = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(file) }
        let room = Int(facts.f_bavail) * Int(facts.f_frsize) - rest << 20
        if room > 0, posix_fallocate(file, 0, off_t(room)) != 0, rest > 0 {
            throw TestFailure("\(directory) cannot be filled but for \(rest) MiB")
        }
        guard rest == 0 else { return }
        for size in [1 << 20, 4096, 1] {
            let bytes = [UInt8](repeating: 1, count: size)
            while write(file, bytes, size) > 0 {}
        }
        // What is allocated late is written now, or it would be missing later.
        fsync(file)
    }

    /// Gives the room back.
    package func clear() { unlink(ballast) }

    /// What still holds a file on it keeps it until then.
    package func unmount() async throws {
        try await Self.run("umount", ["--lazy", directory])
        unlink(file)
    }

    private static func run(_ command: String, _ arguments: [String]) async throws {
        let path = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map { "\($0)/\(command)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let path else { throw TestFailure("there is no \(command)") }
        let result = try await Subprocess.run(
            .path(.init(path)), arguments: Arguments(arguments), input: .none, output: .discarded,
            error: .string(limit: 64 << 10))
        guard result.terminationStatus.isSuccess else {
            throw TestFailure("\(command) \(arguments): \(result.standardError)")
        }
    }
}
