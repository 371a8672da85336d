import FrappeModel

/// What was found of a database on a server that others run.
package struct ExternalDatabaseLook: Hashable, Codable, Sendable {
    /// How far the look came.
    package enum Stage: String, Codable, Sendable { case resolve, connect, login, database, privileges, clear, done }

    package var stage: Stage
    /// MariaDB's number of what went wrong, and its words.
    package var code: Int?
    package var error: String?
    package var address: String?
    package var version: String?
    package var serverCharset: String?
    package var serverCollation: String?
    package var charset: String?
    package var collation: String?
    /// Rights beyond databases.
    package var globalPrivileges: Int?
    package var encrypted: Bool?
    /// Whether the login works with TLS and not without.
    package var tlsRequired: Bool?
    package var tables: Int?
    package var frameworkTables: Int?

    package init(stage: Stage) { self.stage = stage }
}

/// What a site wants of a database on a server that others run.
package struct ExternalDatabaseNeeds: Hashable, Sendable {
    package var siteName: String
    package var host: String
    package var port: Int
    package var database: String
    package var user: String
    package var secret: ObjectName
    package var image: String
    package var facts: ImageFacts
    package var hasAuthority = false
    package var hasClientCertificate = false
    /// Whether the site is still to be made.
    package var isNew = true
    /// Whether an earlier try to make it left something in the database.
    package var isBegun = false
    /// Whether it takes over what is in the database.
    package var takesOver = false

    package init(
        siteName: String, host: String, port: Int, database: String, user: String, secret: ObjectName, image: String,
        facts: ImageFacts
    ) {
        self.siteName = siteName
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.secret = secret
        self.image = image
        self.facts = facts
    }

    var server: String { "\(host):\(port)" }
}

