import FrappeModel
import Testing

@testable import Rendering

@Suite struct ServerRenderingTests {
    private static let server = "mariadb frappe-mariadb"

    private static func definition(_ change: (inout Manifests) -> Void = { _ in }) throws -> ContainerDefinition {
        try DesiredTests.container(DesiredTests.desired(change), server).definition
    }

    private static func settings(_ definition: ContainerDefinition) -> String? {
        definition.files.lazy.compactMap { file in
            if case .text(let text) = file.contents, file.path == DatabaseSecrets.settings { text } else { nil }
        }.first
    }

    @Test func `a manifest without settings changes nothing about a server that runs`() throws {
        let plain = try Self.definition()
        #expect(Self.settings(plain) == nil)
        #expect(
            try Self.definition { $0.servers["frappe-mariadb"] = DatabaseServer(name: ObjectName("frappe-mariadb")) }
                == plain)
    }

    @Test func `settings are a file, the server's own over the host's, and ours go where it has its own`() throws {
        let definition = try Self.definition { manifests in
            manifests.host.mariadbSettings = [
                DatabaseSetting(name: "long_query_time", value: "9"),
                DatabaseSetting(name: "max_allowed_packet", value: "1G"),
            ]
            var server = DatabaseServer(name: ObjectName("frappe-mariadb"))
            server.settings = [DatabaseSetting(name: "long_query_time", value: "2")]
            server.sizes.image = "mariadb:11.4"
            server.sizes.resources.limitMemory = 1 << 30
            server.sizes.resources.limitCPU = 1500
            server.sizes.storageSize = 5 << 30
            manifests.servers["frappe-mariadb"] = server
        }
        #expect(Self.settings(definition) == "[mariadbd]\nmax_allowed_packet = 1G\nlong_query_time = 2\n")
        #expect(definition.image == "mariadb:11.4")
        #expect(definition.limits.memory == 1 << 30 && definition.limits.cpu == 1500)
        #expect(definition.command?.contains { $0.hasPrefix("--max-allowed-packet") } == false)
        #expect(definition.command?.contains("--innodb-buffer-pool-size=\(512 << 20)") == true)
        #expect(definition.command?.contains("--character-set-server=utf8mb4") == true)
    }

    @Test func `a bench whose sites are all external has no server, and its web asks none`() throws {
        let state = try DesiredTests.desired { manifests in
            manifests.benches[DesiredTests.bench.name]?.databaseServer = nil
            for name in manifests.sites.keys {
                manifests.sites[name]?.externalDatabase = ExternalDatabase(host: "db", secret: ObjectName("login"))
                manifests.sites[name]?.databaseServer = "db:3306"
            }
        }
        #expect(!state.containers.contains { $0.identity.component == .mariadb })
        #expect(state.networks.count == 1)
    }
}
