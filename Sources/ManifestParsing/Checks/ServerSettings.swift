import FrappeModel

/// Reads a `myCnf`: the option file of a MariaDB server, without what frappectl settles itself.
///
/// What a section for clients says is left out, since the clients in the container are ours.
struct ServerSettings {
    private(set) var settings: [DatabaseSetting] = []
    /// What cannot be meant, each with its line of the text.
    private(set) var complaints: [String] = []

    init(_ text: String) {
        var isOfServer = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = Self.plain(line)
            guard !line.isEmpty else { continue }
            if line.hasPrefix("[") {
                isOfServer = Self.isServer(line)
            } else if line.hasPrefix("!") {
                complain(index, "\(SafeText.quoted(line)) reads other files: write their settings here")
            } else if isOfServer {
                read(line, index)
            }
        }
    }

    private static func isServer(_ section: String) -> Bool {
        let name = section.drop { $0 == "[" }.prefix { $0 != "]" }
        return ["mariadb", "mariadbd", "mysqld", "server"].contains { name == $0 || name.hasPrefix("\($0)-") }
    }

    /// Without comments and blanks around it.
    private static func plain(_ line: Substring) -> String {
        let start = line.drop { $0 == " " || $0 == "\t" }
        guard let first = start.first, first != "#", first != ";" else { return "" }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }

    private mutating func read(_ line: String, _ index: Int) {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
            String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
        let name = parts[0].lowercased().replacing("-", with: "_")
        guard !name.isEmpty,
            name.utf8.allSatisfy({ Names.isLetter($0) || Names.isDigit($0) || $0 == UInt8(ascii: "_") }),
            line.unicodeScalars.allSatisfy(SafeText.isPrintable)
        else { return complain(index, "\(SafeText.quoted(line)) is not a setting (name = value)") }
        let setting = DatabaseSetting(name: name, value: parts.count > 1 ? parts[1] : nil)
        switch Ownership(setting) {
        case .free: settings.append(setting)
        case .same: break
        case .ours(let reason): complain(index, "\(name) \(reason)")
        }
    }

    private mutating func complain(_ index: Int, _ message: String) {
        complaints.append("line \(index + 1): \(message)")
    }
}

/// Whether a setting is the manifest's to make.
private enum Ownership {
    case free
    /// Ours, and said as we set it.
    case same
    case ours(String)

    init(_ setting: DatabaseSetting) {
        let name = Self.known(setting.name)
        let value = setting.value?.lowercased().filter { $0 != "\"" && $0 != "'" }
        if let reason = Self.never[name] {
            self = .ours(reason)
        } else if let (values, reason) = Self.fixed[name] {
            self = values.contains(value ?? "") ? .same : .ours(reason)
        } else {
            self = .free
        }
    }

    /// Without prefixes that change nothing about what is set.
    private static func known(_ name: String) -> String {
        var name = name
        for prefix in ["loose_", "maximum_"] where name.hasPrefix(prefix) {
            name = String(name.dropFirst(prefix.count))
        }
        return name
    }

    private static let on: Set<String> = ["", "1", "on", "true"]
    private static let off: Set<String> = ["0", "off", "false"]

    /// Settings with the values that are ours, and why there are no others.
    private static let fixed: [String: (Set<String>, String)] = [
        "character_set_server": (["utf8mb4"], "has to be utf8mb4: Frappe checks it"),
        "collation_server": (["utf8mb4_unicode_ci"], "has to be utf8mb4_unicode_ci: Frappe checks it"),
        "character_set_client_handshake": (off, "has to be off: Frappe wants utf8mb4 whatever a client says"),
        "skip_character_set_client_handshake": (on, "has to be on: Frappe wants utf8mb4 whatever a client says"),
        "bind_address": (["*", "0.0.0.0", "::"], "has to be *: the server is reached from its networks alone"),
        "port": (["3306"], "has to be 3306: sites are told so"),
        "datadir": (["/var/lib/mysql"], "is a directory of the host, mounted at /var/lib/mysql"),
        "skip_name_resolve": (on, "has to be on: containers have no names to look up"),
        "innodb_flush_log_at_trx_commit": (["1"], "has to be 1: with less a crash loses what was committed"),
        "skip_networking": (off, "would cut all sites off"),
        "skip_grant_tables": (off, "would let everybody in"),
        "require_secure_transport": (off, "would cut all sites off, which ask inside the bench's own network"),
    ]

    /// Settings that are never the manifest's, and why.
    private static let never: [String: String] = {
        var reasons: [String: String] = [:]
        func add(_ names: [String], _ reason: String) { for name in names { reasons[name] = reason } }
        add(["socket", "pid_file", "user", "basedir", "chroot", "tmpdir", "init_file"], "is that of the image")
        add(["log_error"], "would hide the log from frappectl logs")
        add(
            ["innodb_data_home_dir", "innodb_log_group_home_dir", "innodb_undo_directory", "aria_log_dir_path"],
            "would put data where nothing keeps it")
        add(
            ["innodb_page_size", "innodb_undo_tablespaces", "innodb_data_file_path", "lower_case_table_names"],
            "cannot change for data that is there")
        add(
            ["plugin_dir", "plugin_load", "plugin_load_add", "secure_file_priv"], "would let files of the container in")
        return reasons
    }()
}
