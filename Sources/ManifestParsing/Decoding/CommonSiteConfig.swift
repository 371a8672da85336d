import FrappeModel

/// Reads `spec.commonSiteConfig` of a bench: keys of a file that all its sites and containers read.
enum CommonSiteConfig {
    private static let path = "spec.commonSiteConfig"

    static func read(_ fields: inout DocumentFields) -> [ManifestValue.Entry] {
        guard let value = fields[path], value != .null else { return [] }
        guard let entries = value.entries else {
            fields.note(.error, path, "expected a map (lines of key: value), found \(value.words)")
            return []
        }
        for entry in entries {
            if let reason = reason(against: entry.key) { fields.note(.error, "\(path).\(entry.key)", reason) }
        }
        return entries.filter { reason(against: $0.key) == nil && $0.value != .null }
    }

    /// Why a key cannot be set here, nil where it can.
    static func reason(against key: String) -> String? {
        if let reason = reasons[key] { return reason }
        guard key.isEmpty || key.utf8.count > 100 || !key.unicodeScalars.allSatisfy(SafeText.isPrintable) else {
            return nil
        }
        return "is no name of a setting"
    }

    private static let reasons: [String: String] = {
        var reasons: [String: String] = [:]
        func add(_ keys: [String], _ reason: String) { for key in keys { reasons[key] = reason } }
        add(["bench_id", "redis_cache", "redis_queue", "redis_socketio", "socketio_port", "chromium_path"], ours)
        add(["db_host", "db_port"], "is set by frappectl: spec.dbConfig says which server")
        add(["max_file_size"], "follows the largest proxy-body-size of its sites (spec.ingress.annotations)")
        add(
            ["db_name", "db_user", "db_password", "db_type", "db_socket", "host_name", "encryption_key"],
            "belongs to one site, not to all of them")
        add(
            ["root_login", "root_password", "mariadb_root_password", "admin_password"],
            "is a secret, and this is a file that every site reads")
        add(
            ["webserver_port", "http_port"],
            "would be appended to every link: the public URL follows the site's domain and the Host manifest")
        return reasons
    }()

    private static let ours = "is set by frappectl"
}
