import CurlTransport
import DockerEngine
import Foundation
import FrappeModel

/// What the Engine has of this installation.
extension Installation {
    package func containers() async throws -> [ContainerSummary] {
        guard let rootID else { return [] }
        return try await engine.containers(filters: .labels([Label.root: rootID])).sorted { $0.name < $1.name }
    }

    package func networks() async throws -> [NetworkDetail] {
        guard let rootID else { return [] }
        return try await engine.networks(filters: .labels([Label.root: rootID])).sorted { $0.name < $1.name }
    }

    /// The containers of a component, the first replica first.
    package func containers(_ component: Component) async throws -> [ContainerSummary] {
        try await containers().filter { $0.labels[Label.component] == component.rawValue }
            .sorted { $0.labels[Label.instance, default: ""] < $1.labels[Label.instance, default: ""] }
    }

    /// The only container of a component.
    package func container(_ component: Component) async throws -> ContainerSummary {
        let found = try await containers(component)
        guard let only = found.first, found.count == 1 else {
            throw TestFailure("\(found.count) containers of \(component.rawValue) where one was expected")
        }
        return only
    }

    /// Everything that inspection tells, as the Engine says it.
    package func inspect(_ container: String) async throws -> JSON {
        let http = HTTPClient(.unix(engine.socketPath))
        defer { http.shutDown() }
        return try JSON(try await http.send(HTTPRequest(.get, "/containers/\(container)/json")).body)
    }

    /// Runs a command in a container, failing unless it ends with 0.
    @discardableResult
    package func exec(
        _ container: String, _ arguments: [String], user: String? = nil, environment: [String] = []
    ) async throws -> String {
        var command = ExecCommand(arguments, user: user)
        command.environment = environment
        let result = try await engine.exec(in: container, command)
        guard result.exitCode == 0 else {
            throw TestFailure("\(arguments) exited with \(result.exitCode): \(result.output)\(result.errors)")
        }
        return result.output
    }

    /// SQL as root of the database server; the rows, tab-separated.
    package func sql(_ statement: String) async throws -> [String] {
        let options = "--defaults-extra-file=/run/secrets/frappectl/client.cnf"
        let client = ["mariadb", options, "--batch", "--skip-column-names", "-e", statement]
        return try await exec(try await container(.mariadb).id, client).split(separator: "\n").map(String.init)
    }

    /// Runs a container of the bench image to its end; it carries this installation's mark and is removed.
    ///
    /// - Parameters:
    ///   - network: a network's name, `host`, or nil for none.
    ///   - hosts: names that are this machine for it.
    ///   - meanwhile: runs beside it for each line of its output.
    package func runContainer(
        _ arguments: [String], network: String?, hosts: [String] = [],
        meanwhile: (String) async throws -> Void = { _ in }
    ) async throws -> (exitCode: Int, output: String) {
        var spec = ContainerSpec(image: images.bench, command: arguments)
        spec.entrypoint = []
        spec.labels = TestLabel.labels(of: self)
        spec.host.networkMode = network ?? "none"
        spec.host.extraHosts = hosts.map { "\($0):127.0.0.1" }
        let name = "frappectl-test-\(lease.number)-\(UInt32.random(in: .min ... .max))"
        let id = try await engine.createContainer(name: name, spec).id
        try await engine.startContainer(id)
        var lines: [String] = []
        for try await line in engine.logs(of: id, LogOptions(follows: true)) {
            lines.append(line.text)
            try await meanwhile(line.text)
        }
        let code = try await engine.waitForContainer(id).code
        try await engine.removeContainer(id, force: true)
        return (code, lines.joined(separator: "\n"))
    }
}

extension Installation {
    /// An image like another but for one file, made without starting anything and without a registry.
    ///
    /// Containers of it are marked by whoever makes them alone: the image does not hand on this installation's mark.
    ///
    /// - Returns: its reference; it goes with the installation.
    package func derivedImage(tag: String, from image: String, replacing path: String, with text: String) async throws
        -> String
    {
        var spec = ContainerSpec(image: image)
        spec.labels = TestLabel.labels(of: self)
        let id = try await engine.createContainer(name: "frappectl-test-\(lease.number)-image", spec).id
        var archive = TarArchive()
        archive.addFile(String(path.dropFirst()), Array(text.utf8), mode: 0o755, uid: 1000, gid: 1000)
        try await engine.putArchive(archive.bytes, into: id, at: "/")
        let http = HTTPClient(.unix(engine.socketPath))
        defer { http.shutDown() }
        let repository = images.own.replacing("/", with: "%2F")
        let commit = HTTPRequest(
            .post, "/commit?container=\(id)&repo=\(repository)&tag=\(tag)",
            headers: ["Content-Type": "application/json"],
            body: .data(Array(try JSONEncoder().encode(["Labels": [TestLabel.installation: ""]]))))
        let answer = try await http.send(commit)
        try await engine.removeContainer(id, force: true)
        guard answer.status == 201 else { throw TestFailure("commit: \(answer.status) \(answer.text)") }
        return "\(images.own):\(tag)"
    }
}

/// On what tests make besides the program.
package enum TestLabel {
    /// The name of the run's directory, by which `scripts/test` sweeps.
    static let run = "dev.frappectl.test"
    /// The installation's directory, by which the installation does.
    package static let installation = "dev.frappectl.test.installation"

    package static func labels(of installation: Installation) -> [String: String] {
        let directory = TestRun.directory ?? installation.directory
        let name = directory.split(separator: "/").last.map(String.init) ?? ""
        return [run: name, Self.installation: installation.directory]
    }
}
