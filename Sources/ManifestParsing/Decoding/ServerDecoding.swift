import FrappeModel

/// Reads a `MariaDB`.
struct ServerDecoding {
    private(set) var fields: DocumentFields

    init(_ fields: DocumentFields) {
        self.fields = fields
    }

    mutating func server() -> DatabaseServer {
        var server = DatabaseServer(name: fields.name)
        server.sizes.image = fields.text("spec.image")
        server.sizes.storageSize = fields.bytes("spec.storage.size")
        server.sizes.requestedMemory = fields.bytes("spec.resources.requests.memory")
        server.sizes.limitMemory = fields.bytes("spec.resources.limits.memory")
        server.sizes.requestedCPU = fields.milliCPU("spec.resources.requests.cpu")
        server.sizes.limitCPU = fields.milliCPU("spec.resources.limits.cpu")
        server.rootPassword = fields.reference("spec.rootPasswordSecretKeyRef").map {
            var reference = SecretKeyReference(
                secret: $0, key: fields.text("spec.rootPasswordSecretKeyRef.key") ?? "password")
            reference.isOptional = fields["spec.rootPasswordSecretKeyRef.generate"] == .bool(true)
            return reference
        }
        server.settings = Self.settings("spec.myCnf", &fields)
        if DedicatedDatabase.owns(fields.name.name) || ExternalDatabase.owns(fields.name.name) {
            fields.note(.error, "metadata.name", "is a name of servers that one site has: choose another")
        }
        return server
    }

    static func settings(_ path: String, _ fields: inout DocumentFields) -> [DatabaseSetting] {
        guard let text = fields[path]?.string else { return [] }
        let read = ServerSettings(text)
        for complaint in read.complaints { fields.note(.error, path, complaint) }
        return read.settings
    }
}
