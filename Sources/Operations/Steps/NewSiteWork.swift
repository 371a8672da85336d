import FrappeModel
import ManifestParsing

/// What the one-shot container does that makes a site, or takes over the one that a database has.
struct NewSiteWork {
    let site: Site
    let bench: DesiredBench
    let record: SiteRecord
    let options: NewSiteOptions
    let adminPassword: String
    let encryptionKey: String?
    let publicURL: String

    var commands: BenchCommands {
        let siteName = site.siteName
        let scheduler = ["frappe", "--site", siteName, "scheduler", "enable"]
        var commands: [BenchCommands.Command] = site.takesOver ? [migrate] : [newSite]
        let files = options.certificates.map { $0.command(in: siteName) }
        commands = site.takesOver ? files + commands : commands + files
        if !site.takesOver {
            commands += configuration.sorted { $0.key < $1.key }.map { .setting($0.key, $0.value, of: siteName) }
        }
        commands += [
            .publicURL(publicURL, of: siteName), .init(shown: "scheduler enable", arguments: scheduler),
        ]
        var work = BenchCommands(remove: [], commands: commands, marker: "\(siteName)/\(CreateSite.marker)")
        work.overlay = overlay
        if site.takesOver { work.adopt = .init(site: siteName, configuration: adopted) }
        return work
    }

    /// Keys of the site's own configuration.
    private var configuration: [String: ManifestValue] {
        var values = options.configuration
        if let encryptionKey { values["encryption_key"] = .string(encryptionKey) }
        for file in options.certificates { values[file.key] = file.setting(in: site.siteName) }
        return values
    }

    /// What `new-site` is to find before the file that holds it is there: with another key it could encrypt what
    /// nobody could read afterwards.
    private var overlay: [String: PlainJSON] {
        guard !site.takesOver else { return [:] }
        var values = encryptionKey.map { ["encryption_key": PlainJSON(.string($0))] } ?? [:]
        for file in options.certificates { values[file.key] = PlainJSON(.string(file.uploaded)) }
        return values
    }

    /// What the container finds beside its input.
    var files: [String: [UInt8]] {
        Dictionary(options.certificates.map { ($0.uploaded, [UInt8]($0.text.utf8)) }) { $1 }
    }

    private var adopted: [String: PlainJSON] {
        var values = configuration
        values["db_name"] = .string(record.databaseName)
        values["db_password"] = options.secrets.first.map { .string($0) }
        return values.mapValues { PlainJSON($0) }
    }

    private var newSite: BenchCommands.Command {
        var arguments = ["frappe", "new-site", site.siteName] + options.arguments
        arguments += ["--admin-password", adminPassword]
        for app in apps { arguments += ["--install-app", app] }
        return .init(shown: "new-site \(site.siteName)", arguments: arguments)
    }

    private var migrate: BenchCommands.Command {
        .init(shown: "migrate", arguments: ["frappe", "--site", site.siteName, "migrate"])
    }

    private var apps: [String] {
        (site.apps ?? bench.bench.apps).filter { $0 != "frappe" }
    }
}

/// Secrets that a new site is given.
struct SiteSecrets {
    let host: HostContext

    /// The one of the Secret that the manifest names, else one that is made.
    func adminPassword(of site: Site) throws -> String {
        guard let reference = site.adminPassword else {
            return try host.secrets.valueOrNew(.adminPassword(of: site.name))
        }
        return try value(reference)
    }

    /// Nil where the framework is to make one.
    func encryptionKey(of site: Site) throws -> String? {
        guard let reference = site.encryptionKey else { return nil }
        let name = SecretName.manifest(reference.secret, key: reference.key)
        return reference.isOptional && host.secrets.value(name) == nil ? nil : try value(reference)
    }

    private func value(_ reference: SecretKeyReference) throws -> String {
        let name = SecretName.manifest(reference.secret, key: reference.key)
        guard let value = host.secrets.text(name) else {
            throw StepReason(
                description: "the Secret \(reference.secret) has no key \(reference.key)",
                next: "apply it: frappectl up -f FILE with the Secret in it")
        }
        if let problem = host.secrets.value(name).flatMap(ManifestParser.passwordProblem) {
            throw StepReason(
                description: "the value of \(reference.key) in Secret \(reference.secret) \(problem)",
                next: "frappectl up -f FILE with the Secret and another value in it")
        }
        return value
    }
}
