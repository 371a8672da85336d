import FrappeModel

/// What `spec.dbConfig` of a bench or of a site says; a site's goes over its bench's, field by field.
struct DatabaseDecoding {
    private(set) var mode: DatabaseMode?
    private(set) var server: String?
    private(set) var dedicated = DedicatedDatabase()
    private(set) var host: String?
    private(set) var port: Int?
    private(set) var secret: ObjectName?
    private(set) var maxStatementSeconds: Int?

    static let path = "spec.dbConfig"

    init(_ fields: DocumentFields) {
        server = fields.text("\(Self.path).mariadbRef.name")
        mode = Self.mode(fields, server: server)
        host = fields.text("\(Self.path).host")
        port = fields.text("\(Self.path).port").flatMap { Int($0) }
        secret = fields.reference("\(Self.path).connectionSecretRef")
        // That of a bench may be beside dbConfig, too.
        maxStatementSeconds =
            fields.integer("\(Self.path).maxStatementTimeSeconds") ?? fields.integer("spec.maxStatementTimeSeconds")
        dedicated.image = fields.text("\(Self.path).image")
        dedicated.storageSize = fields.bytes("\(Self.path).storageSize")
        dedicated.resources = fields.resources("\(Self.path).resources")
    }

    /// In the operator's format an external database is a provider, whatever the mode beside it.
    private static func mode(_ fields: DocumentFields, server: String?) -> DatabaseMode? {
        if fields.text("\(path).provider") == DatabaseMode.external.rawValue { return .external }
        // Who names a shared server wants it, whatever the bench does by default.
        return fields.text("\(path).mode").flatMap(DatabaseMode.init(rawValue:)) ?? (server == nil ? nil : .shared)
    }

    func over(_ standard: DatabaseDecoding?) -> DatabaseDecoding {
        guard let standard else { return self }
        var merged = self
        merged.mode = mode ?? standard.mode
        merged.server = server ?? standard.server
        merged.host = host ?? standard.host
        merged.port = port ?? standard.port
        merged.secret = secret ?? standard.secret
        merged.maxStatementSeconds = maxStatementSeconds ?? standard.maxStatementSeconds
        merged.dedicated.image = dedicated.image ?? standard.dedicated.image
        merged.dedicated.storageSize = dedicated.storageSize ?? standard.dedicated.storageSize
        let (own, others) = (dedicated.resources, standard.dedicated.resources)
        if own.requestedMemory == nil, own.limitMemory == nil {
            merged.dedicated.resources.requestedMemory = others.requestedMemory
            merged.dedicated.resources.limitMemory = others.limitMemory
        }
        if own.requestedCPU == nil, own.limitCPU == nil {
            merged.dedicated.resources.requestedCPU = others.requestedCPU
            merged.dedicated.resources.limitCPU = others.limitCPU
        }
        return merged
    }

    /// The shared server, nil where sites get servers of their own or use those of others.
    var sharedServer: String? { mode ?? .shared == .shared ? server ?? Site.defaultDatabaseServer : nil }

    /// The database of others, nil where the mode is another or the Secret with its login is missing.
    var external: ExternalDatabase? {
        guard mode == .external, let secret else { return nil }
        return ExternalDatabase(host: host, port: port, secret: secret)
    }
}

// What cannot be meant as it is written.
extension DatabaseDecoding {
    private static let ofExternal = ["host", "port", "connectionSecretRef"]
    private static let ofDedicated = ["storageSize", "image", "resources"]

    static func check(_ fields: inout DocumentFields, mode: DatabaseMode) {
        checkIgnored(&fields, mode)
        checkAmounts(&fields)
        checkAddress(&fields)
    }

    private static func checkIgnored(_ fields: inout DocumentFields, _ mode: DatabaseMode) {
        if mode == .dedicated, fields["\(path).mariadbRef"] != nil {
            fields.note(.warning, "\(path).mariadbRef", "ignored: mode dedicated makes a server for each site")
        }
        if mode == .external, fields["\(path).mariadbRef"] != nil {
            fields.note(.warning, "\(path).mariadbRef", "ignored: an external server is not one of ours")
        }
        for name in ofDedicated where mode != .dedicated && fields["\(path).\(name)"] != nil {
            let what = mode == .shared ? "a shared server" : "an external one"
            fields.note(.warning, "\(path).\(name)", "ignored: it is for mode dedicated, and this is \(what)")
        }
        if mode == .external, fields["\(path).maxStatementTimeSeconds"] != nil {
            fields.note(
                .warning, "\(path).maxStatementTimeSeconds",
                "ignored: the account on an external server is not ours (there: ALTER USER ... WITH MAX_STATEMENT_TIME)"
            )
        }
        for name in ofExternal where mode != .external && fields["\(path).\(name)"] != nil {
            fields.note(.warning, "\(path).\(name)", "ignored: it is for mode external, and this is a server of ours")
        }
    }

    /// Without a login there is nothing to use.
    func checkLogin(_ fields: inout DocumentFields) {
        guard mode == .external, secret == nil else { return }
        let place = fields["\(Self.path).provider"] == nil ? "mode" : "provider"
        let path = fields[Self.path] == nil ? "spec" : "\(Self.path).\(place)"
        fields.note(
            .error, path,
            "an external database needs connectionSecretRef: a Secret with username, password, host and database")
    }

    private static func checkAddress(_ fields: inout DocumentFields) {
        if let text = fields.text("\(path).port"), !(1...65_535).contains(Int(text) ?? 0) {
            fields.note(.error, "\(path).port", "\(SafeText.quoted(text)) is not a port (1 to 65535)")
        }
        guard let host = fields.text("\(path).host") else { return }
        if let complaint = ExternalHost.complaint(host) { fields.note(.error, "\(path).host", complaint) }
    }

    private static func checkAmounts(_ fields: inout DocumentFields) {
        let resources = "\(path).resources"
        fields.checkResources(resources)
        if let limit = fields.bytes("\(resources).limits.memory"), limit < 256 << 20 {
            fields.note(.warning, "\(resources).limits.memory", "under 256Mi: MariaDB will hardly start")
        }
    }
}

/// Where servers of others may be.
package enum ExternalHost {
    /// What is wrong with a host, nil for a name or an IPv4 address that containers can reach.
    package static func complaint(_ host: String) -> String? {
        if let address = IPv4Network.parseAddress(host) {
            guard IPv4Network.dotted(address).hasPrefix("127.") else { return nil }
            return loopback(host)
        }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return loopback(host) }
        guard (try? Names.checkDNS(host)) != nil else {
            return "\(SafeText.quoted(host)) is not a DNS name or an IPv4 address (networks of benches are IPv4)"
        }
        return nil
    }

    private static func loopback(_ host: String) -> String {
        "\(SafeText.quoted(host)) would be the container itself: name this machine by an address that others reach it by"
    }
}
