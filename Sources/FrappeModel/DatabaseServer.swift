/// One line of a MariaDB server's option file.
package struct DatabaseSetting: Hashable, Sendable {
    /// In small letters, with underscores.
    package var name: String
    /// Nil where the name alone stands for it.
    package var value: String?

    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    /// As an option file has it.
    package var line: String { value.map { "\(name) = \($0)" } ?? name }
}

extension [DatabaseSetting] {
    /// With those of `others` in the place of namesakes.
    package func over(_ others: [DatabaseSetting]) -> [DatabaseSetting] {
        let names = Set(map(\.name))
        return others.filter { !names.contains($0.name) } + self
    }
}

/// A shared MariaDB server that a manifest describes (kind `MariaDB`).
package struct DatabaseServer: Hashable, Sendable {
    package var name: ObjectName
    /// Its image, its sizes, and what its data should stay below.
    package var sizes = DedicatedDatabase()
    /// The password of root, for a server that is made; made where there is none.
    package var rootPassword: SecretKeyReference?
    package var settings: [DatabaseSetting] = []

    package init(name: ObjectName) { self.name = name }
}
