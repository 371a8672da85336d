import ComposeTemplates
import FrappeModel

// MariaDB servers: those that benches share, and those that one site has for itself.
extension DesiredRendering {
    /// The servers that the bench's own manifest and its sites name.
    ///
    /// The bench's own is one of them even while no site uses it: what proves the web containers would otherwise change
    /// with the first site that does.
    func sharedServers(of bench: Bench) -> Set<String> {
        let named = sites(of: bench).map(\.databaseServer).filter { DatabaseMode(server: $0) == .shared }
        return Set(named + [bench.databaseServer].compactMap(\.self))
    }

    func addDatabase(
        _ server: String, benches: [Bench], to state: inout DesiredState, _ allocations: inout Allocations
    ) throws {
        let network = layout.network(ofDatabase: server)
        let subnet = try allocations.subnet(for: network, in: manifests.host.subnets)
        state.networks.append(DesiredNetwork(name: network, bench: nil, subnet: subnet))
        let identity = ContainerIdentity(bench: nil, component: .mariadb, instance: server)
        state.databaseQuotas[server] = manifests.servers[server]?.sizes.storageSize
        let definition = try definition("mariadb", server: server, networks: ["database": network])
        state.containers.append(try finished(definition, identity: identity, release: 0, &allocations))
        for bench in benches where sharedServers(of: bench).contains(server) {
            state.attachments.append(
                NetworkAttachment(container: identity, network: layout.network(of: bench.name), aliases: [server]))
        }
    }

    /// Each is in its bench's network and in no other: nobody else reaches it.
    func addDedicatedDatabases(
        of bench: Bench, to state: inout DesiredState, _ allocations: inout Allocations
    ) throws {
        for site in sites(of: bench) where site.dedicatedDatabase != nil {
            let server = site.databaseServer
            let identity = ContainerIdentity(bench: bench.name, component: .mariadb, instance: server)
            state.databaseQuotas[server] = site.dedicatedDatabase?.storageSize
            let definition = try definition(
                "mariadb-dedicated", server: server, networks: ["bench": layout.network(of: bench.name)])
            state.containers.append(try finished(definition, identity: identity, release: 0, &allocations))
        }
    }

    private func definition(
        _ service: String, server: String, networks: [String: String]
    ) throws -> ContainerDefinition {
        var definition = try ComposeService(service, in: hostFile, variables: databaseVariables(server))
            .definition(networks: networks)
        definition.files = DatabaseSecrets.files(server: server)
        let settings = settings(server)
        let own = Set(settings.map(\.name))
        // What the manifest sets is not to be overruled by what we would.
        definition.command = definition.command?.filter { argument in
            let name = String(argument.drop { $0 == "-" }.prefix { $0 != "=" }).replacing("-", with: "_")
            return !(Self.standards.contains(name) && own.contains(name))
        }
        if !settings.isEmpty {
            let lines = settings.map { "\($0.line)\n" }.joined()
            definition.files.append(.init(path: DatabaseSecrets.settings, contents: .text("[mariadbd]\n" + lines)))
        }
        return definition
    }

    /// The definition of the one-shot container that makes a database's directory.
    package func databasePreparation(server: String) throws -> ContainerDefinition {
        try ComposeService("prepare", in: hostFile, variables: databaseVariables(server)).definition(networks: [:])
    }

    /// A one-shot container about the whole root, `measure` or `clean`, made of an image that is on this host.
    package func hostOneShot(_ service: String, image: String) throws -> ContainerDefinition {
        let variables = ["MARIADB_IMAGE": image, "ROOT": layout.root]
        return try ComposeService(service, in: hostFile, variables: variables).definition(networks: [:])
    }

    /// The image that a server runs.
    package func databaseImage(server: String) -> String {
        sizes(server)?.image ?? manifests.host.mariadbImage
    }

    /// Settings with a value of ours that a manifest may set otherwise.
    private static let standards: Set<String> = ["innodb_buffer_pool_size", "max_allowed_packet", "log_warnings"]

    /// Those of the server's own manifest over those of the host's.
    private func settings(_ server: String) -> [DatabaseSetting] {
        (manifests.servers[server]?.settings ?? []).over(manifests.host.mariadbSettings)
    }

    /// What a manifest says of a server's image and sizes.
    private func sizes(_ server: String) -> DedicatedDatabase? {
        dedicatedDatabase(server) ?? manifests.servers[server]?.sizes
    }

    private func dedicatedDatabase(_ server: String) -> DedicatedDatabase? {
        guard DedicatedDatabase.owns(server) else { return nil }
        return manifests.sites.values.first { $0.databaseServer == server }?.dedicatedDatabase
    }

    private func databaseVariables(_ server: String) -> [String: String] {
        let own = sizes(server)?.resources
        let standard = DedicatedDatabase.owns(server) ? budget.dedicatedDatabase : budget.sharedDatabase
        let memory = own?.limitMemory ?? max(standard, own?.requestedMemory ?? 0)
        let cpu = min(own?.limitCPU ?? 0, machine.cores * 1000)
        return [
            "MARIADB_IMAGE": databaseImage(server: server),
            "SERVER": server,
            "DATA": layout.database(server),
            "DATABASES": layout.databases,
            "BUFFER_POOL": "\(memory / 2)",
            "PIDS": "2048",
            "CPUS": Self.cores(cpu),
            "CPU_SHARES": "\(own?.requestedCPU.map { max(2, $0 * 1024 / 1000) } ?? 2048)",
            "MEMORY": "\(memory)",
            "MEMORY_RESERVATION": "\(own?.requestedMemory ?? memory / 2)",
        ]
    }

    /// What proves from a web container that the bench's shared server greets; its own servers are their sites' matter.
    static func databaseProbe(_ server: String?) -> String {
        guard let server else { return "true" }
        return "exec 4<>/dev/tcp/\(server)/3306 && read -r -t 5 -n 1 -u 4"
    }
}

/// The files that a MariaDB container gets, and the secrets they come from.
package enum DatabaseSecrets {
    package static let clientOptions = "/run/secrets/frappectl/client.cnf"
    package static let rootPasswordFile = "/run/secrets/frappectl/root-password"

    /// Where the image looks for settings.
    package static let settings = "/etc/mysql/conf.d/frappectl.cnf"

    package static func directory(server: String) -> SecretName { SecretName("mariadb/\(server)") }
    package static func rootPassword(server: String) -> SecretName { SecretName("mariadb/\(server)/root-password") }
    /// The one that the server is being given.
    package static func nextRootPassword(server: String) -> SecretName {
        SecretName("mariadb/\(server)/root-password-next")
    }
    package static func options(server: String) -> SecretName { SecretName("mariadb/\(server)/client.cnf") }

    /// What clients inside the container read to get in as root.
    package static func optionText(rootPassword: String) -> String {
        let quoted = rootPassword.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let value = quoted.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } ? quoted : "\"\(quoted)\""
        return "[client]\nuser=root\npassword=\(value)\ndefault-character-set=utf8mb4\n"
    }

    static func files(server: String) -> [ContainerDefinition.UploadedFile] {
        [
            .init(path: rootPasswordFile, contents: .secret(rootPassword(server: server))),
            .init(path: clientOptions, contents: .secret(options(server: server))),
        ]
    }
}
