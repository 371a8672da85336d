/// What only a closer look tells: `plan`, `doctor` and `up --deep` take it, an ordinary `up` does not.
package struct DeepLook: Hashable, Sendable {
    /// By the container's id.
    package var containers: [String: ContainerLook] = [:]
    /// By the server's name; none where it does not answer.
    package var databases: [String: DatabaseLook] = [:]
    /// Settings of a Redis by the container's id; none where it does not answer.
    package var redis: [String: RedisLook] = [:]
    /// What differs in the files of a bench; none where nobody could read them.
    package var configurations: [ObjectName: [ConfigurationDifference]] = [:]
    /// Files and directories of ours that are open to more than they should be.
    package var modes: [ModeDifference] = []
    package var enforced = EnforcedLimits()
    /// Cores of the machine: a limit of as many is none.
    package var cores = 1
    /// What could not be looked at.
    package var notes: [String] = []

    package init() {}
}

/// A container as inspection tells it, in the terms of its definition.
package struct ContainerLook: Hashable, Sendable {
    /// The reference it was made with.
    package var image = ""
    package var imageID = ""
    package var user = ""
    package var entrypoint: [String] = []
    package var command: [String] = []
    package var workingDirectory = ""
    /// Hashes of values by name, without those that the image gives.
    package var environment: [String: String] = [:]
    package var mounts: Set<ContainerDefinition.Mount> = []
    /// Paths.
    package var temporaryFileSystems: Set<String> = []
    /// As `127.0.0.1:20100->9000`.
    package var publishedPorts: Set<String> = []
    package var securityOptions: Set<String> = []
    package var droppedCapabilities: Set<String> = []
    package var addedCapabilities: Set<String> = []
    package var isPrivileged = false
    package var restart = ""
    package var limits = ContainerDefinition.Limits()
    /// Names it answers to, by network.
    package var aliases: [String: Set<String>] = [:]

    package init() {}

    /// What stands for the value of a variable.
    package static func hash(_ value: String) -> String { StableHash.hex(StableHash.fnv64(Array(value.utf8))) }
}

/// Which limits the Engine's kernel knows: one it does not know reads as none.
package struct EnforcedLimits: Hashable, Sendable {
    package var memory = true
    package var swap = true
    package var cpu = true
    package var processes = true

    package init() {}
}

/// What root of a database server sees of accounts.
package struct DatabaseLook: Hashable, Sendable {
    package var databases: Set<String> = []
    package var accounts: Set<DatabaseAccount> = []
    /// Privileges by account and by the pattern of database names that they are for.
    package var grants: [DatabaseAccount: [String: Set<String>]] = [:]
    /// Those on everything.
    package var global: [DatabaseAccount: Set<String>] = [:]

    package init() {}
}

/// A user of a database server, from where it may come.
package struct DatabaseAccount: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var user: String
    package var host: String

    package init(user: String, host: String) {
        self.user = user
        self.host = host
    }

    /// That of a site: its user is named like its database and works from its bench's network only.
    package init(database: String, subnet: IPv4Network) {
        self.init(user: database, host: subnet.addressAndNetmask)
    }

    package var description: String { "\(user)@\(host)" }

    package static func < (left: DatabaseAccount, right: DatabaseAccount) -> Bool {
        (left.user, left.host) < (right.user, right.host)
    }

    /// What a site's own user may do with its own database: all that Frappe needs and nothing about the server.
    package static let privileges = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "INDEX", "ALTER", "REFERENCES", "LOCK TABLES",
        "CREATE TEMPORARY TABLES", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "TRIGGER",
        "EVENT",
    ]

    /// In a grant, `_` and `%` of a database's name stand for any character: without this a tenant reads others'.
    ///
    /// MariaDB takes 64 characters here, those that escape counted. Where a name is too long for all of them, the digits
    /// in it tell it from all others.
    package static func pattern(_ database: String) -> String {
        var room = DatabaseName.longest - database.count
        return database.reduce(into: "") { pattern, character in
            if "\\_%".contains(character), room > 0 {
                pattern.append("\\")
                room -= 1
            }
            pattern.append(character)
        }
    }
}

/// A Redis as it is set now.
package struct RedisLook: Hashable, Sendable {
    package var settings: [String: String] = [:]
    /// Lines of `ACL LIST`; none where this Redis has no users.
    package var users: [String] = []

    package init() {}

    /// Whether a line of `ACL LIST` is of the one user of a Redis of ours, which is reached from its bench's network only:
    /// versions say more or less of it.
    package static func isOurs(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        return words.dropFirst().first == "default" && Set(words).isSuperset(of: ["on", "nopass", "~*", "+@all"])
            && !words.contains { $0.hasPrefix("-") || $0.hasPrefix("#") || $0.hasPrefix("(") }
    }
}

/// What one file below a bench's `sites/` says otherwise than it should; values are told to nobody.
package struct ConfigurationDifference: Hashable, Sendable {
    package enum Trouble: Hashable, Sendable {
        case missing, unreadable
        /// Keys, or the lines that are missing.
        case keys([String])
    }

    /// Below `sites/`.
    package var file: String
    /// Nil for a file of the bench.
    package var site: ObjectName?
    package var trouble: Trouble

    package init(file: String, site: ObjectName? = nil, trouble: Trouble) {
        self.file = file
        self.site = site
        self.trouble = trouble
    }
}

/// A file or directory of ours with another mode than it should have.
package struct ModeDifference: Hashable, Sendable {
    package var path: String
    package var mode: UInt16
    package var wanted: UInt16

    package init(path: String, mode: UInt16, wanted: UInt16) {
        self.path = path
        self.mode = mode
        self.wanted = wanted
    }
}
