import FrappeModel
import Glibc

/// Where our nginx lives and listens.
package struct IngressSettings: Sendable {
    /// Absolute: `agent/nginx` of the root.
    package var prefix: String
    package var logsDirectory: String
    package var rootIdentifier: String
    package var listenAddress: String
    package var httpPort: Int
    package var httpsPort = 8443
    /// Whether a site has a certificate, so that `httpsPort` has to be free.
    package var isSecure = false
    package var trustedProxies: [String] = []
    /// The distribution's nginx that includes us; nil for an nginx of our own.
    package var inclusion: IngressInclusion?
    /// What starts nginx; nil to start it ourselves.
    package var service: IngressService?
    /// The operator's own additions; nil for none.
    package var snippetsDirectory: String?
    /// Answers to certificate authorities.
    package var challengeDirectory = "/var/lib/frappectl"
    /// The account of the workers; nil when we are not root.
    package var workerUser: String?
    /// Nil to take the one of this machine.
    package var executable: String?
    /// The PATH to look for nginx on.
    package var searchPath: String

    package init(
        prefix: String, logsDirectory: String, rootIdentifier: String, listenAddress: String = "127.0.0.1",
        httpPort: Int = 8080, workerUser: String? = nil, executable: String? = nil, searchPath: String = ""
    ) {
        self.prefix = prefix
        self.logsDirectory = logsDirectory
        self.rootIdentifier = rootIdentifier
        self.listenAddress = listenAddress
        self.httpPort = httpPort
        self.workerUser = workerUser
        self.executable = executable
        self.searchPath = searchPath
    }

    var ports: [Int] { isSecure ? [httpPort, httpsPort] : [httpPort] }

    var errorLog: String { "\(logsDirectory)/error.log" }

    /// The account for workers: none without root, else the distribution's own for web servers.
    package static func defaultWorkerUser() -> String? {
        guard geteuid() == 0 else { return nil }
        return ["www-data", "nginx", "nobody"].first { getpwnam($0) != nil }
    }

    /// Workers keep uploads in files below the prefix: every directory on the way has to let them pass.
    func checkWorkersPass() throws(IngressError) {
        guard let workerUser, let account = getpwnam(workerUser)?.pointee else { return }
        var directory = ""
        for component in "\(prefix)/temp".split(separator: "/") {
            directory += "/\(component)"
            var facts = stat()
            guard stat(directory, &facts) == 0 else { continue }
            let bit: mode_t = facts.st_uid == account.pw_uid ? 0o100 : facts.st_gid == account.pw_gid ? 0o010 : 0o001
            guard facts.st_mode & bit != 0 else { throw .notReachable(directory: directory, user: workerUser) }
        }
    }
}
