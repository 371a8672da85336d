import FrappeModel

/// Reads a `MariaDB`.
struct ServerDecoding {
    private(set) var fields: DocumentFields
    private let configMaps: [ObjectName: [String: String]]?

    /// - Parameter configMaps: nil where some document could not be read, so that a missing one is no news.
    init(_ fields: DocumentFields, configMaps: [ObjectName: [String: String]]?) {
        self.fields = fields
        self.configMaps = configMaps
    }

    mutating func server() -> DatabaseServer {
        var server = DatabaseServer(name: fields.name)
        server.sizes.image = fields.text("spec.image")
        server.sizes.storageSize = fields.bytes("spec.storage.size")
        server.sizes.resources = fields.resources("spec.resources")
        server.rootPassword = fields.reference("spec.rootPasswordSecretKeyRef").map {
            var reference = SecretKeyReference(
                secret: $0, key: fields.text("spec.rootPasswordSecretKeyRef.key") ?? "password")
            reference.isOptional = fields["spec.rootPasswordSecretKeyRef.generate"] == .bool(true)
            return reference
        }
        server.settings = Self.settings("spec.myCnf", &fields) + referredSettings()
        if DedicatedDatabase.owns(fields.name.name) || ExternalDatabase.owns(fields.name.name) {
            fields.note(.error, "metadata.name", "is a name of servers that one site has: choose another")
        }
        return server
    }

    private mutating func referredSettings() -> [DatabaseSetting] {
        let path = "spec.myCnfConfigMapKeyRef"
        guard let name = fields.reference(path), let key = fields.text("\(path).key"), let configMaps else { return [] }
        guard fields["spec.myCnf"] == nil else {
            fields.note(.error, path, "myCnf is given too: keep one of them")
            return []
        }
        guard let text = configMaps[name]?[key] else {
            if fields["\(path).optional"] != .bool(true) {
                let lack = "ConfigMap \(name) has no key \(SafeText.plain(key))"
                fields.note(
                    .error, "\(path).name", configMaps[name] == nil ? "there is no ConfigMap \(name)" : lack)
            }
            return []
        }
        return Self.settings(text, from: "\(SafeText.plain(key)) of ConfigMap \(name), ", "\(path).key", &fields)
    }

    static func settings(_ path: String, _ fields: inout DocumentFields) -> [DatabaseSetting] {
        fields[path]?.string.map { settings($0, path, &fields) } ?? []
    }

    /// - Parameter source: where the text is, before each complaint about it.
    private static func settings(
        _ text: String, from source: String = "", _ path: String, _ fields: inout DocumentFields
    ) -> [DatabaseSetting] {
        let read = ServerSettings(text)
        for complaint in read.complaints { fields.note(.error, path, source + complaint) }
        return read.settings
    }
}
