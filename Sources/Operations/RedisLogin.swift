import FoundationEssentials
import FrappeModel

/// What a bench logs in with at its external Redis; it goes into the configuration in `sites/` and nowhere else.
struct RedisLogin: Sendable {
    let user: String?
    let password: String?

    init(_ redis: ExternalRedis, _ values: SecretValues) {
        func text(_ key: String) -> String? { redis.secret.flatMap { values.text($0, key) } }
        (user, password) = (text("username"), text("password"))
    }

    var fingerprint: String {
        StableHash.hex(StableHash.fnv64(Array("\(user ?? "")\u{0}\(password ?? "")".utf8)))
    }

    /// The same configuration with the login in each URL of Redis.
    func config(_ config: ManifestValue) -> ManifestValue {
        guard let password, case .map(let entries) = config else { return config }
        let login = "redis://\(Self.encoded(user ?? "")):\(Self.encoded(password))@"
        return .map(
            entries.map { entry in
                guard entry.key.hasPrefix("redis_"), let url = entry.value.string else { return entry }
                return .init(key: entry.key, value: .string(url.replacing("redis://", with: login, maxReplacements: 1)))
            })
    }

    /// Letters and digits as they are, every other byte as `%XX`.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
            guard byte >= 0x80 || !isPlain else { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" + digits : digits)
        }.joined()
    }
}

extension DesiredBench {
    /// `common_site_config.json` as it is written.
    func writtenConfig(_ secrets: SecretStore) -> ManifestValue {
        guard let redis = bench.redis.external else { return commonSiteConfig }
        return RedisLogin(redis, SecretValues(kept: secrets)).config(commonSiteConfig)
    }
}
