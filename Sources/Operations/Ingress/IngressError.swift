import FrappeModel
import Glibc
import SystemPackage

/// Why nginx does not serve what it should; what it served before goes on being served.
package enum IngressError: Error, Equatable, CustomStringConvertible {
    /// Where nginx's message points: a file of the configuration, a line, and the site on it where there is one.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        package var file: String
        package var line: Int
        package var site: String?

        package var description: String { "\(file):\(line)" + (site.map { " (site \($0))" } ?? "") }
    }

    case nginxMissing
    case refusedConfiguration(message: String, place: Place?, kept: String)
    case portTaken(address: String, port: Int, by: PortOwner)
    case portForbidden(port: Int)
    case startFailed(output: String)
    case notConfirmed(generation: Int, served: String, lastLines: [String])
    case notReachable(directory: String, user: String)
    case snippetUnreadable(path: String)
    case snippetWritable(path: String)
    case inclusionNeedsRoot(file: String)
    case distributionStopped(configuration: String)
    case serviceFailed(command: String, output: String)
    case notStopped(processes: [Int32])
    case file(action: String, path: String, code: Errno)

    package var description: String {
        switch self {
        case .nginxMissing:
            "there is no nginx on this machine: apt-get install --no-install-recommends nginx"
        case .refusedConfiguration(let message, let place, let kept):
            "nginx refused the new configuration\(place.map { " at \($0)" } ?? ""): \(message)\n"
                + "What was served before is still served. The refused files: \(kept)\nMend it, then: frappectl up"
        case .portTaken(let address, let port, let owner):
            "\(address):\(port) is taken by \(owner)\nStop it, or give Host another port; see: ss -ltnp 'sport = :\(port)'"
        case .portForbidden(let port):
            "port \(port) is not open to this account: without root, give Host spec.ingress.httpPort a port from 1024 on, "
                + "such as 8080"
        case .startFailed(let output): "nginx did not start: \(output)\nThen run again: frappectl up"
        case .notConfirmed(let generation, let served, let lines):
            "nginx did not take over configuration \(generation): \(served)\n\(lines.joined(separator: "\n"))\n"
                + "What was served before is still served. Then run again: frappectl up"
        case .notReachable(let directory, let user):
            "nginx's workers (\(user)) cannot pass through \(directory): chmod o+x '\(directory)'"
        case .snippetUnreadable(let path):
            "\(path) cannot be read as text of at most 256 KiB\nWhat was served before is still served. See: ls -l '\(path)'"
        case .snippetWritable(let path):
            "\(path) can be written by others, and nginx reads it with our rights\n"
                + "What was served before is still served. Mend it: chown \(geteuid()) '\(path)'; chmod go-w '\(path)'"
        case .inclusionNeedsRoot(let file):
            "mode include writes \(file) and reloads the distribution's nginx, which takes root\n"
                + "Run as root: frappectl up; or give Host mode: own"
        case .distributionStopped(let configuration):
            "the distribution's nginx (\(configuration)) does not run: systemctl start nginx, then: frappectl up"
        case .serviceFailed(let command, let output):
            "\(command) failed: \(output)\nSee: journalctl -xe; then run again: frappectl up"
        case .notStopped(let processes):
            "nginx still runs after it was told to stop: kill -9 \(processes.map { "\($0)" }.joined(separator: " "))"
        case .file(let action, let path, let code): "cannot \(action) \(path): \(code)\nSee: ls -ld '\(path)'; df -h"
        }
    }
}

/// The program that listens where nginx should.
package struct PortOwner: Hashable, Sendable, CustomStringConvertible {
    /// Nil when the process belongs to somebody whose files we may not see.
    package var process: Int32?
    package var command: String

    package var description: String {
        process.map { "process \($0) (\(command))" } ?? "a process of another user"
    }
}
