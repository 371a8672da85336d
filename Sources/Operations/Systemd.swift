import Glibc
import Subprocess
import SystemPackage

/// What this machine starts by itself, where systemd booted it.
enum Systemd {
    static let unitDirectory = "/etc/systemd/system"

    /// Whether this machine was booted by systemd and we may tell it what to start.
    static var isPossible: Bool { geteuid() == 0 && IngressDisk.exists("/run/systemd/system") }

    /// Why a unit would not be started as it is to be, nil when it would.
    ///
    /// - Parameters:
    ///   - files: its path and text, and those of what it starts.
    ///   - target: with which it is started.
    ///   - purpose: what is missing where a file is.
    static func drift(_ files: [(path: String, text: String)], in target: String, _ purpose: String) -> String? {
        for (path, text) in files {
            guard let present = IngressDisk.read(path) else { return "\(path) is missing: \(purpose)" }
            guard present == Array(text.utf8) else { return "\(path) differs" }
        }
        guard let unit = files.first.map({ FilePath($0.path) }), let name = unit.lastComponent else { return nil }
        let link = unit.removingLastComponent().appending("\(target).wants").appending(name)
        return IngressDisk.linkTarget(link.string) == nil ? "\(name) is not enabled" : nil
    }

    /// Has a unit whose files are written started from the next boot on.
    static func enable(_ name: String) async throws {
        try await control(["daemon-reload"])
        try await control(["enable", "--quiet", name])
    }

    /// Ends a unit and takes its file away, and those of what it starts.
    static func remove(_ name: String, _ paths: [String]) async throws {
        guard let unit = paths.first, paths.contains(where: IngressDisk.exists) else { return }
        if IngressDisk.exists(unit) { try await control(["disable", "--quiet", "--now", name]) }
        for path in paths { HostFiles.removeFile(path) }
        try await control(["daemon-reload"])
    }

    static func control(_ arguments: [String]) async throws {
        let path = IngressDisk.exists("/usr/bin/systemctl") ? "/usr/bin/systemctl" : "/bin/systemctl"
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]),
            output: .discarded, error: .string(limit: 64 << 10))
        guard result.terminationStatus.isSuccess else {
            throw IngressError.serviceFailed(
                command: (["systemctl"] + arguments).joined(separator: " "), output: result.standardError)
        }
    }
}
