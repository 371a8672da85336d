import ComposeTemplates
import Diagnosis
import FoundationEssentials
import FrappeModel
import Rendering

/// Asks a database of others with the client of a bench's image, from inside that bench's network.
struct ExternalClient: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering
    let bench: Bench
    let release: Release
    let network: String

    func perform(
        _ action: ExternalLogin.Work.Action, of site: Site, as login: ExternalLogin
    ) async throws -> ExternalDatabaseLook {
        var definition = try rendering.oneShot("facts", for: .benchInit, bench: bench, release: release)
        definition.network = network
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-c", ComposeTemplate.external]
        let once = Self.once(of: site, host: host, operation: operation)
        let input = try OneShotInput.encode(login.work(action))
        _ = try await once.run(definition, files: [OneShotInput.path: input])
        let lines = await once.lastLines().map { Redaction(secrets: [login.password])($0) }
        try await once.remove()
        guard let last = lines.last, let look = Self.look(last) else {
            throw StepReason(
                description: "the database of \(site.siteName) could not be looked at", logs: lines,
                next: "mend what these lines tell, then frappectl up")
        }
        return look
    }

    static func look(_ line: String) -> ExternalDatabaseLook? {
        try? JSONDecoder().decode(ExternalDatabaseLook.self, from: Data(line.utf8))
    }

    private static func once(of site: Site, host: HostContext, operation: Int64) -> OneShot {
        OneShot(
            host: host, operation: operation,
            name: host.layout.objectName("once", host.layout.shortID(site.name), "external-database"),
            step: "external-database",
            labels: [Label.bench: site.bench.name, Label.namespace: site.bench.namespace, Label.site: site.siteName])
    }
}

extension ExternalDatabaseNeeds {
    init(_ site: Site, _ login: ExternalLogin, secret: ObjectName, release: Release, record: SiteRecord?) {
        self.init(
            siteName: site.siteName, host: login.host, port: login.port, database: login.database, user: login.user,
            secret: secret, image: release.reference, facts: release.facts)
        hasAuthority = login.authority != nil
        hasClientCertificate = login.certificate != nil
        isNew = record?.created != true
        isBegun = record?.fillsDatabase == true
        takesOver = site.takesOver
    }
}
