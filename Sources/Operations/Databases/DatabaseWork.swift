import FrappeModel
import Rendering

// Steps about the databases of sites.
extension StepWork {
    func grant(_ site: Site, _ database: String, _ subnet: IPv4Network) async throws {
        guard let server = databaseServer(of: site), let password = host.secrets.text(.databasePassword(of: site.name))
        else {
            throw StepReason(
                description: "its database server \(site.databaseServer) or the password of its account is not there",
                next: "frappectl doctor")
        }
        let console = DatabaseConsole(engine: host.engine, container: server.name)
        try await console.restoreAccess(database, password: password, subnet: subnet)
        if let seconds = site.maxStatementSeconds {
            try await console.limitStatements(of: database, to: seconds, subnet: subnet)
        }
    }

    func limitStatements(_ site: Site, _ database: String, _ subnet: IPv4Network) async throws {
        guard let server = databaseServer(of: site), var record = try host.store.sites()[site.name] else { return }
        try await DatabaseConsole(engine: host.engine, container: server.name).limitStatements(
            of: database, to: site.maxStatementSeconds, subnet: subnet)
        record.maxStatementSeconds = site.maxStatementSeconds
        try host.store.put(record)
    }

    private func databaseServer(of site: Site) -> DesiredContainer? {
        convergence.desired.containers.first {
            $0.identity.component == .mariadb && $0.identity.instance == site.databaseServer
        }
    }

    func createSite(_ site: Site, progress: @escaping @Sendable (String) -> Void) async throws {
        try await CreateSite(
            host: host, operation: operation.id, rendering: convergence.rendering, bench: try desired(site.bench),
            site: site, database: try newDatabase(of: site), progress: progress
        ).run()
    }

    private func newDatabase(of site: Site) throws -> any NewDatabase {
        let bench = try desired(site.bench)
        guard let network = convergence.desired.networks.first(where: { $0.bench == site.bench }) else {
            throw StepReason(description: "the network of bench \(site.bench) is not there")
        }
        if let external = site.externalDatabase {
            let client = ExternalClient(
                host: host, operation: operation.id, rendering: convergence.rendering, bench: bench.bench,
                release: bench.release, network: network.name)
            let record = try host.store.sites()[site.name]
            let login = try ExternalLogin(external, of: site, record, SecretValues(kept: host.secrets))
            return ExternalNewDatabase(site: site, login: login, client: client)
        }
        guard let server = databaseServer(of: site) else {
            throw StepReason(description: "its database server \(site.databaseServer) is not there")
        }
        return OwnNewDatabase(
            host: host, site: site, console: DatabaseConsole(engine: host.engine, container: server.name),
            subnet: network.subnet, facts: bench.release.facts)
    }
}
