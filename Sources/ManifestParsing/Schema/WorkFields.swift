/// The fields of kinds that describe work on a site: backups, restores, apps, settings, migrations.
enum WorkFields {
    private static let many = 0...1_000_000_000

    static let backup: [FieldSchema] =
        [
            .init("spec.site", .dnsName, "The site's name.", example: "one.example.com", required: true),
            .init("spec.schedule", .text, "When, as cron words it; once when left out.", example: "'0 2 * * *'"),
            .init("spec.withFiles", .bool, "Whether files are kept too.", default: "false"),
            .init("spec.compress", .bool, "Whether files are compressed.", default: "false"),
            .init("spec.ignoreBackupConf", .bool, "Whether excludes of the site's own are ignored.", default: "false"),
            .init("spec.verbose", .bool, "Whether bench tells more.", default: "false"),
            .init("spec.storage", .map, "Where it is kept."),
            .init("spec.storage.type", .choice(["pvc", "s3"]), "Which kind of place.", example: "s3", default: "pvc"),
            .init("spec.storage.pvc", .text, "A volume.", example: "backups"),
            .init("spec.storage.s3", .map, "A bucket."),
        ] + s3("spec.storage.s3")
        + ["", "DB", "Conf", "Files", "PrivateFiles"].map {
            .init("spec.backupPath\($0)", .text, "A path in the bench.", example: "/backups")
        }
        + LaterFields.texts("spec.exclude", "DocTypes to leave out.", example: "Version")
        + LaterFields.texts("spec.include", "DocTypes to keep alone.", example: "User") + [LaterFields.scaffold]

    /// A bucket, and the keys that open it.
    private static func s3(_ path: String) -> [FieldSchema] {
        [
            .init(
                "\(path).endpoint", .text, "URL of the service.", example: "https://s3.amazonaws.com", required: true),
            .init("\(path).bucket", .text, "The bucket.", example: "backups", required: true),
            .init("\(path).region", .text, "Its region.", example: "eu-central-1"),
            .init("\(path).useSSL", .bool, "Whether it is reached by TLS.", default: "true"),
        ]
            + LaterFields.key("\(path).accessKeySecret", "Secret with the access key.", required: true)
            + LaterFields.key("\(path).secretKeySecret", "Secret with the secret key.", required: true)
    }

    static let restore: [FieldSchema] =
        [.init("spec.site", .dnsName, "The site's name.", example: "one.example.com", required: true)]
        + CommonFields.reference("spec.benchRef", "The bench it is restored on.", name: .label, required: true)
        + source("spec.databaseBackupSource", "The dump of the database.", required: true)
        + source("spec.publicFilesSource", "Its public files.")
        + source("spec.privateFilesSource", "Its private files.")
        + LaterFields.key("spec.adminPasswordSecretRef", "Secret with a new password of Administrator.")
        + [.init("spec.force", .bool, "Whether an older version may be overwritten.", default: "false")]

    private static func source(_ path: String, _ meaning: String, required: Bool = false) -> [FieldSchema] {
        [
            .init(path, .map, meaning, required: required),
            .init("\(path).localPath", .text, "A path in the bench.", example: "sites/one/private/backups/one.sql.gz"),
            .init("\(path).s3", .map, "A file in a bucket."),
            .init("\(path).s3.key", .text, "Its name in the bucket.", example: "one.sql.gz", required: true),
        ] + s3("\(path).s3")
    }

    static let app: [FieldSchema] =
        LaterFields.site + [
            .init("spec.appName", .appName, "The app.", example: "hrms", required: true),
            .init("spec.gitRepo", .text, "Git repository.", example: "https://github.com/frappe/hrms"),
            .init("spec.gitBranch", .text, "Branch of the repository.", example: "version-15"),
            .init("spec.autoMigrate", .bool, "Whether the site is migrated afterwards.", default: "true"),
            .init("spec.backupBeforeInstall", .bool, "Whether it is backed up before.", default: "true"),
        ]

