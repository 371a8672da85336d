import FrappeModel
import ManifestParsing

/// Where the external database of a site is, and how to get in.
struct ExternalLogin: Hashable, Sendable {
    var host: String
    var port: Int
    var database: String
    var user: String
    var password: String
    /// Certificates in PEM: of who signed the server's, and the client's own with its key.
    var authority: String?
    var certificate: String?
    var privateKey: String?

    /// The name of the server in a site's record.
    var server: String { ExternalDatabase.serverName(host: host, port: port) }

    /// - Parameter record: the site's, whose database stays its own where the Secret names none and the site has another
    ///   name by now.
    /// - Throws: what is wrong with the Secret, all of it.
    init(
        _ external: ExternalDatabase, of site: Site, _ record: SiteRecord?, _ values: SecretValues
    ) throws(OperationError) {
        var problems: [String] = []
        func value(_ key: ExternalDatabase.Key) -> String? {
            guard let text = values.text(external.secret, key.rawValue), !text.isEmpty else { return nil }
            let isText = key == .authority || key == .certificate || key == .privateKey
            if !isText, text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                problems.append(
                    "\(key.rawValue) has a line end or another control character (encode it with printf %s)")
            }
            return text
        }
        func needed(_ key: ExternalDatabase.Key) -> String {
            if let text = value(key) { return text }
            problems.append("\(key.rawValue) is missing or empty")
            return ""
        }
        user = needed(.username)
        password = needed(.password)
        let own = record.flatMap { $0.created && ExternalDatabase.owns($0.databaseServer) ? $0.databaseName : nil }
        database = value(.database) ?? own ?? site.siteName
        host = value(.host) ?? external.host ?? needed(.host)
        let written = value(.port)
        port = written.map { Int($0) ?? 0 } ?? external.port ?? ExternalDatabase.defaultPort
        (authority, certificate, privateKey) = (value(.authority), value(.certificate), value(.privateKey))
        if let type = value(.type), type != "mariadb" {
            problems.append("type is \(SafeText.quoted(type)), and only mariadb is supported")
        }
        problems += complaints
        if !problems.isEmpty { throw Self.refusal(external.secret, site, problems) }
    }

    /// Keeps what a site is given, so that a later change of the Secret is seen.
    func keep(as site: ObjectName, in secrets: SecretStore) throws(OperationError) {
        try secrets.put([UInt8](password.utf8), as: .databasePassword(of: site))
        let certificates = DatabaseCertificate.fingerprint(self)
        let name = SecretName.databaseCertificates(of: site)
        if certificates.isEmpty { secrets.remove(name) } else { try secrets.put([UInt8](certificates.utf8), as: name) }
    }

    private var complaints: [String] {
        var found: [String] = []
        if !host.isEmpty, let complaint = ExternalHost.complaint(host) { found.append("host: \(complaint)") }
        if !(1...65_535).contains(port) { found.append("port is not a number from 1 to 65535") }
        for (key, name) in [("database", database), ("username", user)] {
            if !Self.isName(name) {
                found.append("\(key) \(SafeText.quoted(name)) is not a name (letters, digits, _ - . $; at most 64)")
            }
        }
        return found
    }

    /// What needs no thought in statements, option files and command lines; an empty one is told already.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= DatabaseName.longest && text.first != "-"
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.$".contains($0)) }
    }

    private static func refusal(_ secret: ObjectName, _ site: Site, _ problems: [String]) -> OperationError {
        .failed(
            problems.map { "Secret \(secret) of the database of \(site.siteName): \($0)" }.joined(separator: "\n"),
            next: "mend the Secret, then frappectl up -f FILE")
    }

    /// What `external.py` reads.
    struct Work: Encodable {
        enum Action: String, Encodable { case look, `try`, clear }

        struct Login: Encodable {
            var host: String
            var port: Int
            var database: String
            var user: String
            var password: String
            var ca: String?
            var cert: String?
            var key: String?
        }

        var action: Action
        var login: Login
    }

    func work(_ action: Work.Action) -> Work {
        Work(
            action: action,
            login: .init(
                host: host, port: port, database: database, user: user, password: password, ca: authority,
                cert: certificate, key: privateKey))
    }
}
