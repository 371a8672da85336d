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

    package var description: String { ErrorWords(self).description }
}

extension IngressError {
    private static let stays = "what was served before is still served"

    /// What failed, and why.
    var reason: String {
        switch self {
        case .nginxMissing: "there is no nginx on this machine"
        case .refusedConfiguration(let message, let place, let kept):
            "nginx refused the new configuration\(place.map { " at \($0)" } ?? ""); \(Self.stays): \(message)\n"
                + "  the refused files: \(kept)"
        case .portTaken(let address, let port, let owner): "\(address):\(port) is taken by \(owner)"
        case .portForbidden(let port): "port \(port) is not open to this account, which is not root"
        case .startFailed(let output): "nginx did not start: \(output)"
        case .notConfirmed(let generation, let served, let lines):
            (["nginx did not take over configuration \(generation), and \(Self.stays): \(served)"]
                + lines.map { "    | \($0)" }).joined(separator: "\n")
        case .notReachable(let directory, let user): "nginx's workers (\(user)) cannot pass through \(directory)"
        case .snippetUnreadable(let path): "\(path) cannot be read as text of at most 256 KiB; \(Self.stays)"
        case .snippetWritable(let path):
            "\(path) can be written by others, and nginx reads it with our rights; \(Self.stays)"
        case .inclusionNeedsRoot(let file):
            "mode include writes \(file) and reloads the distribution's nginx, which takes root"
        case .distributionStopped(let configuration): "the distribution's nginx (\(configuration)) does not run"
        case .serviceFailed(let command, let output): "\(command) failed: \(output)"
        case .notStopped: "nginx still runs after it was told to stop"
        case .file(let action, let path, let code): "cannot \(action) \(path): \(code)"
        }
    }

    /// The command to run next.
    var next: String {
        switch self {
        case .nginxMissing: "apt-get install --no-install-recommends nginx, then frappectl up"
        case .refusedConfiguration: "mend it, then frappectl up"
        case .portTaken(_, let port, _):
            "stop it (ss -ltnp 'sport = :\(port)' shows it) or give Host another spec.ingress.httpPort or httpsPort, "
                + "then frappectl up"
        case .portForbidden:
            "give Host spec.ingress.httpPort a port from 1024 on, such as 8080, then frappectl up -f FILE"
        case .startFailed, .notConfirmed: "frappectl logs nginx, then frappectl up"
        case .notReachable(let directory, _): "chmod o+x '\(directory)', then frappectl up"
        case .snippetUnreadable(let path): "ls -l '\(path)', then frappectl up"
        case .snippetWritable(let path): "chown \(geteuid()) '\(path)'; chmod go-w '\(path)'; frappectl up"
        case .inclusionNeedsRoot: "run frappectl up as root, or give Host spec.ingress.mode: own"
        case .distributionStopped: "systemctl start nginx, then frappectl up"
        case .serviceFailed: "journalctl -xe, then frappectl up"
        case .notStopped(let processes): "kill -9 \(processes.map { "\($0)" }.joined(separator: " "))"
        case .file(_, let path, _): "ls -ld '\(path)'; df -h '\(path)'"
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
