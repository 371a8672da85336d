import Diagnosis
import FrappeModel
import Rendering

/// Databases that others run, looked at before anything is stored or begun: those of sites that are to be made, and
/// those whose login is another one now.
struct ExternalDatabases: Sendable {
    let host: HostContext
    let set: ManifestSet
    let releases: [ObjectName: Release]

    private struct Subject: Sendable {
        var site: Site
        var bench: Bench
        var release: Release
        var login: ExternalLogin
        var needs: ExternalDatabaseNeeds
    }

    /// - Throws: everything that is wrong with any of them, with what to do about each.
    func check(_ scope: Scope, _ operation: Operation) async throws {
        let records = try host.store.sites()
        let subjects = try subjects(scope, records)
        guard !subjects.isEmpty else { return }
        var findings = Self.claims(subjects, records) + subjects.flatMap { beforehand($0) }
        if !findings.contains(where: { $0.level == .fail }) { findings += try await asking(subjects, operation) }
        for finding in findings where finding.level == .warn {
            host.progress(.warning("\(finding.text)\(finding.next.map { "; next: \($0)" } ?? "")"))
        }
        let failures = findings.filter { $0.level == .fail }
        guard !failures.isEmpty else { return }
        let lines = failures.map { "\($0.text)\($0.next.map { "\n  next: \($0)" } ?? "")" }
        throw OperationError.failed(
            lines.joined(separator: "\n") + "\nnothing was begun, and nothing was stored",
            next: "the same command again")
    }

    private func subjects(_ scope: Scope, _ records: [ObjectName: SiteRecord]) throws -> [Subject] {
        let values = SecretValues(set, host.secrets)
        return try set.manifests.sites.values.sorted { $0.siteName < $1.siteName }.compactMap { site in
            guard let external = site.externalDatabase, scope.covers(bench: site.bench),
                let bench = set.manifests.benches[site.bench], let release = releases[site.bench],
                records[site.name]?.closing == nil
            else { return nil }
            let record = records[site.name]
            let login = try ExternalLogin(external, of: site, record, values)
            if record?.created == true, !ExternalLogins.differs(login, from: site, record, host.secrets) { return nil }
            let needs = ExternalDatabaseNeeds(site, login, secret: external.secret, release: release, record: record)
            return Subject(site: site, bench: bench, release: release, login: login, needs: needs)
        }
    }

    private func beforehand(_ subject: Subject) -> [Finding] { ExternalDatabaseDiagnosis(subject.needs).beforehand }

    /// Two sites in one database would overwrite each other.
    private static func claims(_ subjects: [Subject], _ records: [ObjectName: SiteRecord]) -> [Finding] {
        var owners: [String: String] = [:]
        for record in records.values where ExternalDatabase.owns(record.databaseServer) {
            owners["\(record.databaseServer)/\(record.databaseName)"] = record.siteName
        }
        var findings: [Finding] = []
        for subject in subjects {
            let place = "\(subject.login.server)/\(subject.login.database)"
            if let owner = owners[place], owner != subject.site.siteName {
                findings.append(
                    Finding(
                        .fail, "external-database",
                        "\(subject.site.siteName): the database \(subject.login.database) on \(subject.login.server) is "
                            + "that of \(owner)",
                        next: "a database and a user of its own for each site"))
            }
            owners[place] = owners[place] ?? subject.site.siteName
        }
        return findings
    }

    private func asking(_ subjects: [Subject], _ operation: Operation) async throws -> [Finding] {
        try await operation.step(
            "external databases", kind: "check-database", subject: "external databases",
            cause: "looked at before anything is begun"
        ) {
            let rendering = try DesiredRendering(
                manifests: set.manifests, releases: releases, layout: host.layout, machine: host.machine,
                edgeConfiguration: { _, _ in "" })
            let made = try await ensureNetworks(of: subjects, rendering)
            do {
                var findings: [Finding] = []
                for subject in subjects { findings += try await ask(subject, rendering, operation) }
                if findings.contains(where: { $0.level == .fail }) { try await remove(made) }
                return findings
            } catch {
                try? await remove(made)
                throw error
            }
        }
    }

    private func ask(
        _ subject: Subject, _ rendering: DesiredRendering, _ operation: Operation
    ) async throws -> [Finding] {
        host.progress(
            .preparing(
                subject: "site \(subject.site.siteName)", text: "looking at its database on \(subject.login.server)"))
        let client = ExternalClient(
            host: host, operation: operation.id, rendering: rendering, bench: subject.bench, release: subject.release,
            network: host.layout.network(of: subject.bench.name))
        let look = try await client.perform(.try, of: subject.site, as: subject.login)
        return ExternalDatabaseDiagnosis(subject.needs).findings(look)
    }

    /// The benches' own networks: what a database lets in by address, it lets in from there.
    private func ensureNetworks(of subjects: [Subject], _ rendering: DesiredRendering) async throws -> Set<String> {
        let desired = try await Convergence.allocated(rendering, host: host)
        let present = Set(try await host.engine.networks().map(\.name))
        var made: Set<String> = []
        for bench in Set(subjects.map(\.bench.name)) {
            guard let network = desired.networks.first(where: { $0.bench == bench }), !present.contains(network.name)
            else { continue }
            try await host.engine.create(network)
            made.insert(network.name)
        }
        return made
    }

    private func remove(_ networks: Set<String>) async throws {
        for network in try await host.engine.networks() where networks.contains(network.name) {
            try await host.engine.removeNetwork(network.id)
        }
    }
}

/// Logins of sites that were made, held against what their configuration was given.
enum ExternalLogins {
    static func differs(
        _ login: ExternalLogin, from site: Site, _ record: SiteRecord?, _ secrets: SecretStore
    ) -> Bool {
        !keys(login, of: site, record, secrets).isEmpty
    }

    /// The keys of the site's own configuration that say something else than the Secret does now.
    static func keys(
        _ login: ExternalLogin, of site: Site, _ record: SiteRecord?, _ secrets: SecretStore
    ) -> [String] {
        guard let record, record.created else { return [] }
        var keys: [String] = []
        if login.password != secrets.text(.databasePassword(of: site.name)) { keys.append("db_password") }
        if login.user != record.databaseUser ?? record.databaseName { keys.append("db_user") }
        if DatabaseCertificate.fingerprint(login) != secrets.text(.databaseCertificates(of: site.name)) ?? "" {
            keys += DatabaseCertificate.keys
        }
        return keys
    }

    /// What has changed of the sites that serve, by site; a Secret that cannot be read is told by whoever needs it.
    static func changed(
        _ manifests: Manifests, _ records: [ObjectName: SiteRecord], _ values: SecretValues, _ secrets: SecretStore
    ) -> [ObjectName: [String]] {
        var result: [ObjectName: [String]] = [:]
        for site in manifests.sites.values {
            guard let external = site.externalDatabase, let record = records[site.name], record.isServed,
                let login = try? ExternalLogin(external, of: site, record, values)
            else { continue }
            let keys = keys(login, of: site, record, secrets)
            if !keys.isEmpty { result[site.name] = keys }
        }
        return result
    }
}