/// What is wrong with a database of others, each with its reason and what to do.
package struct ExternalDatabaseDiagnosis: Sendable {
    static let check = "external-database"

    let needs: ExternalDatabaseNeeds

    package init(_ needs: ExternalDatabaseNeeds) { self.needs = needs }

    /// What is known before the server is asked.
    package var beforehand: [Finding] {
        var findings: [Finding] = []
        let facts = needs.facts
        if needs.isNew, !needs.takesOver, !facts.newSiteSkipsDatabase {
            findings.append(
                failure(
                    "new-site of \(needs.image) makes databases as root itself, which nobody is on a server of others",
                    next: "an image with new-site --no-setup-db (Frappe 15 since September 2024, 16)"))
        }
        if needs.user != needs.database, facts.newSiteTakesUser != true {
            findings.append(
                failure(
                    "its user \(needs.user) is not named as its database \(needs.database), and \(needs.image) takes the "
                        + "one for the other",
                    next: "a user named \(needs.database) on \(needs.server) and in Secret \(needs.secret), "
                        + "or an image of Frappe 16"))
        }
        return findings + certificates
    }

    private var certificates: [Finding] {
        guard needs.hasAuthority else { return [] }
        switch needs.facts.databaseTLS ?? .none {
        case .authority: return []
        case .mutual where needs.hasClientCertificate: return []
        case .mutual:
            return [
                failure(
                    "Frappe of \(needs.image) uses TLS only with a client's certificate, and Secret \(needs.secret) has "
                        + "ca.crt alone",
                    next: "add tls.crt and tls.key to it, or use an image of Frappe 16")
            ]
        case .none:
            return [
                failure(
                    "Frappe of \(needs.image) does not know TLS to its database, and Secret \(needs.secret) asks for it "
                        + "with ca.crt",
                    next: "another image, or leave ca.crt out where the way to \(needs.server) is safe")
            ]
        }
    }

    /// What the server's answers tell.
    package func findings(_ look: ExternalDatabaseLook) -> [Finding] {
        switch look.stage {
        case .resolve:
            [
                failure(
                    "the name \(needs.host) is not known: \(words(look))", next: "mend host in Secret \(needs.secret)")
            ]
        case .connect:
            [
                failure(
                    "\(needs.server)\(look.address.map { $0 == needs.host ? "" : " (\($0))" } ?? "") does not answer: "
                        + "\(words(look))",
                    next: "is MariaDB running there, listening for others (bind-address), and let through by firewalls?"
                )
            ]
        case .login: [login(look)]
        case .database: settings(look) + [database(look)]
        case .privileges: settings(look) + [privileges(look)]
        case .clear: [failure("\(needs.database) could not be emptied: \(words(look))", next: "empty it by hand")]
        case .done: settings(look) + contents(look)
        }
    }

    /// What MariaDB's client says of everything that goes wrong with TLS.
    private static let tlsError = 2026

    private func login(_ look: ExternalDatabaseLook) -> Finding {
        if look.tlsRequired == true {
            return failure(
                "\(needs.server) lets \(needs.user) in with TLS alone",
                next: "add the server's CA to Secret \(needs.secret) as ca.crt")
        }
        if look.code == Self.tlsError {
            return failure(
                "\(needs.server) is not encrypted as Secret \(needs.secret) wants it: \(words(look))",
                next: needs.hasAuthority
                    ? "ca.crt in the Secret is to be the authority of the server's certificate, which names \(needs.host)"
                    : "add the server's CA to Secret \(needs.secret) as ca.crt")
        }
        return failure(
            "\(needs.server) does not let \(needs.user) in: \(words(look))",
            next: "mend username and password in Secret \(needs.secret), or the account there "
                + "(CREATE USER '\(needs.user)'@'%')")
    }

    private func database(_ look: ExternalDatabaseLook) -> Finding {
        failure(
            "\(needs.user) cannot use the database \(needs.database) on \(needs.server): \(words(look))",
            next: "there, as its administrator: CREATE DATABASE `\(needs.database)` CHARACTER SET utf8mb4 "
                + "COLLATE utf8mb4_unicode_ci; \(grant)")
    }

    private func privileges(_ look: ExternalDatabaseLook) -> Finding {
        failure(
            "\(needs.user) may not do all that a site needs in \(needs.database) on \(needs.server): \(words(look))",
            next: "there, as its administrator: \(grant)")
    }

    private var grant: String { "GRANT ALL PRIVILEGES ON `\(needs.database)`.* TO '\(needs.user)'@'%'" }

    private func settings(_ look: ExternalDatabaseLook) -> [Finding] {
        var findings: [Finding] = []
        if let version = look.version, let complaint = Self.complaint(version: version) {
            findings.append(
                failure("\(needs.server) runs \(version): \(complaint)", next: "a MariaDB of version 10.6 or later"))
        }
        let server = [look.serverCharset, look.serverCollation].compactMap(\.self)
        if !server.isEmpty, server != Self.wanted {
            findings.append(
                failure(
                    "\(needs.server) is set to \(server.joined(separator: ", ")), and Frappe wants "
                        + Self.wanted.joined(separator: ", "),
                    next: "character-set-server=utf8mb4 and collation-server=utf8mb4_unicode_ci in its configuration"))
        }
        let own = [look.charset, look.collation].compactMap(\.self)
        if !own.isEmpty, own != Self.wanted {
            findings.append(
                failure(
                    "the database \(needs.database) is in \(own.joined(separator: ", ")), and Frappe wants "
                        + Self.wanted.joined(separator: ", "),
                    next: "there: ALTER DATABASE `\(needs.database)` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
        }
        if needs.isNew, let wide = look.globalPrivileges, wide > 0 {
            findings.append(
                Finding(
                    .warn, Self.check,
                    "\(needs.siteName): \(needs.user) has rights on all of \(needs.server), and a site needs none beyond "
                        + "its own database",
                    next: "there: REVOKE ALL PRIVILEGES ON *.* FROM '\(needs.user)'@'%'; \(grant)"))
        }
        return findings
    }

    private static let wanted = ["utf8mb4", "utf8mb4_unicode_ci"]

    private static func complaint(version: String) -> String? {
        guard version.contains("MariaDB") else { return "that is no MariaDB" }
        let parts = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard parts.count == 2, (parts[0], parts[1]) < (10, 6) else { return nil }
        return "Frappe needs 10.6 or later"
    }

    private func contents(_ look: ExternalDatabaseLook) -> [Finding] {
        let tables = look.tables ?? 0
        guard needs.isNew, !needs.isBegun else { return [] }
        if needs.takesOver, look.frameworkTables ?? 0 < 3 {
            return [
                failure(
                    "skipInit takes over a database that has a site in it, and \(needs.database) on \(needs.server) "
                        + "has none",
                    next: "load its dump first, or leave skipInit out")
            ]
        }
        guard !needs.takesOver, tables > 0 else { return [] }
        let isSite = look.frameworkTables ?? 0 > 0
        return [
            failure(
                "the database \(needs.database) on \(needs.server) has \(tables == 1 ? "a table" : "\(tables) tables") already, and a new site would "
                    + "overwrite \(tables == 1 ? "it" : "them")",
                next: "an empty database"
                    + (isSite ? ", or skipInit: true in the site's manifest to take over the site in it" : ""))
        ]
    }

    private func words(_ look: ExternalDatabaseLook) -> String {
        let text = look.error ?? "no reason was given"
        guard let code = look.code, code > 0 else { return text }
        return "\(text) (\(code))"
    }

    private func failure(_ text: String, next: String) -> Finding {
        Finding(.fail, Self.check, "\(needs.siteName): \(text)", next: next)
    }
}
