import FrappeModel

/// What `spec.dbConfig` of a bench or of a site says; a site's goes over its bench's, field by field.
struct DatabaseDecoding {
    private(set) var isDedicated: Bool?
    private(set) var server: String?
    private(set) var dedicated = DedicatedDatabase()

    private static let path = "spec.dbConfig"

    init(_ fields: DocumentFields) {
        server = fields.text("\(Self.path).mariadbRef.name")
        // Who names a shared server wants it, whatever the bench does by default.
        isDedicated = fields.text("\(Self.path).mode").map { $0 == "dedicated" } ?? (server == nil ? nil : false)
        dedicated.image = fields.text("\(Self.path).image")
        dedicated.storageSize = fields.bytes("\(Self.path).storageSize")
        dedicated.requestedMemory = fields.bytes("\(Self.path).resources.requests.memory")
        dedicated.limitMemory = fields.bytes("\(Self.path).resources.limits.memory")
        dedicated.requestedCPU = fields.milliCPU("\(Self.path).resources.requests.cpu")
        dedicated.limitCPU = fields.milliCPU("\(Self.path).resources.limits.cpu")
    }

    func over(_ standard: DatabaseDecoding?) -> DatabaseDecoding {
        guard let standard else { return self }
        var merged = self
        merged.isDedicated = isDedicated ?? standard.isDedicated
        merged.server = server ?? standard.server
        merged.dedicated.image = dedicated.image ?? standard.dedicated.image
        merged.dedicated.storageSize = dedicated.storageSize ?? standard.dedicated.storageSize
        let own = dedicated
        if own.requestedMemory == nil, own.limitMemory == nil {
            merged.dedicated.requestedMemory = standard.dedicated.requestedMemory
            merged.dedicated.limitMemory = standard.dedicated.limitMemory
        }
        if own.requestedCPU == nil, own.limitCPU == nil {
            merged.dedicated.requestedCPU = standard.dedicated.requestedCPU
            merged.dedicated.limitCPU = standard.dedicated.limitCPU
        }
        return merged
    }

    /// The shared server, nil where sites get servers of their own.
    var sharedServer: String? { isDedicated == true ? nil : server ?? Site.defaultDatabaseServer }

    /// What cannot be meant as it is written.
    static func check(_ fields: inout DocumentFields, isDedicated: Bool) {
        if isDedicated, fields["\(path).mariadbRef"] != nil {
            fields.note(.warning, "\(path).mariadbRef", "ignored: mode dedicated makes a server for each site")
        }
        for name in ["storageSize", "image", "resources"] where !isDedicated && fields["\(path).\(name)"] != nil {
            fields.note(.warning, "\(path).\(name)", "ignored: it is for mode dedicated, and this is a shared server")
        }
        checkAmounts(&fields)
    }

    private static func checkAmounts(_ fields: inout DocumentFields) {
        let resources = "\(path).resources"
        for (name, request, limit) in [
            (
                "memory", fields.bytes("\(resources).requests.memory"), fields.bytes("\(resources).limits.memory")
            ), ("cpu", fields.milliCPU("\(resources).requests.cpu"), fields.milliCPU("\(resources).limits.cpu")),
        ] {
            guard let request, let limit, limit < request else { continue }
            let written = fields["\(resources).requests.\(name)"]?.amountText ?? ""
            fields.note(
                .error, "\(resources).limits.\(name)", "the limit is below the request of \(SafeText.plain(written))")
        }
        if let limit = fields.bytes("\(resources).limits.memory"), limit < 256 << 20 {
            fields.note(.warning, "\(resources).limits.memory", "under 256Mi: MariaDB will hardly start")
        }
    }
}
