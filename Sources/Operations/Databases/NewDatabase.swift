import FrappeModel
import Rendering

/// Where the database of a new site comes from.
protocol NewDatabase: Sendable {
    /// What the record of a new site says of its database; fails where something is in the way.
    ///
    /// - Parameter taken: names of databases of other sites on the same server.
    func claim(taken: Set<String>) async throws -> DatabaseClaim

    /// Makes what `new-site` needs.
    func make(_ record: SiteRecord) async throws -> NewSiteOptions

    /// What is to be mended after `new-site`.
    func finish(_ record: SiteRecord) async throws

    /// Takes away what a failed or interrupted creation left in it.
    func undo(_ record: SiteRecord) async throws
}

/// What a record says of a site's database.
struct DatabaseClaim: Sendable {
    var server: String
    var name: String
    var user: String?
    /// Whether it was empty and is not ours: what comes into it is ours to undo.
    var fills: Bool?
}

/// How `new-site` is told of its database.
struct NewSiteOptions: Sendable {
    var arguments: [String]
    /// Never to be printed.
    var secrets: [String]
    /// Keys of the site's own configuration that are written once it is there.
    var configuration: [String: ManifestValue] = [:]
    /// Certificates for TLS to the server.
    var certificates: [DatabaseCertificate] = []
}

/// A file that the framework needs for TLS to a database.
struct DatabaseCertificate: Sendable {
    /// The framework's setting that names it.
    var key: String
    var text: String

    private var fileName: String { "\(key.replacing("_", with: "-")).pem" }
    /// In the container that makes the site, before that has a directory.
    var uploaded: String { "/run/secrets/frappectl/\(fileName)" }

    /// Below `sites/`.
    func path(in siteName: String) -> String { "\(siteName)/\(fileName)" }

    /// Writes it there.
    func command(in siteName: String) -> BenchCommands.Command { Self.command(key, text, in: siteName) }

    /// Takes away those of the settings that a login has no certificate for.
    static func removals(_ login: ExternalLogin, in siteName: String) -> [BenchCommands.Command] {
        let present = all(login).map(\.key)
        return keys.filter { !present.contains($0) }.map { command($0, nil, in: siteName) }
    }

    private static func command(_ key: String, _ text: String?, in siteName: String) -> BenchCommands.Command {
        let path = DatabaseCertificate(key: key, text: "").path(in: siteName)
        return .init(shown: "", arguments: [], file: .init(path: path, text: text))
    }

    func setting(in siteName: String) -> ManifestValue {
        .string("/home/frappe/frappe-bench/sites/\(path(in: siteName))")
    }

    /// Those of a login.
    static func all(_ login: ExternalLogin) -> [DatabaseCertificate] {
        zip(keys, [login.authority, login.certificate, login.privateKey]).compactMap { key, text in
            text.map { DatabaseCertificate(key: key, text: $0) }
        }
    }

    static let keys = ["db_ssl_ca", "db_ssl_cert", "db_ssl_key"]

    /// Tells one set of them from another; empty where there is none.
    static func fingerprint(_ login: ExternalLogin) -> String {
        let all = all(login)
        guard !all.isEmpty else { return "" }
        return StableHash.hex(StableHash.fnv64(Array(all.map { "\($0.key)\u{0}\($0.text)\u{0}" }.joined().utf8)))
    }
}

/// A database on a server of ours, with an account that works from the bench's network only.
struct OwnNewDatabase: NewDatabase {
    let host: HostContext
    let site: Site
    let console: DatabaseConsole
    let subnet: IPv4Network
    let facts: ImageFacts

    func claim(taken: Set<String>) async throws -> DatabaseClaim {
        let name = Self.freeName(site, taken: taken)
        guard try await !console.databaseExists(name) else {
            throw StepReason(
                description:
                    "a database \(name) exists on \(site.databaseServer) and was not made for this site: left as it is",
                next: "drop it there (frappectl db --admin) or give the site another metadata.name, then frappectl up")
        }
        return DatabaseClaim(server: site.databaseServer, name: name)
    }

