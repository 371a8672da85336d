import FrappeModel

extension DatabaseConsole {
    /// Who may do what. Names come in hexadecimal, since they may hold what separates columns.
    func accounts() async throws -> DatabaseLook {
        let rows = try await run(
            """
            SELECT 'database', HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA;
            SELECT 'account', HEX(User), HEX(Host) FROM mysql.user;
            SELECT 'grant', HEX(GRANTEE), HEX(TABLE_SCHEMA), HEX(GROUP_CONCAT(PRIVILEGE_TYPE SEPARATOR ','))
              FROM information_schema.SCHEMA_PRIVILEGES GROUP BY GRANTEE, TABLE_SCHEMA;
            SELECT 'global', HEX(GRANTEE), HEX(GROUP_CONCAT(PRIVILEGE_TYPE SEPARATOR ','))
              FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE' GROUP BY GRANTEE;
            """)
        return DatabaseLook(rows: rows)
    }
}

extension DatabaseLook {
    init(rows: String) {
        self.init()
        for row in rows.split(separator: "\n") {
            let columns = row.split(separator: "\t", omittingEmptySubsequences: false)
            let values = columns.dropFirst().map(Self.text)
            switch (columns.first, values.count) {
            case ("database", 1): databases.insert(values[0])
            case ("account", 2): accounts.insert(DatabaseAccount(user: values[0], host: values[1]))
            case ("grant", 3):
                if let account = DatabaseAccount(grantee: values[0]) {
                    grants[account, default: [:]][values[1]] = Self.privileges(values[2])
                }
            case ("global", 2):
                if let account = DatabaseAccount(grantee: values[0]) { global[account] = Self.privileges(values[1]) }
            default: break
            }
        }
    }

    private static func privileges(_ list: String) -> Set<String> { Set(list.split(separator: ",").map(String.init)) }

    private static func text(_ hexadecimal: Substring) -> String {
        var digits = hexadecimal
        var bytes: [UInt8] = []
        while digits.count >= 2, let byte = UInt8(digits.prefix(2), radix: 16) {
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension DatabaseAccount {
    /// Reads `'user'@'host'`; a host holds no quote.
    init?(grantee: String) {
        guard let at = grantee.ranges(of: "'@'").last, grantee.hasPrefix("'"), grantee.hasSuffix("'") else {
            return nil
        }
        self.init(
            user: String(grantee[..<at.lowerBound].dropFirst()), host: String(grantee[at.upperBound...].dropLast()))
    }
}
