import FrappeModel

/// A site whose manifest asks for another database than the one that has its data.
struct DatabaseMove {
    private let record: SiteRecord
    private let site: Site
    /// The server that is asked for, and the database on it where the manifest says which.
    private let wanted: (server: String, database: String?)

    /// Nil where it stays where it is.
    init?(record: SiteRecord, site: Site, values: SecretValues) throws(OperationError) {
        self.record = record
        self.site = site
        let login: ExternalLogin?
        if let external = site.externalDatabase {
            login = try ExternalLogin(external, of: site, record, values)
        } else {
            login = nil
        }
        wanted = (login?.server ?? site.databaseServer, login?.database)
        guard wanted.server != record.databaseServer || wanted.database ?? record.databaseName != record.databaseName
        else { return nil }
    }

    var refusal: String {
        let now = "the data of \(site.siteName) is on \(Self.words(record.databaseServer, record.databaseName))"
        return "\(now); moving it to \(Self.words(wanted.server, wanted.database)) is not built yet: \(advice)"
    }

    private var advice: String {
        let back =
            switch DatabaseMode(server: record.databaseServer) {
            case .dedicated: "set dbConfig.mode of the site to dedicated"
            case .shared: "set dbConfig of the site to {mode: shared, mariadbRef: {name: \(record.databaseServer)}}"
            case .external: "set dbConfig and its Secret back to that server and database"
            }
        return "\(back), or delete the site (its dump is kept) and make it again"
    }

    private static func words(_ server: String, _ database: String?) -> String {
        switch DatabaseMode(server: server) {
        case .dedicated: "a server of its own (\(server))"
        case .shared: "the shared server \(server)"
        case .external: "the external server \(server)\(database.map { " in database \($0)" } ?? "")"
        }
    }
}