    static func freeName(_ site: Site, taken: Set<String>) -> String {
        let name = DatabaseName.make(object: site.name, siteName: site.siteName)
        guard taken.contains(name) else { return name }
        let numbered = (2...).lazy.map { "\(name.prefix(DatabaseName.longest - 4))_\($0)" }
        return numbered.first { !taken.contains($0) } ?? name
    }

    func make(_ record: SiteRecord) async throws -> NewSiteOptions {
        let password = try host.secrets.valueOrNew(.databasePassword(of: site.name), length: 32)
        var arguments = ["--db-name", record.databaseName, "--db-password", password]
        arguments += ["--db-host", record.databaseServer, "--db-port", "\(ExternalDatabase.defaultPort)"]
        guard facts.newSiteSkipsDatabase else {
            let administratorPassword = SecretStore.password(length: 32)
            try await console.createAdministrator(administrator, password: administratorPassword, subnet: subnet)
            arguments += ["--db-root-username", administrator, "--db-root-password", administratorPassword]
            return NewSiteOptions(arguments: arguments, secrets: [password, administratorPassword])
        }
        try await console.createDatabase(record.databaseName, password: password, subnet: subnet)
        return NewSiteOptions(arguments: arguments + ["--no-setup-db"], secrets: [password])
    }

    /// The account that older images need for one `new-site`.
    private var administrator: String { "frappectl_\(host.layout.shortID(site.name))" }

    /// What `new-site` of an older image left: its own accounts, pinned to one container's address.
    func finish(_ record: SiteRecord) async throws {
        if !facts.newSiteSkipsDatabase, let password = host.secrets.text(.databasePassword(of: site.name)) {
            try await console.removeAccounts(administrator)
            try await console.mendAccounts(record.databaseName, password: password, subnet: subnet)
        }
        guard let seconds = site.maxStatementSeconds else { return }
        try await console.limitStatements(of: record.databaseName, to: seconds, subnet: subnet)
    }

    func undo(_ record: SiteRecord) async throws {
        try await console.dropDatabase(record.databaseName)
        try await console.removeAccounts(administrator)
    }
}

/// A database that others made for the site, on a server of theirs; it was looked at before anything began.
struct ExternalNewDatabase: NewDatabase {
    let site: Site
    let login: ExternalLogin
    let client: ExternalClient

    func claim(taken: Set<String>) async throws -> DatabaseClaim {
        guard !taken.contains(login.database) else {
            throw StepReason(
                description: "the database \(login.database) on \(login.server) is that of another site",
                next: "give the site a database of its own in its Secret, then frappectl up -f FILE")
        }
        return DatabaseClaim(
            server: login.server, name: login.database, user: login.user == login.database ? nil : login.user,
            fills: site.takesOver ? nil : true)
    }

    func make(_ record: SiteRecord) async throws -> NewSiteOptions {
        try login.keep(as: site.name, in: client.host.secrets)
        var arguments = ["--db-name", login.database, "--db-password", login.password]
        arguments += ["--db-host", login.host, "--db-port", "\(login.port)", "--no-setup-db"]
        if login.user != login.database { arguments += ["--db-user", login.user] }
        return NewSiteOptions(
            arguments: arguments, secrets: [login.password],
            configuration: SiteConfiguration.external(login), certificates: DatabaseCertificate.all(login))
    }

    func finish(_ record: SiteRecord) async throws {}

    /// Only where the record says that the database was empty when the making of the site began.
    func undo(_ record: SiteRecord) async throws {
        guard record.fillsDatabase == true, !record.created else { return }
        let look = try await client.perform(.clear, of: site, as: login)
        guard look.stage == .done else {
            throw StepReason(
                description: "the database \(login.database) on \(login.server) could not be emptied again: "
                    + (look.error ?? "no reason was given"),
                next: "mend the cause, then frappectl up")
        }
    }
}
