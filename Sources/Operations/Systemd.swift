import Glibc
import Subprocess
import SystemPackage

/// What this machine starts by itself, where systemd booted it.
enum Systemd {
    static let unitDirectory = "/etc/systemd/system"

    /// Whether this machine was booted by systemd and we may tell it what to start.
    static var isPossible: Bool { geteuid() == 0 && IngressDisk.exists("/run/systemd/system") }

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
