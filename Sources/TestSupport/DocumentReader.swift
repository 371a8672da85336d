import Foundation
import Subprocess
import SystemPackage

/// Someone who reads a document and types what it says into a shell.
package struct DocumentReader: Sendable {
    private let installation: Installation
    private let bin: String

    package init(_ installation: Installation) throws {
        self.installation = installation
        bin = "\(installation.directory)/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(bin)/frappectl", withDestinationPath: Program.path)
        // Tests run as root, on machines that may have no sudo.
        try FileManager.default.createSymbolicLink(atPath: "\(bin)/sudo", withDestinationPath: "/usr/bin/env")
    }

    package struct Answer: Sendable {
        package let isExpected: Bool
        package let text: String
    }

    package func type(_ command: Documentation.Command) async throws -> Answer {
        let shell = ["bash", "-c", command.text]
        let arguments = command.isEndless ? ["timeout", "--signal=INT", "3"] + shell : ["timeout", "240"] + shell
        var environment = ProcessInfo.processInfo.environment
        environment["FRAPPECTL_ROOT"] = installation.root
        environment["PATH"] = "\(bin):\(environment["PATH"] ?? "/usr/bin:/bin")"
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(arguments),
            environment: .custom(
                Dictionary(environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }) { $1 }),
            workingDirectory: FilePath(installation.directory), input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let text = "\(result.terminationStatus)\n\(result.standardOutput)\(result.standardError)"
        if command.text.contains("frappectl init") { try edit() }
        let expected: Set<Int32> = command.isEndless ? [0, 124, 130] : [command.exitCode]
        if case .exited(let code) = result.terminationStatus {
            return Answer(isExpected: expected.contains(code), text: text)
        }
        return Answer(isExpected: false, text: text)
    }

    /// Gives a manifest that was written just now what is this installation's: as a reader would, who has another port,
    /// and another image than `init` found: the newest bench image may be one that a scenario beside this one made.
    private func edit() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: installation.directory)
        where name.hasSuffix(".yaml") {
            let path = "\(installation.directory)/\(name)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            guard text.contains("  ingress:\n"), !text.contains("  subnets: \(installation.lease.subnets)\n") else {
                continue
            }
            let ports = installation.lease.upstreamPorts
            let images = installation.images
            let own =
                "  upstreamPorts: \(ports.lowerBound)-\(ports.upperBound)\n  subnets: \(installation.lease.subnets)\n"
            try text.replacing("  ingress:\n", with: own + "  ingress:\n", maxReplacements: 1)
                .replacing(/address: [0-9.]+/, with: "address: 127.0.0.1", maxReplacements: 1)
                .replacing(/mode: include/, with: "mode: own", maxReplacements: 1)
                .replacing(/httpPort: [0-9]+/, with: "httpPort: \(installation.port)", maxReplacements: 1)
                .replacing(/repository: .+/, with: "repository: \(images.benchRepository)", maxReplacements: 1)
                .replacing(/tag: .+/, with: "tag: \"1\"", maxReplacements: 1)
                .write(toFile: path, atomically: false, encoding: .utf8)
        }
    }
}
