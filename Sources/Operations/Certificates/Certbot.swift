import Foundation
import FrappeModel
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// certbot, which talks to authorities for us, with directories of its own for each account.
///
/// What it makes is taken from it at once, and what lies there from before is never renewed: certbot's own idea of a
/// certificate, which an end at the wrong moment leaves half written, is no part of ours. Callers hold a lock.
struct Certbot: Sendable {
    let executable: String
    /// Its accounts and logs, and for moments what it made; mode 0700.
    let directory: String
    /// Where it puts its answers to the authority's questions.
    let challenges: String

    /// What an authority, or certbot, said instead of making a certificate.
    struct Refusal: Error {
        var reason: String
        /// Whether it is about the name, so that other names may fare better.
        var isAboutName: Bool
    }

    struct Certificate: Sendable {
        /// The key and then the chain, as nginx takes them from one file.
        var text: String
        /// From when and until when it is valid, and when it came, in seconds since 1970.
        var from: Double
        var until: Double
        var madeAt: Double
    }

    /// certbot of this machine, where distributions, pip and snap put it.
    static func find() -> String? {
        ["/usr/bin", "/usr/local/bin", "/snap/bin"].map { "\($0)/certbot" }.first { access($0, X_OK) == 0 }
    }

    /// Has a certificate made.
    ///
    /// - Parameter isUsable: whether one that a killed run left here will do.
    func certificate(
        for order: CertificateOrder, isUsable: (Certificate) -> Bool
    ) async throws -> Certificate {
        try HostFiles.makeDirectory(directory, mode: 0o700)
        // A run of ours that was killed may have left one at work.
        guard try await Polling.until(within: .seconds(150), { isIdle }) else {
            throw StepReason(
                description: "another certbot is at work in \(directory)", next: "frappectl up, when it has ended")
        }
        if let left = try? await made(order.name), isUsable(left) { return left }
        forget(order.name)
        try HostFiles.replace(configuration, with: [], mode: 0o600)
        let result = try await Polling.limited(to: .seconds(180)) { try await run(order) }
        guard let (succeeded, output) = result else {
            throw Refusal(reason: "\(order.account.server) took longer than 3 minutes", isAboutName: false)
        }
        guard succeeded else { throw Self.refusal(in: output, name: order.name) }
        return try await made(order.name)
    }

    /// Takes away what it made for a name.
    func forget(_ name: String) {
        for part in ["live/\(name)", "archive/\(name)", "keys", "csr"] {
            let path = "\(directory)/\(part)"
            for file in HostFiles.names(in: path) { HostFiles.removeFile("\(path)/\(file)") }
            HostFiles.removeEmptyDirectory(path)
        }
        HostFiles.removeFile("\(directory)/renewal/\(name).conf")
    }

    /// Instead of the user's own, which would change what we ask for.
    private var configuration: String { "\(directory)/cli.ini" }

    private var isIdle: Bool {
        guard let file = HostFiles.open("\(directory)/.certbot.lock", flags: O_RDWR) else { return true }
        defer { close(file) }
        return lockf(file, F_TEST, 0) == 0
    }

    /// It reads `/etc/letsencrypt/cli.ini` in any case: what could stand there and do harm is said here.
    private func run(_ order: CertificateOrder) async throws -> (succeeded: Bool, output: String) {
        let account = order.account.email.map { ["--email", $0, "--no-eff-email"] }
        let arguments =
            [
                "certonly", "--config", configuration, "--config-dir", directory, "--work-dir", "\(directory)/work",
                "--logs-dir", "\(directory)/logs", "--max-log-backups", "20", "--non-interactive", "--agree-tos",
                "--server", order.account.server, "--authenticator", "webroot", "--webroot-path", challenges,
                "--preferred-challenges", "http", "--key-type", "ecdsa", "--pre-hook", "", "--post-hook", "",
                "--deploy-hook", "", "--cert-name", order.name, "--domain", order.name,
            ] + (account ?? ["--register-unsafely-without-email"])
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments), environment: .custom(environment(order)),
            input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus.isSuccess, "\(result.standardOutput)\n\(result.standardError)")
    }

    private func environment(_ order: CertificateOrder) -> [Environment.Key: String] {
        var environment: [Environment.Key: String] = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": directory,
        ]
        // As curl and others know the proxy that leads out of here.
        for name in ["https_proxy", "HTTPS_PROXY", "http_proxy", "no_proxy", "NO_PROXY"] {
            if let value = ProcessInfo.processInfo.environment[name] { environment[.init(stringLiteral: name)] = value }
        }
        environment["REQUESTS_CA_BUNDLE"] = order.account.caFile
        return environment
    }

    /// What it made for a name, whole: the key is that of the certificate.
    private func made(_ name: String) async throws -> Certificate {
        let live = "\(directory)/live/\(name)"
        var status = stat()
        guard let key = HostFiles.text("\(live)/privkey.pem"), let chain = HostFiles.text("\(live)/fullchain.pem"),
            stat("\(live)/fullchain.pem", &status) == 0
        else {
            throw Refusal(reason: "certbot ended well and left no certificate", isAboutName: true)
        }
        let look = try await OpenSSL.certificate("\(live)/fullchain.pem")
        guard try await OpenSSL.publicKey(ofPrivate: "\(live)/privkey.pem") == look.publicKey else {
            throw Refusal(reason: "certbot left a key that is not the certificate's", isAboutName: true)
        }
        let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        return Certificate(text: key + chain, from: look.from, until: look.until, madeAt: time)
    }

    /// The authority's own words where there are some, else certbot's.
    static func refusal(in output: String, name: String) -> Refusal {
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        let details = lines.filter { $0.hasPrefix("Detail: ") }.map { String($0.dropFirst("Detail: ".count)) }
        if let detail = details.first { return Refusal(reason: detail, isAboutName: true) }
        let noise = [
            "Saving debug log", "Requesting a", "Renewing an", "Account registered", "Ask for help", "Hint: ",
            "An unexpected error occurred:",
        ]
        let words = lines.filter { line in !line.isEmpty && !noise.contains { line.hasPrefix($0) } }
        let reason = words.joined(separator: " ")
        guard !reason.isEmpty else { return Refusal(reason: "certbot failed and said nothing", isAboutName: false) }
        let isGeneral = general.contains { reason.contains($0) } && !reason.contains(name)
        return Refusal(reason: String(reason.prefix(500)), isAboutName: !isGeneral)
    }

    /// What goes wrong whatever the name: no connection, a server in trouble, an account that is refused.
    private static let general = [
        "Requesting ", "Max retries exceeded", "ConnectionError", "Connection reset", "timed out", "SSLError",
        "serverInternal", "Service busy", "too many new orders", "registration", "account", "Account", "Errno",
    ]
}
