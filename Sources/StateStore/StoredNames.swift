import FrappeModel
import GRDB

/// The names that are stored, read without making, migrating or waiting for anything: for a shell's completions.
package struct StoredNames: Sendable {
    /// `NAME`, or `NAMESPACE/NAME`, of each kind.
    package var objects: [ManifestKind: [String]] = [:]
    /// The names of sites that were made or are being made.
    package var sites: [String] = []

    package var benches: [String] { objects[.bench] ?? [] }

    /// Nil where there is no database that can be read.
    package init?(path: String) {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let (manifests, sites) = try database.read { database in
                (
                    try Row.fetchAll(
                        database, sql: "SELECT kind, namespace, name FROM manifest ORDER BY namespace, name"),
                    try String.fetchAll(
                        database, sql: "SELECT json_extract(record, '$.siteName') AS name FROM site ORDER BY name")
                )
            }
            self.sites = sites
            for row in manifests {
                guard let kind = ManifestKind(rawValue: row["kind"]) else { continue }
                let object = ObjectName(row["name"], namespace: row["namespace"])
                objects[kind, default: []].append(object.description)
            }
        } catch {
            return nil
        }
    }
}
