import ComposeTemplates
import DockerEngine
import FrappeModel
import Rendering

/// `db` and `console`: a site from inside.
package struct Consoles: Sendable {
    let host: HostContext

    package init(_ host: HostContext) { self.host = host }

    /// The Python console of the framework, connected to a site; nil for the only one.
    package func python(_ name: String?, _ attachment: Attachment) async throws -> Int32 {
        let places = try Places(host)
        let site = try places.site(name)
        let place = try await places.place(site.bench, site, nil)
        return try await host.engine.attach(place, ["bench", "--site", site.siteName, "console"], attachment)
    }

    /// The database client as the site's own user, who sees its database and nothing else.
    ///
    /// - Parameter asTable: rows in boxes, for a person who gave statements and reads the answer.
    package func database(_ name: String?, asTable: Bool, _ attachment: Attachment) async throws -> Int32 {
        let places = try Places(host)
        let site = try places.site(name)
        let place = try await places.place(site.bench, site, nil)
        let command = ["env/bin/python", "-c", ComposeTemplate.database, site.siteName]
        return try await host.engine.attach(place, command + Self.options(asTable), attachment)
    }

    /// The database client as root of the server that holds the site, its database chosen; without a site the shared
    /// server. The password is read from the file that the container has.
    package func databaseServer(_ name: String?, asTable: Bool, _ attachment: Attachment) async throws -> Int32 {
        let places = try Places(host)
        let site = try name.map { try places.site($0) }
        let database = try site.flatMap { try host.store.sites()[$0.name]?.databaseName }
        let server = site?.databaseServer ?? Site.defaultDatabaseServer
        if let site, site.externalDatabase != nil {
            throw OperationError.failed(
                "the database of \(site.siteName) is on a server that others run: its administrator's login is theirs",
                next: "frappectl db \(site.siteName), which is the site's own user")
        }
        let containers = try await host.engine.containers()
        guard
            let container = containers.first(where: {
                $0.identity?.component == .mariadb && $0.identity?.instance == server && $0.state == .running
            })
        else { throw OperationError.failed("the database server \(server) does not run", next: "frappectl up") }
        let place = Place(bench: site?.bench ?? ObjectName(server), site: site, container: container)
        let client = ["mariadb", "--defaults-extra-file=\(DatabaseSecrets.clientOptions)"]
        // Statements of root hold passwords of others: they are remembered nowhere.
        return try await host.engine.attach(
            place, client + Self.options(asTable) + (database.map { [$0] } ?? []),
            environment: ["MYSQL_HISTFILE=/dev/null"], attachment)
    }

    private static func options(_ asTable: Bool) -> [String] { asTable ? ["--table"] : [] }
}
