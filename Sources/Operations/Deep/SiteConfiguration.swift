import FrappeModel

/// The keys of a site's own configuration that are ours.
struct SiteConfiguration {
    /// What the file has to say.
    var values: [String: ManifestValue]
    /// What it may say, and then rightly.
    var whereGiven: [String: ManifestValue] = [:]

    /// - Parameter url: what the manifests want; compared once the site was given it.
    init(_ record: SiteRecord, url: String?, _ secrets: SecretStore) {
        values = ["db_name": .string(record.databaseName)]
        values["db_password"] = secrets.text(.databasePassword(of: record.object)).map { .string($0) }
        if let url, url == record.publicURL { values["host_name"] = .string(url) }
        guard let place = Self.externalPlace(record.databaseServer) else {
            whereGiven["db_host"] = .string(record.databaseServer)
            return
        }
        values.merge(Self.external(host: place.host, port: place.port, user: record.databaseUser)) { $1 }
    }

    /// Where the database is that others run; the bench's own configuration knows nothing of it.
    static func external(_ login: ExternalLogin) -> [String: ManifestValue] {
        external(host: login.host, port: login.port, user: login.user == login.database ? nil : login.user)
    }

    private static func external(host: String, port: Int, user: String?) -> [String: ManifestValue] {
        var values: [String: ManifestValue] = ["db_host": .string(host), "db_type": .string("mariadb")]
        if port != ExternalDatabase.defaultPort { values["db_port"] = .integer(port) }
        if let user { values["db_user"] = .string(user) }
        return values
    }

    private static func externalPlace(_ server: String) -> (host: String, port: Int)? {
        let parts = server.split(separator: ":")
        guard ExternalDatabase.owns(server), parts.count == 2, let port = Int(parts[1]) else { return nil }
        return (String(parts[0]), port)
    }
}

extension BenchCommands.Command {
    /// Writes one key into a site's own configuration.
    static func setting(_ key: String, _ value: ManifestValue, of siteName: String) -> Self {
        var arguments = ["frappe", "--site", siteName, "set-config"]
        switch value {
        case .string(let text): arguments += [key, text]
        case .integer(let number): arguments += ["--parse", key, "\(number)"]
        case .bool(let flag): arguments += ["--parse", key, flag ? "True" : "False"]
        default: arguments += ["--parse", key, "None"]
        }
        return Self(shown: "set-config \(key)", arguments: arguments)
    }
}
