/// One generation of a bench: the image it runs, pinned, and the number it was given.
package struct Release: Hashable, Codable, Sendable {
    package var number: Int
    /// What was asked for, such as `frappe/erpnext:version-15`.
    package var reference: String
    /// The image's id on this Engine; a tag that moves does not move it.
    package var imageID: String
    /// The RepoDigest where the image was pulled.
    package var digest: String?
    package var facts: ImageFacts

    package init(number: Int, reference: String, imageID: String, digest: String?, facts: ImageFacts) {
        self.number = number
        self.reference = reference
        self.imageID = imageID
        self.digest = digest
        self.facts = facts
    }
}

/// What a bench image contains, read by running it once.
package struct ImageFacts: Hashable, Codable, Sendable {
    /// App to version.
    package var apps: [String: String]
    /// App to a digest of its patches and schema files.
    package var schema: [String: String]
    /// Whether `new-site` leaves the database to us.
    package var newSiteSkipsDatabase: Bool
    /// Whether it takes a user whose name is not the database's; nil for images that were read before this was asked.
    package var newSiteTakesUser: Bool?
    /// What TLS to the database takes; nil as above.
    package var databaseTLS: DatabaseTLS?
    package var chromiumPath: String?
    /// Nil for images that were read before this was asked: all of them have linked ones.
    package var assets: ImageAssets?

    /// Certificates without which the framework asks its database in the clear.
    package enum DatabaseTLS: String, Codable, Sendable { case none, authority, mutual }

    package init(
        apps: [String: String], schema: [String: String], newSiteSkipsDatabase: Bool, chromiumPath: String? = nil,
        assets: ImageAssets? = nil
    ) {
        self.assets = assets
        self.apps = apps
        self.schema = schema
        self.newSiteSkipsDatabase = newSiteSkipsDatabase
        self.chromiumPath = chromiumPath
    }

    /// Why sites made with this image cannot run on `other` without a migration, nil when they can.
    package func migrationNeeded(for other: ImageFacts) -> String? {
        for (app, version) in apps.sorted(by: { $0.key < $1.key }) {
            guard let newVersion = other.apps[app] else { return "\(app) is missing in it" }
            if newVersion != version { return "\(app) \(version) becomes \(newVersion)" }
            if schema[app] != other.schema[app] { return "the patches or schema files of \(app) differ" }
        }
        return nil
    }
}