    static let config: [FieldSchema] =
        LaterFields.site + [
            .init("spec.maintenanceMode", .bool, "Whether visitors see a maintenance page."),
            .init("spec.maxFileSize", .integer(many), "Most bytes of an upload.", example: "52428800"),
            .init("spec.customConfig", .textMap, "Entries of your own.", example: "{mute_emails: \"1\"}"),
            .init("spec.secretConfig", .list, "Entries whose values are in Secrets."),
            .init("spec.secretConfig[]", .map, "An entry."),
            .init("spec.secretConfig[].key", .text, "Its name.", example: "mail_password", required: true),
        ]
        + LaterFields.key("spec.secretConfig[].secretKeyRef", "The Secret with its value.", required: true)
        + LaterFields.secret("spec.encryptionKeySecretRef", "Secret with the key of encrypted fields.") + objectStorage

    private static let objectStorage: [FieldSchema] =
        [
            .init("spec.objectStorage", .map, "A bucket for files."),
            .init("spec.objectStorage.bucket", .text, "The bucket.", example: "files", required: true),
            .init(
                "spec.objectStorage.endpointUrl", .text, "URL of the service.", example: "https://s3.amazonaws.com",
                required: true),
            .init("spec.objectStorage.region", .text, "Its region.", example: "eu-central-1"),
            .init("spec.objectStorage.folder", .text, "The folder in the bucket.", default: "the site's name"),
            .init(
                "spec.objectStorage.presignedUrlExpirySeconds", .integer(many), "Seconds for which a link works.",
                example: "120", default: "120"),
            .init("spec.objectStorage.accessKeyKey", .text, "The access key's key.", default: "access_key"),
            .init("spec.objectStorage.secretKeyKey", .text, "The secret key's key.", default: "secret"),
        ]
        + LaterFields.secret("spec.objectStorage.credentialsSecretRef", "Secret with the keys.", required: true)

    static let migration: [FieldSchema] =
        LaterFields.site + [
            .init("spec.skipFixtures", .bool, "Whether fixtures are left alone.", default: "false"),
            .init("spec.force", .bool, "Whether an unchanged schema is migrated too.", default: "false"),
        ]

    static let cron: [FieldSchema] =
        LaterFields.site + [
            .init("spec.schedule", .text, "When, as cron words it.", example: "'0 2 * * *'", required: true),
            .init("spec.method", .text, "The method that runs.", example: "my_app.tasks.nightly", required: true),
            .init("spec.timeoutSeconds", .integer(many), "Seconds it may take.", example: "3600", default: "3600"),
            .init("spec.suspended", .bool, "Whether it rests.", default: "false"),
        ]

    static let quota: [FieldSchema] =
        LaterFields.site + [
            .init("spec.maxDbSizeMb", .integer(many), "Most megabytes of its database.", example: "2048"),
            .init("spec.maxStorageMb", .integer(many), "Most megabytes of its files.", example: "10240"),
            .init("spec.maxUsers", .integer(many), "Most users.", example: "25"),
            .init(
                "spec.actionOnExceeded", .choice(["Warn", "ReadOnly", "Maintenance"]), "What is done beyond.",
                example: "Warn", default: "Warn"),
        ]

    static let pool: [FieldSchema] =
        [
            .init("spec.frappeVersion", .text, "Version of Frappe.", example: "\"16\"", required: true),
            .init("spec.template", .anything, "The spec of each bench.", required: true),
            .init("spec.shardingPolicy", .map, "How many benches there are.", required: true),
            .init("spec.shardingPolicy.shardPrefix", .label, "How their names begin.", example: "standard-v16"),
        ]
        + ["minShards", "maxShards", "maxSitesPerShard", "watermarkPercent", "bufferWarmShards"].map {
            .init("spec.shardingPolicy.\($0)", .integer(many), "A bound of the pool.", example: "1")
        }
}
