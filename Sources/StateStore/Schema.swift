import GRDB

/// The tables, one migration for each change; a migration that has shipped is never edited.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 foundation", migrate: foundation)
        return migrator
    }

    private static func foundation(_ database: Database) throws {
        try database.create(table: "meta") { table in
            table.primaryKey("key", .text)
            table.column("value", .text).notNull()
        }
        try database.create(table: "manifest") { table in
            table.column("kind", .text).notNull()
            table.column("namespace", .text).notNull()
            table.column("name", .text).notNull()
            table.column("document", .text).notNull()
            table.primaryKey(["kind", "namespace", "name"])
        }
        try database.create(table: "release") { table in
            table.column("bench", .text).notNull()
            table.column("number", .integer).notNull()
            table.column("release", .text).notNull()
            table.primaryKey(["bench", "number"])
        }
        try database.create(table: "site") { table in
            table.primaryKey("object", .text)
            table.column("record", .text).notNull()
        }
        // Values of one kind under one key: image facts, container definitions, subnets, ports, what was configured.
        try database.create(table: "fact") { table in
            table.column("topic", .text).notNull()
            table.column("key", .text).notNull()
            table.column("value", .text).notNull()
            table.primaryKey(["topic", "key"])
        }
        try journal(database)
    }

    private static func journal(_ database: Database) throws {
        try database.create(table: "operation") { table in
            table.autoIncrementedPrimaryKey("id")
            table.column("verb", .text).notNull()
            table.column("subject", .text).notNull()
            table.column("lock", .text).notNull()
            table.column("process", .integer).notNull()
            table.column("user", .text).notNull()
            table.column("startedAt", .double).notNull()
            table.column("finishedAt", .double)
            table.column("outcome", .text).notNull()
            table.column("reason", .text)
        }
        try database.create(table: "step") { table in
            table.column("operation", .integer).notNull().references("operation", onDelete: .cascade)
            table.column("name", .text).notNull()
            table.column("kind", .text).notNull()
            table.column("subject", .text).notNull()
            table.column("cause", .text).notNull()
            table.column("startedAt", .double).notNull()
            table.column("finishedAt", .double)
            table.column("outcome", .text).notNull()
            table.column("reason", .text)
            table.primaryKey(["operation", "name"])
        }
    }
}
