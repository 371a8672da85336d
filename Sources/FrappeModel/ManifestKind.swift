/// The kinds of manifest that frappectl reads.
package enum ManifestKind: String, Codable, Sendable, CaseIterable, Comparable {
    case host = "Host"
    case secret = "Secret"
    case bench = "FrappeBench"
    case site = "FrappeSite"
    case domain = "SiteDomain"
    case server = "MariaDB"
    case configMap = "ConfigMap"
    // Kept as they are applied, and not yet acted on.
    case backup = "SiteBackup"
    case restore = "SiteRestore"
    case app = "SiteApp"
    case config = "SiteConfig"
    case migration = "SiteMigration"
    case user = "SiteUser"
    case role = "SiteRole"
    case userPermission = "SiteUserPermission"
    case apiKey = "SiteAPIKey"
    case job = "SiteJob"
    case cron = "SiteCron"
    case quota = "SiteQuota"
    case webhook = "SiteWebhook"
    case clientScript = "SiteClientScript"
    case serverScript = "SiteServerScript"
    case customField = "SiteCustomField"
    case propertySetter = "SitePropertySetter"
    case workspace = "SiteWorkspace"
    case dashboard = "SiteDashboard"
    case dashboardChart = "SiteDashboardChart"
    case benchPool = "FrappeBenchPool"
    case frappeWorkspace = "FrappeWorkspace"
    case frappeWorkpace = "FrappeWorkpace"

    /// Those whose word is done here, in the order in which people need them.
    package static let inForce: [ManifestKind] = [.bench, .site, .domain, .server, .secret, .configMap, .host]

    package var isInForce: Bool { Self.inForce.contains(self) }

    /// What people call it.
    package var word: String {
        switch self {
        case .bench: "bench"
        case .site: "site"
        case .domain: "domain"
        default: rawValue.lowercased()
        }
    }

    package static func < (left: ManifestKind, right: ManifestKind) -> Bool {
        left.order < right.order
    }

    private var order: Int { ManifestKind.allCases.firstIndex(of: self) ?? 0 }
}

extension ManifestKind {
    /// Reads a kind as people write it: `FrappeSite`, `site`, `sites`, `sitebackup`, `backup`.
    package init?(word: String) {
        let word = word.lowercased()
        let forms = [word] + ["s", "es"].filter(word.hasSuffix).map { String(word.dropLast($0.count)) }
        let kind = forms.lazy.compactMap { form in
            Self.allCases.first { $0.word == form || $0.rawValue.lowercased() == form }
                ?? Self.allCases.first { $0.rawValue.lowercased() == "site" + form }
        }.first
        guard let kind else { return nil }
        self = kind
    }
}
