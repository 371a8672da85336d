import DockerEngine
import Foundation
import FrappeModel

/// Everything that an installation has, in words that are the same for two installations in the same state.
///
/// Two inventories are compared as sets of lines, so that a difference names what is left over and what is missing.
package struct Inventory: Sendable, CustomStringConvertible {
    package var lines: Set<String> = []

    package static func take(_ installation: Installation) async throws -> Inventory {
        var inventory = Inventory()
        for container in try await installation.containers() { inventory.lines.insert(line(container)) }
        for network in try await installation.networks() {
            inventory.lines.insert(
                "network \(network.labels[Label.bench] ?? "database") \(network.subnets.map(\.subnet).joined())")
        }
        if !(try await installation.containers(.mariadb)).isEmpty {
            try await inventory.addDatabases(installation)
        }
        inventory.addFiles(installation)
        return inventory
    }

    /// What the other has and this has not, and the other way round.
    package func difference(to expected: Inventory) -> [String] {
        lines.subtracting(expected.lines).sorted().map { "left over: \($0)" }
            + expected.lines.subtracting(lines).sorted().map { "missing: \($0)" }
    }

    /// What the Engine and the database servers have.
    var objects: Set<String> { lines.filter { !$0.hasPrefix("path ") } }

    package var description: String { lines.sorted().joined(separator: "\n") }

    private static func line(_ container: ContainerSummary) -> String {
        let labels = container.labels
        if let step = labels[Label.step] { return "one-shot container \(step) \(container.name)" }
        let place = labels[Label.bench] ?? "host"
        let networks = container.networks.count
        return "container \(place) \(labels[Label.component] ?? "?") \(labels[Label.instance] ?? "?") "
            + "\(container.state.rawValue) in \(networks) networks"
    }

    /// Anonymous volumes that nobody uses any more: they carry no mark of whose they were.
    package static func danglingVolumes(_ installation: Installation) async throws -> Set<String> {
        Set(try await installation.engine.volumes(filters: ["dangling": ["true"]]).map(\.name))
            .filter { $0.wholeMatch(of: /[0-9a-f]{64}/) != nil }
    }

    private mutating func addDatabases(_ installation: Installation) async throws {
        // One question: each costs a command inside the container.
        lines.formUnion(
            try await installation.sql(
                """
                SELECT CONCAT('database ', s.schema_name, IF(EXISTS(
                    SELECT 1 FROM information_schema.tables t WHERE t.table_schema = s.schema_name), '', ' without tables'))
                FROM information_schema.schemata s WHERE LEFT(s.schema_name, 1) = '_'
                UNION ALL SELECT CONCAT('account ', user, '@', host) FROM mysql.user
                """))
    }

    /// Names below the root, as far as they are ours to make: what benches and servers write in theirs is left out.
    private mutating func addFiles(_ installation: Installation) {
        for path in Self.walk(installation.root, depth: 0) {
            let words = path.dropFirst(installation.root.count + 1)
            lines.insert("path \(Self.plain(String(words)))")
        }
    }

    private static func walk(_ directory: String, depth: Int) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.flatMap { name -> [String] in
            let path = "\(directory)/\(name)"
            guard !isIgnored(path, name) else { return [] }
            var isDirectory: ObjCBool = false
            let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            let goesOn = exists && isDirectory.boolValue && !isLink && depth < 4 && !isClosed(path)
            return [path] + (goesOn ? walk(path, depth: depth + 1) : [])
        }
    }

    /// What comes and goes by itself.
    private static func isIgnored(_ path: String, _ name: String) -> Bool {
        name.hasPrefix("state.sqlite-") || path.contains("/agent/locks/") || path.contains("/agent/nginx/generations/")
            || path.contains("/agent/nginx/temp") || path.contains("/agent/logs/")
            || path.contains("/agent/nginx/failed") || ["standstill.json", "proofs.json"].contains(name)
            || name.hasSuffix(".pid") || name.hasSuffix(".lock")
    }

    /// Directories that others fill.
    private static func isClosed(_ path: String) -> Bool {
        ["/logs", "/redis-queue", "/assets"].contains { path.hasSuffix($0) } || path.contains("/databases/")
            || path.contains("/archived/") || path.contains("/sites/")
    }

    /// Hashes and stamps, which differ from run to run, are one word.
    private static func plain(_ path: String) -> String {
        path.replacing(/[0-9a-f]{64}/, with: "DIGEST").replacing(/[0-9]{8}-[0-9]{6}/, with: "STAMP")
            .replacing(/-[0-9a-f]{8}\.sock/, with: "-HASH.sock")
    }
}
