/// A name within a namespace; `default` is not shown.
package struct ObjectName: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package static let defaultNamespace = "default"

    package var namespace: String
    package var name: String

    package init(_ name: String, namespace: String = ObjectName.defaultNamespace) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String {
        namespace == ObjectName.defaultNamespace ? name : "\(namespace)/\(name)"
    }

    package static func < (left: ObjectName, right: ObjectName) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// What identifies one manifest on a host.
package struct ManifestKey: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package var kind: ManifestKind
    package var object: ObjectName

    package init(_ kind: ManifestKind, _ object: ObjectName) {
        self.kind = kind
        self.object = object
    }

    package var description: String { "\(kind.rawValue) \(object)" }

    package static func < (left: ManifestKey, right: ManifestKey) -> Bool {
        (left.kind, left.object) < (right.kind, right.object)
    }
}

/// Where in a manifest file something was written; line and column count from 1, and are 0 where there is no file.
package struct SourceLocation: Hashable, Codable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// What no file says: a command, or what is stored.
    package init(place: String) { self.init(file: place, line: 0, column: 0) }

    /// The file and the line, as causes name it.
    package var lineText: String { line > 0 ? "\(file):\(line)" : file }

    package var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

/// One YAML document with what it is, and where each of its fields was written.
package struct ManifestDocument: Hashable, Codable, Sendable {
    package var key: ManifestKey
    package var apiVersion: String
    package var value: ManifestValue
    /// From a dotted path such as `spec.componentReplicas.gunicorn` or `spec.apps[0].name` to its place.
    package var locations: [String: SourceLocation]

    package init(
        key: ManifestKey, apiVersion: String, value: ManifestValue, locations: [String: SourceLocation] = [:]
    ) {
        self.key = key
        self.apiVersion = apiVersion
        self.value = value
        self.locations = locations
    }
}

/// One thing wrong, or worth a warning, in a manifest.
package struct ManifestProblem: Hashable, Codable, Sendable {
    package enum Severity: String, Codable, Sendable { case error, warning }

    package var severity: Severity
    package var location: SourceLocation
    /// The dotted path of the field, empty for the document or the file.
    package var path: String
    /// What is wrong and what to write instead.
    package var message: String

    /// The place, the field and the message, as one line.
    package var line: String { "\(location) \(path.isEmpty ? "" : "\(path): ")\(message)" }

    package init(severity: Severity, location: SourceLocation, path: String, message: String) {
        self.severity = severity
        self.location = location
        self.path = path
        self.message = message
    }
}
