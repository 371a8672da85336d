import FrappeModel
import Rendering

/// Writes keys of ours into a site's own configuration again; others stay as they are.
struct RestoreConfiguration: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering
    let bench: DesiredBench
    let site: Site

    func write(_ keys: [String], progress: @escaping @Sendable (String) -> Void) async throws {
        guard let record = try host.store.sites()[site.name] else { return }
        let login = try login(record)
        let values = values(record, login)
        let settings = try keys.map { key -> BenchCommands.Command in
            guard let value = values[key] else {
                throw StepReason(
                    description: "the value of \(key) is not kept here",
                    next: "put it into sites/\(site.siteName)/site_config.json: frappectl shell \(site.siteName)")
            }
            return .setting(key, value, of: site.siteName)
        }
        let once = OneShot(
            host: host, operation: operation,
            name: host.layout.objectName("once", host.layout.shortID(site.name), "configuration"),
            step: "configuration",
            labels: [Label.bench: site.bench.name, Label.namespace: site.bench.namespace, Label.site: site.siteName])
        // bench writes the file in its place: a container that is at it is never removed.
        _ = try await once.awaitLeftover(output: { _ in })
        let kept = host.secrets.text(.databasePassword(of: site.name))
        let redaction = Redaction(secrets: [kept, login?.password].compactMap(\.self))
        let commands = certificates(keys, login, before: settings)
        let work = BenchCommands(remove: [], commands: commands, marker: nil)
        let (code, lines) = try await once.complete(
            try rendering.commands(.maintenance, of: bench), files: [OneShotInput.path: try OneShotInput.encode(work)],
            output: { progress(redaction($0)) })
        guard code == 0 else {
            throw StepReason(
                description: "set-config of \(keys.joined(separator: ", ")) exited with \(code)",
                logs: lines.map { redaction($0) }, next: "mend the cause, then frappectl up --deep")
        }
        if let login { try keep(login) }
    }

    /// Of an external database: what its Secret says now.
    private func login(_ record: SiteRecord) throws -> ExternalLogin? {
        guard let external = site.externalDatabase, ExternalDatabase.owns(record.databaseServer) else { return nil }
        return try ExternalLogin(external, of: site, record, SecretValues(kept: host.secrets))
    }

    /// New files are there before settings name them, and old ones go when none does any more.
    private func certificates(
        _ keys: [String], _ login: ExternalLogin?, before settings: [BenchCommands.Command]
    ) -> [BenchCommands.Command] {
        guard let login, keys.contains(where: DatabaseCertificate.keys.contains) else { return settings }
        return DatabaseCertificate.all(login).map { $0.command(in: site.siteName) } + settings
            + DatabaseCertificate.removals(login, in: site.siteName)
    }

    private func values(_ record: SiteRecord, _ login: ExternalLogin?) -> [String: ManifestValue] {
        let own = SiteConfiguration(record, url: record.publicURL, host.secrets)
        var values = own.values.merging(own.whereGiven) { first, _ in first }
        if let login {
            values["db_password"] = .string(login.password)
            values["db_user"] = .string(login.user)
            // A key that has no value any more is taken out of the file by this word.
            for key in DatabaseCertificate.keys { values[key] = .string("None") }
            for file in DatabaseCertificate.all(login) { values[file.key] = file.setting(in: site.siteName) }
        }
        return values
    }

    private func keep(_ login: ExternalLogin) throws {
        guard var record = try host.store.sites()[site.name] else { return }
        try login.keep(as: site.name, in: host.secrets)
        record.databaseUser = login.user == login.database ? nil : login.user
        try host.store.put(record)
    }
}
