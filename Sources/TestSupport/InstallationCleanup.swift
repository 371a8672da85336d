import DockerEngine
import Foundation
import FrappeModel

/// What remains when a test is over: a report where it failed, and nothing at all on the machine.
extension Installation {
    /// What the program said and did last, and the last lines of its containers.
    package func report() async -> String {
        var parts = lastRuns.map { "\($0)" }
        if let history = try? await run(["history", "--steps", "--json", "--limit", "3"]) {
            parts.append("\(history)")
        }
        for container in (try? await containers()) ?? [] {
            var lines: [String] = []
            do {
                for try await line in engine.logs(of: container.id, LogOptions(tail: 15)) { lines.append(line.text) }
            } catch {
                lines.append("\(error)")
            }
            parts.append("--- \(container.name): \(container.status)\n" + lines.map { "  | \($0)\n" }.joined())
        }
        let log = (try? String(contentsOfFile: "\(root)/agent/logs/error.log", encoding: .utf8)) ?? ""
        parts.append("--- nginx\n" + log.split(separator: "\n").suffix(15).map { "  | \($0)\n" }.joined())
        return "report of \(root)\n" + parts.joined(separator: "\n")
    }

    /// Ends and removes everything of this installation. Failures are printed, and what follows is still done.
    package func tearDown() async {
        // Unstructured, so that a cancelled test cleans up too.
        await Task { await self.removeEverything() }.value
    }

    /// Takes everything of the root away, as if nothing had been installed.
    ///
    /// - Parameter keepsFiles: where the root is a disk of its own, its files go with that.
    package func reset(keepsFiles: Bool = false) async throws {
        let rootID = rootID
        guard rootID != nil else { return }
        try await removeContainers(rootID)
        try await removeNetworks(rootID)
        LocalProcesses.kill(root: root)
        if !keepsFiles { try FileManager.default.removeItem(atPath: root) }
    }

    private func removeEverything() async {
        let rootID = rootID
        if rootID != nil {
            let down = try? await run(["down", "--no-wait"], timeout: .seconds(60))
            if let down, down.exitCode != 0 { print("cleaning up: \(down)") }
        }
        await attempt("containers") { try await self.removeContainers(rootID) }
        await attempt("networks") { try await self.removeNetworks(rootID) }
        await attempt("images") { try await self.removeImages() }
        LocalProcesses.kill(root: root)
        await attempt("files") {
            guard FileManager.default.fileExists(atPath: self.directory) else { return }
            if geteuid() != 0 { try await self.removeFiles() }
            try FileManager.default.removeItem(atPath: self.directory)
        }
        lease.giveBack()
    }

    /// Removes all below the directory in a container: without root nobody else may remove the files of uid 1000.
    private func removeFiles() async throws {
        var spec = ContainerSpec(image: images.redis, command: ["/directory", "-mindepth", "1", "-delete"])
        spec.entrypoint = ["find"]
        spec.user = "0:0"
        spec.labels = TestLabel.labels(of: self)
        spec.host.networkMode = "none"
        spec.host.mounts = [.init(.bind, source: directory, target: "/directory", isReadOnly: false)]
        let id = try await engine.createContainer(name: "frappectl-test-\(lease.number)-files", spec).id
        try await engine.startContainer(id)
        _ = try await engine.waitForContainer(id)
        try await engine.removeContainer(id, force: true)
    }

    private func attempt(_ what: String, _ work: @Sendable () async throws -> Void) async {
        do { try await work() } catch { print("cleaning up \(what) of \(directory): \(error)") }
    }

    private func removeContainers(_ rootID: String?) async throws {
        var labels = [[TestLabel.installation: directory]]
        if let rootID { labels.append([Label.root: rootID]) }
        for label in labels {
            for container in try await engine.containers(filters: .labels(label)) {
                do { try await engine.removeContainer(container.id, force: true) } catch EngineError.notFound {}
            }
        }
    }

    private func removeNetworks(_ rootID: String?) async throws {
        guard let rootID else { return }
        for network in try await engine.networks(filters: .labels([Label.root: rootID])) {
            do { try await engine.removeNetwork(network.id) } catch EngineError.notFound {}
        }
    }

    private func removeImages() async throws {
        for image in try await engine.images(filters: ["reference": ["\(images.own)*"]]) {
            for tag in image.tags { try await engine.removeImage(tag, force: true) }
        }
    }
}

/// Processes of this machine, read from /proc.
package enum LocalProcesses {
    /// Processes whose command line names the path.
    package static func naming(_ path: String) -> [Int32] {
        all().filter { title(of: $0).contains(path) }
    }

    package static func title(of process: Int32) -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    /// The nginx of a root: its master, and workers that hold a file of the root, also of a master that is gone.
    package static func kill(root: String) {
        // Once more: a master may have made another worker meanwhile.
        for _ in 0..<2 {
            let servers = all().filter { process in
                let title = title(of: process)
                guard title.hasPrefix("nginx: ") else { return false }
                return title.contains("\(root)/") || holdsFile(process, below: "\(root)/")
            }
            for process in servers { Glibc.kill(process, SIGKILL) }
        }
    }

    private static func all() -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }

    private static func holdsFile(_ process: Int32, below path: String) -> Bool {
        let directory = "/proc/\(process)/fd"
        return ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).contains { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)"))?.hasPrefix(path)
                == true
        }
    }
}
