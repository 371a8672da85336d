import ComposeTemplates
import FoundationEssentials
import FrappeModel
import Rendering

/// The steps before containers run: directories, configuration, assets.
struct PrepareSteps: Sendable {
    let host: HostContext
    let operation: Int64
    let rendering: DesiredRendering

    private func oneShot(_ step: String, _ subject: String, bench: ObjectName?) -> OneShot {
        var labels: [String: String] = [:]
        if let bench {
            labels[Label.bench] = bench.name
            labels[Label.namespace] = bench.namespace
        }
        return OneShot(
            host: host, operation: operation, name: host.layout.objectName("once", subject, step), step: step,
            labels: labels)
    }

    func prepareDatabase(_ server: String) async throws {
        try ensureDatabaseSecrets(server)
        let data = host.layout.database(server)
        if data != host.layout.databaseDirectory(server) {
            try HostFiles.makeDirectory(host.layout.databaseDirectory(server), mode: 0o711)
        }
        var definition = try rendering.databasePreparation(server: server)
        let inside = "/databases" + data.dropFirst(host.layout.databases.count)
        definition.command = Self.install(mode: "0700", [inside])
        try await succeed(oneShot("directories", server, bench: nil), definition, doing: "make the data directory")
    }

    /// The root password and the option file that clients inside the container read.
    func ensureDatabaseSecrets(_ server: String) throws {
        let options = DatabaseSecrets.optionText(rootPassword: try rootPassword(server))
        let name = DatabaseSecrets.options(server: server)
        if host.secrets.text(name) != options { try host.secrets.put([UInt8](options.utf8), as: name) }
    }

    /// The one that the server has, else that of the manifest's Secret, else one that is made.
    private func rootPassword(_ server: String) throws -> String {
        let name = DatabaseSecrets.rootPassword(server: server)
        if host.secrets.value(name) == nil,
            let value = try RootPassword.wanted(server, rendering.manifests, host.secrets)
        {
            try host.secrets.put([UInt8](value.utf8), as: name)
        }
        return try host.secrets.valueOrNew(name)
    }

    func prepareBench(_ bench: DesiredBench) async throws {
        let name = bench.bench.name
        try BenchStorage(host: host).make(name, on: rendering.manifests.storageClass(of: name))
        try HostFiles.makeDirectory(host.layout.generation(of: name), mode: 0o710)
        if let group = host.proxyGroup { try HostFiles.setGroup(host.layout.generation(of: name), to: group) }
        try HostFiles.makeDirectory(host.layout.run(of: name), mode: 0o755)
        var definition = try rendering.oneShot("prepare", for: .benchInit, bench: bench.bench, release: bench.release)
        definition.command = Self.install(
            mode: "0755", ["/generation/sites", "/generation/logs", "/generation/redis-queue", "/sockets"])
        let once = oneShot("directories", host.layout.slug(name), bench: name)
        try await succeed(once, definition, doing: "make the directories")
        guard bench.release.mountsAssets else { return }
        // What the entrypoint of newer images does at every start.
        definition.entrypoint = ["ln"]
        definition.command = [
            "--symbolic", "--force", "--no-dereference", ImageAssets.linkTarget, "/generation/sites/assets",
        ]
        try await succeed(once, definition, doing: "link the assets")
    }

    private static func install(mode: String, _ paths: [String]) -> [String] {
        ["--directory", "--owner=1000", "--group=1000", "--mode=\(mode)"] + paths
    }

    func configureBench(_ bench: DesiredBench) async throws {
        var definition = try rendering.oneShot("once", for: .benchInit, bench: bench.bench, release: bench.release)
        definition.workingDirectory = "/home/frappe/frappe-bench/sites"
        definition.command = ["/home/frappe/frappe-bench/env/bin/python", "-c", ComposeTemplate.configure]
        definition.network = nil
        definition.aliases = []
        let own = bench.bench.commonSiteConfig.map(\.key)
        let slug = host.layout.slug(bench.bench.name)
        let before = try host.store.facts(.commonKeys, as: [String].self)[slug] ?? []
        // Those that go are known until they are gone, whenever this is killed.
        try host.store.put([slug: Set(before).union(own).sorted()], topic: .commonKeys)
        let input = ConfigureInput(
            apps: bench.release.facts.apps.keys.sorted(), config: PlainJSON(bench.writtenConfig(host.secrets)),
            remove: before.filter { !own.contains($0) })
        let once = oneShot("configuration", host.layout.slug(bench.bench.name), bench: bench.bench.name)
        try await succeed(
            once, definition, files: [OneShotInput.path: try OneShotInput.encode(input)],
            doing: "write the configuration")
        try host.store.put([slug: own], topic: .commonKeys)
        try host.store.put([slug: bench.configurationHash], topic: .configured)
    }

    private struct ConfigureInput: Encodable {
        var apps: [String]
        var config: PlainJSON
        /// Keys that a manifest asked for before.
        var remove: [String]
    }

    /// Copies the assets beside their place and renames them, so that half a copy is never served.
    func extractAssets(_ bench: DesiredBench) async throws {
        let target = host.layout.assets(imageID: bench.release.imageID)
        guard HostFiles.kind(target) == .none else { return }
        try HostFiles.makeDirectory(target + ".partial", mode: 0o755)
        let service = bench.release.mountsAssets ? "assets-in-sites" : "assets"
        var definition = try rendering.oneShot(service, for: .benchInit, bench: bench.bench, release: bench.release)
        definition.command = [ComposeTemplate.assets]
        let image = String(bench.release.imageID.suffix(12))
        try await succeed(oneShot("assets", image, bench: nil), definition, doing: "copy the assets out of the image")
        FaultPoint.pass("assets copied")
        try HostFiles.move(target + ".partial", to: target)
    }

    private func succeed(
        _ once: OneShot, _ definition: ContainerDefinition, files: [String: [UInt8]] = [:], doing what: String
    ) async throws {
        let (code, lines) = try await once.complete(definition, files: files)
        guard code == 0 else {
            throw StepReason(description: "the container that should \(what) exited with \(code)", logs: lines)
        }
    }
}

/// The one file through which a one-shot container learns what to do, secrets included.
enum OneShotInput {
    static let path = "/run/secrets/frappectl/input.json"

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(value))
    }
}
